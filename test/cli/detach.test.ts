import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { detach } from "../../src/cli/detach.ts";
import { ensure } from "../../src/cli/ensure.ts";
import { start } from "../../src/cli/start.ts";
import { holdersIn } from "../../src/control/name-lock.ts";
import { TOKEN } from "../auth/requests.ts";
import { FakeIo } from "./fake-io.ts";
import { RunningStreams } from "./running-streams.ts";

const fakeStart = fileURLToPath(new URL("fake-start.js", import.meta.url));
const [program, execArgv] = [process.argv[1], process.execArgv];
let streams: RunningStreams;
beforeEach(() => {
  streams = new RunningStreams();
  process.argv[1] = fakeStart;
  process.execArgv = [];
});
afterEach(async () => {
  process.argv[1] = program ?? "";
  process.execArgv = execArgv;
  for (const { pid } of await holdersIn(streams.folder))
    if (pid !== process.pid) process.kill(pid, "SIGKILL");
  await streams.close();
});

type Step = Readonly<Record<string, string | number | boolean>>;

interface Scene {
  readonly io?: FakeIo;
  readonly env?: Record<string, string>;
}

/** Has a process of its own take these steps as `flvcast start --name garden …`. */
async function run(
  command: "start" | "ensure",
  argv: readonly string[],
  steps: readonly Step[],
  { io = new FakeIo(), env = {} }: Scene = {},
) {
  const all = ["--device", "test", "--name", "garden", ...argv];
  const { flags } = parseArguments(command, command === "start" ? start.flags : ensure.flags, all);
  const given = { ...streams.env, FAKE_START: JSON.stringify(steps), ...env };
  const code = await (command === "start" ? detach : ensure.run)(flags, given, io.asIo, []);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

const onAir: readonly Step[] = [{ takes: "garden" }, { tells: true }, { stays: "" }];
const told = (stdout: string) => JSON.parse(stdout) as unknown;

describe("start --detach", () => {
  test("prints what the stream prints, which gets the same flags but this one", async () => {
    const { code, stdout, stderr } = await run("start", ["--detach", "--json", "--fps", "15"], onAir);
    expect([code, stderr]).toEqual([0, ""]);
    const args = ["start", "--device=test", "--name=garden", "--json", "--fps=15"];
    expect(told(stdout)).toEqual({ args, token: null });
  });

  test("keeps its token from the arguments, which others see", async () => {
    const { stdout } = await run("start", ["--detach", "--token", TOKEN], onAir);
    expect(told(stdout)).toEqual({ args: ["start", "--device=test", "--name=garden"], token: TOKEN });
  });

  test("shows the token where it is printed on a terminal", async () => {
    const { stdout } = await run("start", [], onAir, { io: new FakeIo({ isTerminal: true }) });
    expect(told(stdout)).toMatchObject({ args: ["start", "--device=test", "--name=garden", "--show-token"] });
  });

  test("says what the stream says until it can be watched, and its log has all", async () => {
    const before = join(streams.folder, "garden.log");
    mkdirSync(streams.folder, { mode: 0o700 });
    writeFileSync(before, "earlier\n");
    const { code, stderr } = await run("start", [], [{ says: "a fallback" }, ...onAir]);
    expect([code, stderr]).toEqual([0, "a fallback\n"]);
    await expect
      .poll(() => readFileSync(before, "utf8"))
      .toMatch(
        /^earlier\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d flvcast: starting "garden" \(flvcast \S+\)\na fallback\n$/,
      );
  });

  test.each<[steps: readonly Step[], code: number, stderr: string]>([
    [[{ says: "flvcast: no camera" }, { exit: 10 }], 10, "flvcast: no camera\n"],
    [[{ exit: 0 }], 18, 'flvcast: "garden" was stopped before it started\n'],
    [[{ exit: 10 }], 10, 'flvcast: "garden" ended with exit code 10; it has no log\n'],
  ])("of a stream that takes the steps %j ends with %i", async (steps, code, stderr) => {
    expect(await run("start", [], steps)).toEqual({ code, stdout: "", stderr });
  });

  test("of a stream that did not take its name tells how it is ended", async () => {
    const { code, stderr } = await run("start", [], [{ tells: true }]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^flvcast: flvcast stop will not find "garden"; stop it with: kill \d+\n$/);
  });

  test("is called off by a signal, which ends the stream", async () => {
    const io = new FakeIo();
    const detaching = run("start", [], [{ stays: "staying\n" }], { io });
    const log = join(streams.folder, "garden.log");
    await expect.poll(() => readFileSync(log, { encoding: "utf8", flag: "a+" })).toMatch(/\nstaying\n$/);
    io.emit("SIGINT", "SIGINT");
    expect(await detaching).toEqual({ code: 130, stdout: "", stderr: "staying\n" });
    expect(io.eventNames()).toEqual([]);
  });

  test("of a stream that runs is refused, and says so itself", async () => {
    await streams.add("garden");
    await expect(run("start", [], onAir)).rejects.toMatchObject({ reason: "alreadyRunning" });
  });

  test("goes on without a log where the folder cannot be written", async () => {
    const file = join(streams.folder, "file");
    mkdirSync(streams.folder);
    writeFileSync(file, "");
    const { code, stdout, stderr } = await run("start", [], [{ tells: true }], {
      env: { RUNTIME_DIRECTORY: file },
    });
    expect([code, told(stdout)]).toMatchObject([0, { token: null }]);
    expect(stderr).toMatch(
      /^flvcast: cannot write to .*file \(\w+\): "garden" has no log\nflvcast: flvcast stop/,
    );
  });

  test("is refused where others could write in the folder", async () => {
    mkdirSync(streams.folder);
    chmodSync(streams.folder, 0o777);
    await expect(run("start", [], onAir)).rejects.toMatchObject({ reason: "permission" });
  });
});

describe("ensure", () => {
  const well = { code: 0, stdout: "", stderr: "" };

  test("starts a stream that does not run, says nothing, and is content from then on", async () => {
    expect(await run("ensure", [], onAir)).toEqual(well);
    expect((await holdersIn(streams.folder)).map(({ key }) => key)).toEqual(["garden"]);
    expect(await run("ensure", [], [{ exit: 10 }])).toEqual(well);
  });

  test("starts it beside another", async () => {
    await streams.add("door");
    expect(await run("ensure", [], [{ says: "no camera" }, { exit: 10 }])).toMatchObject({
      code: 10,
      stderr: "no camera\n",
    });
  });

  test("names the options in which one that runs differs", async () => {
    await streams.add("garden", {}, { device: '"cam1"', port: "9000", fps: "null" });
    await expect(run("ensure", [], onAir)).rejects.toMatchObject({
      reason: "alreadyRunning",
      message: expect.stringMatching(
        /^"garden" \(pid \d+\) is running with other options \(--device, --port\); /,
      ),
    });
  });

  test("is content where another start was faster", async () => {
    expect(await run("ensure", [], [{ says: "it runs" }, { exit: 16 }])).toEqual(well);
  });

  test("cannot know what runs where the folder cannot be written", async () => {
    const file = join(streams.folder, "file");
    mkdirSync(streams.folder);
    writeFileSync(file, "");
    await expect(run("ensure", [], onAir, { env: { RUNTIME_DIRECTORY: file } })).rejects.toMatchObject({
      reason: "failure",
      message: expect.stringMatching(
        /cannot write to .*file \(\w+\), so it is unknown whether "garden" is running$/,
      ),
    });
  });

  test("is refused where others could write in the folder", async () => {
    mkdirSync(streams.folder);
    chmodSync(streams.folder, 0o777);
    await expect(run("ensure", [], onAir)).rejects.toMatchObject({ reason: "permission" });
  });
});
