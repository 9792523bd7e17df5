import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, type OpenPage, openBrowser, setVisibility, untilAll } from "../e2e/page-browser.ts";
import { type RunningStream, startFlvcast } from "../start-flvcast.ts";
import { agesMs, row, waits, watchAges } from "./glass-to-glass.ts";
import { printTable } from "./numbers.ts";
import { type StallingProxy, startStallingProxy } from "./stalling-proxy.ts";

const seconds = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 60);
const clockFfmpeg = fileURLToPath(new URL("clock-ffmpeg.sh", import.meta.url));
const args = [
  "--device",
  "test:ffmpeg",
  "--size",
  "640x360",
  "--fps",
  "30",
  "--gop",
  "1",
  "--encoder",
  "libx264",
];

/** Long enough for a player to have settled, wherever it began. */
const SETTLING_MS = 2000;
const LOOK_MS = 3000;
const JOINS = 5;

const players = [
  { name: "WebCodecs, muted", query: "player=low-latency", sound: false },
  { name: "WebCodecs, with sound", query: "player=low-latency", sound: true },
  { name: "Media Source, with sound", query: "player=mse", sound: true },
];

describe.skipIf(browserPath === null)("a picture's age when the page shows it", () => {
  let stream: RunningStream;
  let proxy: StallingProxy;
  beforeAll(async () => {
    stream = await startFlvcast([...args, "--ffmpeg", clockFfmpeg]);
    proxy = await startStallingProxy(new URL(stream.url));
  });
  afterAll(async () => {
    proxy.close();
    await stream.stop();
  });

  it.each(players)("$name", async ({ name, query, sound }) => {
    const rows: Record<string, ReturnType<typeof row>> = {};
    const open = await openBrowser();
    const { page } = open;
    const join = async () => {
      await watch(open, `${proxy.origin}/watch/test?${query}`, sound);
      await page.waitForTimeout(SETTLING_MS);
    };
    try {
      await join();
      rows[`for ${seconds} s`] = row(await agesMs(page, seconds * 1000));
      const dry = await waits(page);
      for (let count = 1; count <= JOINS; count++) {
        await join();
        rows[`2 s after joining, ${count}`] = row(await agesMs(page, LOOK_MS));
      }
      await proxy.stall(3000);
      await page.waitForTimeout(SETTLING_MS);
      rows["2 s after a stall of 3 s"] = row(await agesMs(page, LOOK_MS));
      await setVisibility(page, "hidden");
      await page.waitForTimeout(20_000);
      await setVisibility(page, "visible");
      await page.waitForTimeout(SETTLING_MS);
      rows["2 s after 20 s hidden"] = row(await agesMs(page, LOOK_MS));
      expect(open.complaints).toEqual([]);
      printTable(
        `${name}: 640x360 at 30/s, a key frame a second; ran dry ${dry} times in ${seconds} s`,
        rows,
      );
    } finally {
      await open.close();
    }
  });
});

async function watch({ page }: OpenPage, url: string, sound: boolean): Promise<void> {
  await page.goto(url);
  await untilAll(page, "playing");
  if (sound) await page.getByRole("button", { name: "Unmute" }).first().click();
  await watchAges(page);
}
