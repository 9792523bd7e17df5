import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { browserPath, type OpenPage, openBrowser, setVisibility, untilAll } from "../e2e/page-browser.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { agesMs, row, waits, watchAges } from "./glass-to-glass.ts";
import { printTable } from "./numbers.ts";
import { startStallingProxy } from "./stalling-proxy.ts";

const seconds = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 60);
const clockFfmpeg = fileURLToPath(new URL("clock-ffmpeg.sh", import.meta.url));
const args = ["--device", "test", "--size", "640x360", "--fps", "30", "--gop", "1", "--encoder", "libx264"];

/** Long enough for a player to have settled, wherever it began. */
const SETTLING_MS = 2000;
const LOOK_MS = 3000;
const JOINS = 5;

const players = [
  { name: "WebCodecs, muted", query: "player=low-latency", sound: false },
  { name: "WebCodecs, with sound", query: "player=low-latency", sound: true },
  { name: "Media Source, with sound", query: "player=mse", sound: true },
];

it.skipIf(browserPath === null)("a picture is so old when the page shows it", async () => {
  const cast = await startFlvcast([...args, "--ffmpeg", clockFfmpeg]);
  const proxy = await startStallingProxy(new URL(cast.url));
  const rows: Record<string, ReturnType<typeof row>> = {};
  for (const { name, query, sound } of players) {
    const open = await openBrowser();
    const join = () => watch(open, `${proxy.origin}/watch/test?${query}`, sound);
    try {
      await join();
      await open.page.waitForTimeout(SETTLING_MS);
      rows[`${name}, ${seconds} s`] = row(await agesMs(open.page, seconds * 1000));
      console.log(`${name}: ran dry ${await waits(open.page)} times`);
      for (let count = 1; count <= JOINS; count++) {
        await join();
        await open.page.waitForTimeout(SETTLING_MS);
        rows[`${name}, 2 s after joining, ${count}`] = row(await agesMs(open.page, LOOK_MS));
      }
      await proxy.stall(3000);
      await open.page.waitForTimeout(SETTLING_MS);
      rows[`${name}, 2 s after a stall of 3 s`] = row(await agesMs(open.page, LOOK_MS));
      await setVisibility(open.page, "hidden");
      await open.page.waitForTimeout(20_000);
      await setVisibility(open.page, "visible");
      await open.page.waitForTimeout(SETTLING_MS);
      rows[`${name}, 2 s after 20 s hidden`] = row(await agesMs(open.page, LOOK_MS));
      expect(open.complaints).toEqual([]);
    } finally {
      await open.close();
    }
  }
  printTable("From the picture's making to the page, 640x360 at 30/s, a key frame a second", rows);
  proxy.close();
  await cast.stop();
});

async function watch({ page }: OpenPage, url: string, sound: boolean): Promise<void> {
  await page.goto(url);
  await untilAll(page, "playing");
  if (sound) await page.getByRole("button", { name: "Unmute" }).first().click();
  await watchAges(page);
}
