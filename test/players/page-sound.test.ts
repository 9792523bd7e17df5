import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Display, startDisplay } from "../e2e/display.ts";
import { buildFlasher, flasherNeeds } from "../e2e/flasher.ts";
import { makeFolder } from "../e2e/folder.ts";
import { browserPath, untilAll } from "../e2e/page-browser.ts";
import { start, stopAll } from "../e2e/program.ts";
import { type SoundServer, startSoundServer } from "../e2e/sound-server.ts";
import { findProgram } from "../run.ts";
import { measureFlashAndBeep, record } from "./flash-and-beep.ts";

const RECORDED_S = 20;
/** Until the player keeps no more sound ahead than it needs. */
const SETTLING_MS = 10_000;
/** A picture of the stream at 60/s, one of the screen, and one of the recording, half of each on average. */
const ALLOWED_MS = 25;

const lacking = flasherNeeds.filter((name) => findProgram(name) === null);
if (browserPath === null) lacking.push("chromium");
if (lacking.length > 0) console.log(`skipped: the page's sound: ${lacking.join(", ")} not installed`);

const RATE = 48_000;
const WINDOW = RATE / 200;

/** What a viewer sees and hears: one screen and sound server for the camera's side, another for the browser. */
describe.skipIf(lacking.length > 0)(
  "the page with WebCodecs, on a screen and a loudspeaker of its own",
  () => {
    const folder = makeFolder();
    const flasher = folder.file("flash-and-beep");
    let displays: readonly Display[];
    let sounds: readonly SoundServer[];
    let browser: Browser;
    let page: Page;
    let flashing: ChildProcess;

    /** The environment of the camera's side, or the viewer's. */
    const envOf = (side: 0 | 1) => ({ ...sounds[side]?.env, DISPLAY: displays[side]?.name ?? "" });
    const streamOf = (side: 0 | 1, ...args: readonly string[]) =>
      start(
        [
          "--device",
          "screen",
          "--fps",
          "60",
          "--encoder",
          "libx264",
          "--audio",
          sounds[side]?.source ?? "",
        ].concat(args),
        { env: envOf(side) },
      );

    beforeAll(async () => {
      await buildFlasher(flasher);
      displays = await Promise.all([startDisplay("320x240"), startDisplay("640x480")]);
      sounds = await Promise.all([startSoundServer(), startSoundServer()]);
      flashing = spawn(flasher, ["600"], {
        env: { ...process.env, ...envOf(0) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      if (flashing.stdout !== null) await once(flashing.stdout, "data");
      const url = await streamOf(0, "--name", "camera").firstLine();
      browser = await chromium.launch({
        executablePath: browserPath ?? "",
        headless: false,
        ignoreDefaultArgs: ["--mute-audio"],
        args: ["--kiosk", "--window-position=0,0", "--window-size=640,480", "--disable-gpu"],
        chromiumSandbox: process.getuid?.() !== 0,
        env: { ...process.env, ...envOf(1) },
      });
      page = await browser.newPage({ viewport: null });
      await page.goto(new URL("/watch/camera?player=low-latency", url).href);
      await untilAll(page, "playing");
      await page.getByRole("button", { name: "Unmute" }).first().click();
      await page.waitForTimeout(SETTLING_MS);
    }, 90_000);
    afterAll(async () => {
      await browser?.close();
      await stopAll();
      flashing?.kill();
      await Promise.all([...displays, ...sounds].map((one) => one.stop()));
      folder.remove();
    });

    it("shows a flash when its beep is heard", async () => {
      const recorder = streamOf(1, "--name", "viewer");
      const recording = folder.file("viewer.flv");
      await record(await recorder.firstLine(), RECORDED_S, recording);
      await recorder.stopInOrder();
      const offsetsMs = (await measureFlashAndBeep(recording)).map(({ offsetMs }) => offsetMs);
      console.log(`heard - seen: ${offsetsMs.map((ms) => ms.toFixed(1)).join(" ")} ms`);
      expect(offsetsMs.length).toBeGreaterThanOrEqual(RECORDED_S / 2);
      expect(Math.abs(median(offsetsMs))).toBeLessThanOrEqual(ALLOWED_MS);
    });

    it("sounds without a gap", async () => {
      flashing.kill();
      const tone = "-v error -re -f lavfi -i sine=1000:r=48000,volume=4 -f pulse -device mic_feed tone".split(
        " ",
      );
      const playing = spawn("ffmpeg", tone, { env: { ...process.env, ...envOf(0) }, stdio: "ignore" });
      await page.waitForTimeout(SETTLING_MS);
      const format = `-f f32le -ac 1 -ar ${RATE} pipe:1`.split(" ");
      const recorder = spawn(
        "ffmpeg",
        ["-v", "error", "-f", "pulse", "-i", sounds[1]?.source ?? "", ...format],
        {
          env: { ...process.env, ...envOf(1) },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      const chunks: Buffer[] = [];
      recorder.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      await page.waitForTimeout(RECORDED_S * 1000);
      recorder.kill();
      playing.kill();
      const bytes = Buffer.concat(chunks);
      const samples = Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) =>
        bytes.readFloatLE(at * 4),
      );
      const found = gaps(samples);
      console.log(`${found} gaps in ${(samples.length / RATE).toFixed(1)} s`);
      expect(samples.length).toBeGreaterThan((RECORDED_S * RATE) / 2);
      expect(found).toBe(0);
    });
  },
);

/** Where a tone is less than half as loud as usual for five milliseconds. */
function gaps(samples: Float32Array): number {
  const windows = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, at) =>
    samples
      .subarray(at * WINDOW, (at + 1) * WINDOW)
      .reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0),
  );
  const usual = median(windows);
  return windows.filter((peak, at) => peak < usual / 2 && (windows[at - 1] ?? 0) >= usual / 2).length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
