import { openBrowser, situations } from "../e2e/page-browser.ts";
import { type PicturePlayer, type PlayReport, spanMs, trackOf } from "./report.ts";

const programs = ["chromium", "chromium-browser", "google-chrome"];
const PATIENCE_MS = 20_000;

/** flvcast's own page, with sound. What it says instead of playing counts as a complaint. */
export const ownPage: PicturePlayer = { name: "flvcast's page", programs, play };

async function play(url: string, seconds: number, screenshotPath?: string): Promise<PlayReport> {
  const opened = await openBrowser({ viewport: { width: 640, height: 480 } });
  const { page, complaints } = opened;
  try {
    await page.addInitScript(watching);
    await page.goto(url.replace(/\/live\/(.+)\.flv$/, "/watch/$1"));
    const endMs = performance.now() + PATIENCE_MS;
    let situation = "";
    while (situation !== "playing" && situation !== "unplayable" && performance.now() < endMs) {
      await page.waitForTimeout(50);
      [situation = ""] = await situations(page);
    }
    if (situation === "playing") {
      await page.getByRole("button", { name: "Unmute" }).first().click();
      await page.waitForTimeout(seconds * 1000);
    }
    const seen = readSeen(await page.evaluate<unknown>("whatWasSeen()"));
    if (screenshotPath !== undefined) await page.screenshot({ path: screenshotPath });
    const notice = page.locator(".notice:visible");
    const said = (await notice.count()) > 0 ? [(await notice.innerText()).replaceAll(/\s+/g, " ")] : [];
    return {
      complaints: [...complaints, ...said],
      video: seen.frames === 0 ? null : { frames: seen.frames, timesMs: seen.paintedMs },
      audio: seen.audioBytes > 0 ? { frames: null, timesMs: [] } : trackOf(seen.soundsMs),
      playedMs: spanMs(seen.paintedMs),
    };
  } finally {
    await opened.close();
  }
}

/**
 * How many frames are decoded by either player; which of them WebCodecs' player paints, in which order; and what it sends
 * to its loudspeaker that can be heard.
 */
const watching = `(() => {
  const seen = { decoded: 0, paintedMs: [], soundsMs: [] };
  window.whatWasSeen = () => {
    const video = document.querySelector("video");
    const frames = seen.decoded + video.getVideoPlaybackQuality().totalVideoFrames;
    return { ...seen, frames, audioBytes: video.webkitAudioDecodedByteCount };
  };
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...where) {
    if (image instanceof VideoFrame) seen.paintedMs.push(image.timestamp / 1000);
    return drawImage.call(this, image, ...where);
  };
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    const isHeard = message?.planes?.some((plane) => plane.some((sample) => Math.abs(sample) > 0.001));
    if (isHeard) seen.soundsMs.push(message.timestampMs);
    return postMessage.call(this, message, ...rest);
  };
  const Decoder = window.VideoDecoder;
  window.VideoDecoder = class extends Decoder {
    constructor({ output, error }) {
      super({ output: (frame) => (seen.decoded++, output(frame)), error });
    }
  };
})()`;

interface Seen {
  readonly frames: number;
  readonly audioBytes: number;
  readonly paintedMs: readonly number[];
  readonly soundsMs: readonly number[];
}

function readSeen(value: unknown): Seen {
  if (isSeen(value)) return value;
  throw new Error(`the page: expected what was seen, got ${JSON.stringify(value)}`);
}

function isSeen(value: unknown): value is Seen {
  const keys = ["frames", "audioBytes", "paintedMs", "soundsMs"];
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}
