import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import {
  browserPath,
  figures,
  type OpenPage,
  openBrowser,
  untilAll,
  untilMoved,
} from "../e2e/page-browser.ts";
import { start, stopAll } from "../e2e/program.ts";
import { publishing, publishUrl, stopPublishers } from "../e2e/publisher.ts";
import { mustRun } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
/** It writes H.265 and Opus into FLV from 8 on. */
let newest: string | null = null;

const picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=30", "-pix_fmt", "yuv420p", "-g", "25"];
const sound = ["-f", "lavfi", "-i", "sine=r=48000:d=30", "-ac", "2", "-t", "30"];
const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"];
const hevc = [
  "-c:v",
  "libx265",
  "-preset",
  "ultrafast",
  "-x265-params",
  "log-level=none:keyint=25:bframes=0",
];
const aac = ["-c:a", "aac"];
const opus = ["-c:a", "libopus", "-b:a", "48k"];
const aLaw = ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1", "-af", "asetnsamples=n=160:p=0"];

const films = {
  "h264-aac": [h264, aac],
  "hevc-aac": [hevc, aac],
  "h264-opus": [h264, opus],
  "h264-alaw": [h264, aLaw],
} as const;
type Film = keyof typeof films;
const fileOf = (film: Film) => folder.file(`${film}.mkv`);

beforeAll(async () => {
  for (const path of findFfmpegs()) {
    const { stdout } = await mustRun([path, "-version"]);
    if (Number(/^ffmpeg version n?(\d+)/.exec(stdout)?.[1] ?? 0) >= 8) newest = path;
  }
  if (newest === null) console.log("skipped: codecs that change: no ffmpeg 8 or later to publish with");
  const inputs = [...picture.slice(0, 4), ...sound.slice(0, 4)];
  for (const [film, [video, audio]] of Object.entries(films))
    await mustRun([
      ...["ffmpeg", "-nostdin", "-v", "error", ...inputs, ...picture.slice(4), ...sound.slice(4)],
      ...[...video, ...audio, folder.file(`${film}.mkv`)],
    ]);
}, 120_000);
afterAll(() => folder.remove());

describe.skipIf(browserPath === null)("the page, where a publisher comes back with other codecs", () => {
  let open: OpenPage;
  let publishTo = "";

  afterEach(async () => {
    await stopPublishers();
    await open?.close();
    await stopAll();
  });

  async function watch(first: Film, query: string): Promise<void> {
    const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
    const program = start(["door=rtmp", "--rtmp-port", "0"], { env });
    publishTo = await publishUrl("door", env);
    publish(first);
    const url = new URL("/watch/door", await program.firstLine());
    open = await openBrowser();
    await open.page.addInitScript(countSounds);
    await open.page.goto(`${url.href}?${query}`);
    await untilAll(open.page, "playing", 1, 40_000);
    await open.page.getByRole("button", { name: "Unmute" }).first().click();
  }

  function publish(film: Film): void {
    publishing(fileOf(film), publishTo, { ffmpeg: newest ?? "ffmpeg" });
  }

  async function comesBackWith(film: Film): Promise<void> {
    await stopPublishers();
    publish(film);
  }

  /** Waits until it sounds, from now on. */
  async function untilHeard(): Promise<void> {
    const { page } = open;
    const heard = async () => Number(await page.evaluate<unknown>("window.soundsHeard()"));
    const before = await heard();
    await expect.poll(heard, { timeout: 40_000 }).toBeGreaterThan(before);
  }

  async function expectCodecs(...names: readonly string[]): Promise<void> {
    await open.page.keyboard.press("i");
    await expect
      .poll(async () => (await figures(open.page))["Codecs"], { timeout: 20_000 })
      .toBe(names.join(", "));
    await open.page.keyboard.press("i");
  }

  it("says that it has no H.265, and plays H.264 again, with sound of another codec", async ({ skip }) => {
    if (newest === null) skip();
    await watch("h264-aac", "player=low-latency");
    await untilMoved(open.page);
    await untilHeard();
    await comesBackWith("hevc-aac");
    await untilAll(open.page, "unplayable", 1, 40_000);
    expect(await open.page.locator(".notice").innerText()).toContain("--video-codec h264");
    await comesBackWith("h264-opus");
    await untilAll(open.page, "playing", 1, 40_000);
    await untilMoved(open.page);
    await untilHeard();
    await expectCodecs("avc1.42c00c", "opus");
  }, 180_000);

  it.each(["low-latency", "mse"])(
    "is not left silent: %s",
    async (player) => {
      if (newest === null) return;
      await watch("h264-aac", `player=${player}`);
      await untilHeard();
      await comesBackWith("h264-opus");
      await expectCodecs("avc1.42c00c", "opus");
      await untilAll(open.page, "playing", 1, 40_000);
      await untilMoved(open.page);
      await untilHeard();
      await comesBackWith("h264-aac");
      await expectCodecs("avc1.42c00c", "mp4a.40.2");
      await untilMoved(open.page);
      await untilHeard();
      expect(open.complaints).toEqual([]);
    },
    180_000,
  );

  it("has G.711 where it has WebCodecs, and otherwise the video alone, and says so", async () => {
    await watch("h264-alaw", "player=low-latency");
    await untilMoved(open.page);
    await untilHeard();
    await open.page.goto(open.page.url().replace("low-latency", "mse"));
    await untilAll(open.page, "playing", 1, 40_000);
    await untilMoved(open.page);
    const said = async () => await open.page.locator(".notice").innerText();
    await expect.poll(said, { timeout: 20_000 }).toMatch(/No sound\s+.*--audio-codec aac/);
  }, 180_000);
});

/** What is sent to the loudspeaker of WebCodecs' player and can be heard, and what the other one has decoded. */
const countSounds = `(() => {
  let sounds = 0;
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message?.planes?.some((plane) => plane.some((sample) => Math.abs(sample) > 0.001))) sounds++;
    return postMessage.call(this, message, ...rest);
  };
  window.soundsHeard = () => sounds + (document.querySelector("video")?.webkitAudioDecodedByteCount ?? 0);
})()`;
