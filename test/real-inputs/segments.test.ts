import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { until } from "../e2e/processes.ts";
import { start, stopAll } from "../e2e/program.ts";
import { steps } from "../e2e/recording.ts";
import { Viewer } from "../e2e/viewer.ts";
import { startLiveHls } from "./live-hls.ts";
import { repeatedPictures, watchPictures } from "./watching.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe("live HLS goes out as evenly as it was made, whatever its segments are", () => {
  it.concurrent.each([2, 8])("%i seconds each", async (segmentSeconds) => {
    const origin = await startLiveHls(folder, segmentSeconds, 3);
    const program = start(["--device", origin.url], { patienceMs: 110_000 });
    const viewer = new Viewer(await program.firstLine());
    const { speed, recording } = await watchPictures(viewer, 25 * 3 * segmentSeconds);
    viewer.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
    await origin.stop();
    expect(speed).toBeGreaterThan(0.97);
    expect(speed).toBeLessThan(1.03);
    expect(Math.max(...steps(recording.pictures))).toBeLessThan(100);
    expect(await repeatedPictures(viewer, folder)).toBe(0);
  });
});

it("live HLS that was away goes on where it stopped: nothing is sent again", async () => {
  const origin = await startLiveHls(folder, 2, 4);
  const program = start(["--device", origin.url, "--copy"], { patienceMs: 110_000 });
  const viewer = new Viewer(await program.firstLine());
  await watchPictures(viewer, 50);
  origin.fail();
  await until("it is lost", () => program.stderr.includes("retrying in"), 60_000);
  origin.back();
  await until("it is back", () => program.stderr.includes("is back"), 60_000);
  await watchPictures(viewer, 100);
  viewer.leave();
  expect(await program.stop()).toMatchObject({ exitCode: 0 });
  await origin.stop();
  const deltas = viewer.recording.pictures.filter(({ isKey }) => !isKey);
  const different = new Set(deltas.map(({ units }) => Buffer.concat(units).toString("base64")));
  expect(deltas.length - different.size).toBeLessThan(5); // of 49 in a segment; now and then two are the same
});
