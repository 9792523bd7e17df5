import { describe, expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { failureText } from "../../src/cli/report.ts";
import { type RunningCast, runStart, type Studio, start } from "../../src/cli/start.ts";
import { UserError } from "../../src/failure.ts";
import type { OnAir } from "../../src/on-air.ts";
import type { StartSettings } from "../../src/settings/settings.ts";
import { FakeIo } from "./fake-io.ts";

const onAir: OnAir = {
  name: "test",
  url: "http://127.0.0.1:8080/live/test.flv",
  urls: ["http://127.0.0.1:8080/live/test.flv"],
  isPublic: false,
  codecs: ["avc1.640020", "mp4a.40.2"],
  size: "1280x720",
  fps: 30,
  encoder: "libx264",
  pid: 1234,
};

/** A promise that a test settles. */
function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  promise.catch(() => {}); // whoever awaits it hears of it
  return { promise, resolve, reject };
}

/** A cast that goes on the air, ends and fails when it is told to. */
class FakeCast implements RunningCast {
  readonly ready = deferred<OnAir | null>();
  readonly over = deferred<void>();
  readonly calls: string[] = [];
  readonly onAir = this.ready.promise;
  readonly ended = this.over.promise;

  async stop(): Promise<void> {
    this.calls.push("stop");
  }

  kill(): void {
    this.calls.push("kill");
  }

  fail(error: Error): void {
    this.ready.reject(error);
    this.over.reject(error);
  }
}

/** Starts `flvcast start --device test` with a cast that does what the test says. */
function begin(argv: readonly string[] = [], { env = {}, isTerminal = false } = {}) {
  const io = new FakeIo({ isTerminal });
  const cast = new FakeCast();
  let say!: (line: string) => void;
  const studio: Studio = {
    startCast: async (_settings: StartSettings, { onFfmpegLine }) => {
      say = onFfmpegLine;
      return cast;
    },
    commandLines: async () => ["ffmpeg -i 'a b' pipe:1"],
  };
  const { flags } = parseArguments("start", start.flags, ["--device", "test", ...argv]);
  const exit = runStart(flags, env, io.asIo, studio);
  return { io, cast, exit, say: (line: string) => say(line) };
}

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("stdout carries the URL alone, once it can be watched", async () => {
  const { io, cast, exit } = begin();
  await settle();
  expect(io.stdout.text).toBe("");
  cast.ready.resolve(onAir);
  await settle();
  expect(io.stdout.text).toBe("http://127.0.0.1:8080/live/test.flv\n");
  cast.over.resolve();
  expect(await exit).toBe(0);
  expect(io.stderr.text).toBe("");
});

test("--json prints one object on one line", async () => {
  const { io, cast, exit } = begin(["--json"]);
  cast.ready.resolve(onAir);
  cast.over.resolve();
  await exit;
  expect(io.stdout.text.split("\n")).toHaveLength(2);
  expect(JSON.parse(io.stdout.text)).toEqual(onAir);
});

test("--dry-run prints the command lines and starts nothing", async () => {
  const { io, exit } = begin(["--dry-run"]);
  expect(await exit).toBe(0);
  expect(io.stdout.text).toBe("ffmpeg -i 'a b' pipe:1\n");
});

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
    "the first %s stops the cast, and it ends with exit code 0",
    async (signal) => {
      const { io, cast, exit } = begin();
      cast.ready.resolve(onAir);
      await settle();
      io.emit(signal, signal);
      expect(cast.calls).toEqual(["stop"]);
      cast.over.resolve();
      expect(await exit).toBe(0);
      expect(io.exitCode).toBeNull();
    },
  );

  test.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("a second one, %s, forces the end with exit code %d", async (signal, code) => {
    const { io, cast, exit } = begin();
    await settle();
    io.emit("SIGINT", "SIGINT");
    io.emit(signal, signal);
    expect(cast.calls).toEqual(["stop", "kill"]);
    expect(io.exitCode).toBe(code);
    cast.ready.resolve(null);
    cast.over.resolve();
    await exit;
  });

  test("one that comes while the cast is being started stops it", async () => {
    const { io, cast, exit } = begin();
    io.emit("SIGTERM", "SIGTERM");
    await settle();
    expect(cast.calls).toEqual(["stop"]);
    cast.ready.resolve(null);
    cast.over.resolve();
    expect(await exit).toBe(0);
    expect(io.stdout.text).toBe("");
  });

  test("nobody listens any more when the cast is over", async () => {
    const { io, cast, exit } = begin();
    cast.ready.resolve(null);
    cast.over.resolve();
    await exit;
    expect(io.eventNames()).toEqual([]);
  });
});

describe("failures", () => {
  test("of the cast are the command's", async () => {
    const { io, cast, exit } = begin();
    cast.fail(new UserError("notReady", "no key frame within 15 s"));
    await expect(exit).rejects.toMatchObject({ exitCode: 18 });
    expect(io.stdout.text).toBe("");
  });

  test("after the URL are, too", async () => {
    const { cast, exit } = begin();
    cast.ready.resolve(onAir);
    await settle();
    cast.over.reject(new UserError("deviceAbsent", "the camera is gone"));
    await expect(exit).rejects.toMatchObject({ exitCode: 10 });
  });

  test("for the user take one line, whatever ffmpeg put into it", () => {
    expect(failureText(new UserError("brokenInput", "broken:\n  no moov atom"))).toBe(
      "flvcast: broken: no moov atom\n",
    );
  });

  test("of ours come with their stack and say so", () => {
    expect(failureText(new Error("oops"))).toMatch(/^Error: oops\n {4}at [^]*\nflvcast: this is a bug/);
  });
});

describe("stderr", () => {
  test("has ffmpeg's lines only with --verbose", async () => {
    for (const [argv, shows] of [[["--verbose"], true] as const, [[], false] as const]) {
      const { io, cast, exit, say } = begin(argv);
      await settle();
      say("[libx264] profile High");
      cast.ready.resolve(null);
      cast.over.resolve();
      await exit;
      expect(io.stderr.text.includes("ffmpeg: [libx264] profile High\n")).toBe(shows);
    }
  });

  test.each<[argv: readonly string[], env: Record<string, string>, hint: boolean]>([
    [[], { NO_COLOR: "1" }, true],
    [["--json"], {}, true],
    [["--quiet"], {}, false],
  ])("on a terminal with %j and %j: no spinner, and how to watch: %j", async (argv, env, hint) => {
    const { io, cast, exit } = begin(argv, { env, isTerminal: true });
    await settle();
    expect(io.stderr.text).toBe("");
    cast.ready.resolve(onAir);
    cast.over.resolve();
    await exit;
    expect(io.stderr.text.includes("Ctrl-C stops")).toBe(hint);
  });
});
