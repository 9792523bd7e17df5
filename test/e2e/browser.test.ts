import { afterAll, expect, it } from "vitest";
import { chromium } from "../players/chromium.ts";
import { backwardSteps } from "../players/report.ts";
import { findProgram } from "../run.ts";
import { start, stopAll } from "./program.ts";

afterAll(stopAll);

it("a browser with mpegts.js plays the test source, and has nothing to complain of", async ({ skip }) => {
  if (findProgram(...chromium.programs) === null) {
    console.log(`skipped: the browser: none of ${chromium.programs.join(", ")} is installed`);
    skip();
  }
  const program = start(["--device", "test"]);
  const { complaints, video, audio, playedMs } = await chromium.play(await program.firstLine(), 5);
  await program.stopInOrder();
  expect(complaints).toEqual([]);
  expect(playedMs).toBeGreaterThan(4000);
  expect(video?.frames).toBeGreaterThan(100);
  expect(backwardSteps(video?.timesMs ?? [])).toEqual([]);
  expect(audio).not.toBeNull();
});
