import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
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
