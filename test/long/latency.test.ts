import { afterAll, describe, expect, it } from "vitest";
import { browserPath, openBrowser, untilAll, untilMoved } from "../e2e/page-browser.ts";
import { start, stopAll } from "../e2e/program.ts";

afterAll(() => stopAll());

const KEEPS_TIMES = `
  window.shownUs = [];
  const Decoder = window.VideoDecoder;
  window.VideoDecoder = class extends Decoder {
    constructor(init) {
      super({ ...init, output: (frame) => (window.shownUs.push(frame.timestamp), init.output(frame)) });
    }
  };`;

describe.skipIf(browserPath === null)("the page plays normal latency", () => {
  it.each([
    { player: "low-latency", codec: "opus", frames: 60 },
    { player: "mse", codec: "aac", frames: 0 },
  ])("with B-frames in the order in which they are shown, and $codec: $player", async (one) => {
    const { player, codec, frames } = one;
    const program = start([
      ...["--device", "test", "--size", "320x240", "--encoder", "libx264"],
      ...["--latency", "normal", "--audio-codec", codec],
    ]);
    const open = await openBrowser();
    const { page, complaints } = open;
    await page.addInitScript(KEEPS_TIMES);
    await page.goto(`${new URL("/watch/test", await program.firstLine()).href}?player=${player}`);
    await untilAll(page, "playing");
    await untilMoved(page);
    await page.waitForTimeout(5000);
    await untilAll(page, "playing");
    const shownUs = await page.evaluate<number[]>("window.shownUs");
    await open.close();
    const { exitCode } = await program.stop();
    expect(exitCode).toBe(0);
    expect(complaints).toEqual([]);
    expect(shownUs.length).toBeGreaterThanOrEqual(frames);
    expect(shownUs).toEqual(shownUs.toSorted((a, b) => a - b));
  });
});
