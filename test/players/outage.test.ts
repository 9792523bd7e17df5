import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Display, startDisplay } from "../e2e/display.ts";
import { type Program, start, stopAll } from "../e2e/program.ts";
import { type SoundServer, startSoundServer } from "../e2e/sound-server.ts";
import { findProgram } from "../run.ts";
import { type BrowserViewer, chromium, watchInChromium } from "./chromium.ts";

const OUTAGE_MS = 10_000;
const SETTLING_MS = 6000;
/** Nobody tells that a server is back: it is tried again, at last after eight seconds. */
const BACKOFF_MS = 7000;
/** While a track is filled, its frames come so far apart that the browser halts once, until it has enough ahead. */
const MAX_HALT_MS = 1000;
const SIZE = "640x360";

const lacking = [["Xvfb"], ["pulseaudio"], ["pactl"], chromium.programs].find(
  (names) => findProgram(...names) === null,
);
if (lacking !== undefined)
  console.log(`skipped: a browser through outages: ${lacking.join(" or ")} is not installed`);

describe.skipIf(lacking !== undefined)("a browser with mpegts.js as it comes", () => {
  let display: Display;
  let sound: SoundServer;
  let program: Program;
  let browser: BrowserViewer;

  beforeEach(async () => {
    display = await startDisplay(SIZE);
    sound = await startSoundServer();
    const args = ["--device", "screen", "--audio", sound.source, "--fps", "15"];
    program = start(args, { env: { ...sound.env, DISPLAY: display.name }, patienceMs: 90_000 });
    browser = await watchInChromium(await program.firstLine());
    await delay(2000);
  });
  afterEach(async () => {
    await browser.close();
    await stopAll();
    await Promise.all([display.stop(), sound.stop()]);
  });

  /** How much of a time was not played, and how far it is behind at its end. */
  async function through(ms: number): Promise<{ readonly missedMs: number; readonly aheadMs: number }> {
    const [before, beganMs] = [await browser.position(), performance.now()];
    await delay(ms);
    const { playedMs, aheadMs } = await browser.position();
    return { missedMs: performance.now() - beganMs - (playedMs - before.playedMs), aheadMs };
  }

  it("plays on while the microphone is gone for 10 s, and when it is back", async () => {
    await sound.crash();
    const gone = await through(OUTAGE_MS);
    await sound.revive();
    await delay(BACKOFF_MS);
    const back = await through(SETTLING_MS);
    console.log("microphone", JSON.stringify({ gone, back }));
    expect(gone.missedMs).toBeLessThan(MAX_HALT_MS);
    expect(back.missedMs).toBeLessThan(1000);
    expect((await browser.report()).complaints).toEqual([]);
  }, 60_000);

  it("plays on while the camera is gone for 10 s, and when it is back", async () => {
    await display.stop();
    const gone = await through(OUTAGE_MS);
    display = await startDisplay(SIZE, display.name);
    await delay(BACKOFF_MS);
    const back = await through(SETTLING_MS);
    console.log("camera", JSON.stringify({ gone, back }));
    expect(gone.missedMs).toBeLessThan(MAX_HALT_MS);
    expect(back.missedMs).toBeLessThan(1000);
    expect((await browser.report()).complaints).toEqual([]);
  }, 60_000);

  it("is within a second of live after both were gone for 10 s", async () => {
    const { aheadMs: usualMs } = await browser.position();
    await Promise.all([display.stop(), sound.crash()]);
    await delay(OUTAGE_MS);
    [display] = await Promise.all([startDisplay(SIZE, display.name), sound.revive()]);
    await delay(SETTLING_MS + BACKOFF_MS);
    const after = await through(SETTLING_MS);
    console.log("both", JSON.stringify({ usualMs, after }), program.stderr);
    expect(after.missedMs).toBeLessThan(500); // it plays
    expect(after.aheadMs - usualMs).toBeLessThan(1000);
    expect((await browser.report()).complaints).toEqual([]);
  }, 60_000);
});
