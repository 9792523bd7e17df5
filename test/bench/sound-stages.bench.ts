import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Display, startDisplay } from "../e2e/display.ts";
import { browserPath, untilAll } from "../e2e/page-browser.ts";
import { type SoundServer, startSoundServer } from "../e2e/sound-server.ts";
import { findProgram } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { printTable, quantile } from "./numbers.ts";
import { notePassages, passagesOf, SoundArrivals } from "./sound-stages.ts";

const seconds = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 60);
/** Until the player keeps no more sound ahead than it needs. */
const SETTLING_MS = 10_000;

const missing = ["Xvfb", "pulseaudio", "pactl"].filter((name) => findProgram(name) === null);
if (missing.length > 0) console.log(`skipped: sound by stages: ${missing.join(", ")} not installed`);

describe.skipIf(browserPath === null || missing.length > 0)(
  "sound's age on its way to the loudspeaker",
  () => {
    let display: Display;
    let microphone: SoundServer;
    let loudspeaker: SoundServer;
    beforeAll(async () => {
      [display, microphone, loudspeaker] = await Promise.all([
        startDisplay("640x360"),
        startSoundServer(),
        startSoundServer(),
      ]);
    });
    afterAll(() => Promise.all([display.stop(), microphone.stop(), loudspeaker.stop()]));

    it.each(["aac", "opus", "g711"])("a microphone and a screen, WebCodecs, %s", async (codec) => {
      const args = ["--device", "screen", "--fps", "30", "--encoder", "libx264"];
      const stream = await startFlvcast(
        ["--name", "test", ...args, "--audio", microphone.source, "--audio-codec", codec],
        { ...microphone.env, DISPLAY: display.name },
      );
      const browser = await chromium.launch({
        executablePath: browserPath ?? "",
        ignoreDefaultArgs: ["--mute-audio"],
        chromiumSandbox: process.getuid?.() !== 0,
        env: { ...process.env, ...loudspeaker.env },
      });
      const arrivals = new SoundArrivals(stream.url);
      try {
        const page = await browser.newPage();
        await notePassages(page);
        await page.goto(new URL("/watch/test?player=low-latency", stream.url).href);
        await untilAll(page, "playing");
        await page.getByRole("button", { name: "Unmute" }).first().click();
        await page.waitForTimeout(SETTLING_MS);
        const { stops, ...passed } = await passagesOf(page, seconds * 1000);
        // The page decodes G.711 itself, which is no stage of its own.
        const stages = Object.entries(passed).filter(([stage]) => codec !== "g711" || stage !== "decoded");
        const ages = stages.map(([stage, of]) => [stage, arrivals.ages(of)] as const);
        const all = [["at a viewer on loopback", arrivals.agesMs(seconds * 1000)] as const, ...ages];
        expect(all.every(([, values]) => values.length > 0)).toBe(true);
        printTable(
          `${codec}: age of sound and pictures, ms; sound stopped ${stops} times in ${seconds} s`,
          Object.fromEntries(all.map(([stage, values]) => [stage, row(values)])),
        );
      } finally {
        arrivals.close();
        await browser.close();
        await stream.stop();
      }
    });
  },
);

function row(values: readonly number[]) {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) };
}
