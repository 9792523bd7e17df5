import { setTimeout as delay } from "node:timers/promises";
import { fittingFilters } from "../devices/picture.ts";
import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import type { JpegImage } from "../media/jpeg/splitter.ts";
import { type ImageUrl, readImages } from "./http-images.ts";
import { JpegFeed } from "./jpeg-feed.ts";

/** How often a URL of one image is asked for it, where nobody says how often: cheap cameras take half a second for one. */
const USUAL_POLL_FPS = 2;
/** A camera that is there sends its first image at once. */
const LOOK_MS = 5000;
/** An answer that has an end ends behind its image. */
const END_MS = 1000;

/** Nothing but images: to ffmpeg, a URL that ends after the first, or without the boundaries that tell them apart. */
export function isImages(demuxer: string): boolean {
  return isOneImage(demuxer) || demuxer === "mjpeg";
}

/** What ffmpeg has read, a file or a URL, once it has the first image. */
export function isOneImage(demuxer: string): boolean {
  return demuxer === "image2" || demuxer.endsWith("_pipe");
}

/**
 * The source of an HTTP camera that sends JPEG images in a way that ffmpeg does not play: one image for each request, which
 * is then asked for `fps` times a second, or one behind the other, with wrong boundaries or none. Where no image comes, the failure
 * that says why.
 */
export async function openImages(image: ImageUrl, fps: number | null): Promise<Source | UserError> {
  const looked = await look(image);
  if (looked instanceof UserError) return looked;
  const { size, isEndless } = looked;
  const polledFps = isEndless ? null : (fps ?? USUAL_POLL_FPS);
  return {
    label: image.label,
    device: null,
    inputOptions: ["-f", "mpjpeg", "-fpsprobesize", "0", "-analyzeduration", "1000000"],
    url: "pipe:0",
    video: {
      ...{ map: "0:V:0", codec: "mjpeg", passesThrough: false, colorMatrix: null, slowestFps: null },
      filters: fittingFilters(size, null),
      size,
      fps: polledFps,
    },
    audio: null,
    clock: "none",
    hasEnd: false,
    feed: new JpegFeed({ ...image, polledFps }),
  };
}

async function look(image: ImageUrl): Promise<{ size: JpegImage["size"]; isEndless: boolean } | UserError> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), LOOK_MS);
  try {
    const images = readImages(image, enough.signal);
    const first = await images.next();
    if (first.done) return new UserError("brokenInput", `${image.label} sends no image`);
    clearTimeout(timer);
    const isOver = images.next().then(
      ({ done }) => done === true,
      () => true, // shorter than it said, perhaps: this, too, is an end behind the image
    );
    return { size: first.value.size, isEndless: !(await Promise.race([isOver, delay(END_MS, false)])) };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
}
