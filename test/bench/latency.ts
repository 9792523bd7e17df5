import { FlvDemuxer, type FlvTagEvent } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { parseVideoBody } from "../../src/media/flv/video-body.ts";
import { mustRun } from "../run.ts";
import { type Picture, picture, type Way } from "./way.ts";

/** The first pictures meet an encoder and a decoder that are still being set up. */
const warmUpPictures = 2 * picture.fps;
/** How long the last pictures may still take. */
const patienceMs = 3000;

/** A second of a moving picture, raw. */
export async function rawPictures(): Promise<readonly Uint8Array[]> {
  const source = `testsrc2=size=${picture.width}x${picture.height}:rate=${picture.fps}`;
  return await decoded(["-f", "lavfi", "-i", source], picture, picture.fps);
}

/** So many pictures of an input of ffmpeg, raw. */
export async function decoded(
  input: readonly string[],
  { width, height }: Picture,
  count: number,
): Promise<readonly Uint8Array[]> {
  const { bytes } = await mustRun(
    ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", ...input].concat([
      ...["-frames:v", `${count}`, "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"],
    ]),
  );
  const pictureBytes = (width * height * 3) / 2;
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * pictureBytes, (at + 1) * pictureBytes));
}

/**
 * Sends pictures in real time, the first one `leadMs` ahead of the others, and returns for each, after the warm-up, the milliseconds from the start of its writing
 * until its video tag was complete at the viewer. The nth tag is that of the nth picture: with zerolatency x264 holds
 * none back and drops none, which the number of tags and the first timestamp prove.
 */
export async function latenciesMs(
  way: Way,
  pictures: readonly Uint8Array[],
  seconds: number,
  leadMs: number,
): Promise<readonly number[]> {
  const count = warmUpPictures + seconds * picture.fps;
  const arrived: { readonly timestampMs: number; readonly atMs: number }[] = [];
  const demuxer = new FlvDemuxer();
  const running = way.start((chunk) => {
    const atMs = performance.now();
    arrived.push(...picturesIn(demuxer, chunk).map((timestampMs) => ({ timestampMs, atMs })));
  });
  try {
    const sentMs = await send(running.stdin, pictures, count, { fps: picture.fps, leadMs });
    const deadlineMs = performance.now() + patienceMs;
    while (arrived.length < count && performance.now() < deadlineMs) await sleepUntil(performance.now() + 10);
    const firstTimestampMs = arrived[0]?.timestampMs ?? Number.NaN;
    if (arrived.length !== count || firstTimestampMs >= 1000 / picture.fps) {
      throw new Error(
        `${way.name}: ${count} pictures in, ${arrived.length} out, first at ${firstTimestampMs} ms`,
      );
    }
    return arrived.map(({ atMs }, index) => atMs - (sentMs[index] ?? Number.NaN)).slice(warmUpPictures);
  } finally {
    await running.stop();
  }
}

/** The timestamps of the pictures, without sequence headers, that a piece of FLV completes. */
export function picturesIn(demuxer: FlvDemuxer, chunk: Uint8Array): readonly number[] {
  return demuxer
    .push(chunk)
    .flatMap((event) => (event.kind === "tag" && isPicture(event) ? [event.timestampMs] : []));
}

function isPicture({ type, body, offset }: FlvTagEvent): boolean {
  return type === TagType.video && parseVideoBody(body, offset).kind === "video-frame";
}

/** Writes pictures in real time, over and over; says when the writing of each began. */
export async function send(
  stdin: NodeJS.WritableStream,
  pictures: readonly Uint8Array[],
  count: number,
  { fps, leadMs = 0 }: { readonly fps: number; readonly leadMs?: number },
): Promise<readonly number[]> {
  const sentMs: number[] = [];
  const startMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    await sleepUntil(startMs + (index === 0 ? 0 : leadMs) + (index * 1000) / fps);
    const bytes = pictures[index % pictures.length];
    if (bytes === undefined) throw new Error("no pictures to send");
    sentMs.push(performance.now());
    await new Promise<void>((resolve) => stdin.write(bytes, () => resolve()));
  }
  return sentMs;
}

async function sleepUntil(timeMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs - performance.now())));
}
