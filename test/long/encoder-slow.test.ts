import { afterAll, expect, it } from "vitest";
import { until } from "../e2e/processes.ts";
import { Program, start, stopAll } from "../e2e/program.ts";
import { freshStateFolder } from "../state-folder.ts";

afterAll(stopAll);

it("an encoder that cannot keep up is said, with what to do, and stands in the status", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder() };
  // On any machine, ffmpeg takes two seconds for one.
  const slow = ["--video-filter", "realtime=speed=0.5"];
  const args = ["--device", "test", "--audio", "none", "--size", "160x120", "--name", "slow", ...slow];
  const program = start(args, { env, patienceMs: 120_000 });
  await program.firstLine();
  const line =
    /test: video is \d+\.\d s late because \S+ cannot keep up; use a smaller --size, a lower --fps/;
  await until("it is said", () => line.test(program.stderr), 90_000);
  const { stdout } = await new Program(["status", "--json"], { env }).ended;
  expect(JSON.parse(stdout)).toMatchObject([{ encoderLagMs: expect.any(Number) }]);
}, 130_000);
