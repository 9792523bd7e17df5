import { describe, expect, test, vi } from "vitest";
import type { OnAir } from "../../src/channel/description.ts";
import { parseArguments } from "../../src/cli/arguments.ts";
import { type RunningStream, runStart, type StartDependencies, start } from "../../src/cli/start.ts";
import type { Controllable } from "../../src/control/serve.ts";
import { UserError } from "../../src/errors.ts";
import { type LogEvent, notice } from "../../src/log.ts";
import type { PublishAddress, Still, StreamStatus } from "../../src/stream.ts";
import { UnwritableError } from "../../src/system/state-folder.ts";
import { someStatus } from "../control/some-status.ts";
import { freshStateFolder } from "../state-folder.ts";
import { FakeIo } from "./fake-io.ts";

const ON_AIR_URL = "http://127.0.0.1:8080/live/test.flv";

const onAir: OnAir = {
  name: "test",
  url: ON_AIR_URL,
  pageUrl: "http://127.0.0.1:8080/watch/test",
  urls: ["http://127.0.0.1:8080/live/test.flv"],
  isPublic: false,
  needsToken: false,
  tokenFile: null,
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

/** What is said of a stream that nobody has watched. */
const ENDED = 'flvcast: "test" ended after 0 s, 0 viewers\n';

/** A stream that goes on the air, ends and fails when it is told to. */
class FakeStream implements RunningStream {
  readonly recordings = null;
  readonly name = "test";
  readonly ready = deferred<OnAir | null>();
  readonly over = deferred<void>();
  readonly calls: string[] = [];
  token: string | null = null;
  address: PublishAddress | null = null;
  isStarted = false;
  readonly onAir = this.ready.promise;
  readonly opened = Promise.resolve();
  readonly ended = this.over.promise;
  ending = { isStopped: false, viewers: 0 };

  start(): void {
    this.isStarted = true;
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
    await this.ended.catch(() => undefined);
  }

  async restart(): Promise<void> {
    this.calls.push("restart");
  }

  saveClip() {
    this.calls.push("saveClip");
  }

  clip() {
    return { kind: "none" } as const;
  }

  publishAt() {
    return this.address;
  }

  withToken(url: string): string {
    return this.token === null ? url : `${url}?token=${this.token}`;
  }

  async still(): Promise<Still> {
    return { kind: "not-yet" };
  }

  kill(): void {
    this.calls.push("kill");
  }

  status(): StreamStatus {
    return { ...someStatus, name: "test", url: this.isStarted ? ON_AIR_URL : null };
  }

  fail(error: Error): void {
    this.ready.reject(error);
    this.over.reject(error);
  }
}

interface Begin {
  readonly env?: Record<string, string>;
  readonly isTerminal?: boolean;
  /** Why the stream's name cannot be had. */
  readonly taken?: Error | null;
  readonly device?: string;
}

/** Starts `flvcast start --device test` with a stream that does what the test says. */
function begin(
  argv: readonly string[] = [],
  { env = {}, isTerminal = false, taken = null, device = "test" }: Begin = {},
) {
  const io = new FakeIo({ isTerminal });
  const stream = new FakeStream();
  let say!: (line: string) => void;
  let tell!: (event: LogEvent) => void;
  let controlled: Controllable | null = null;
  const studio: StartDependencies = {
    createStream: (_settings, { onFfmpegLine, onNotice }) => {
      say = onFfmpegLine;
      tell = onNotice;
      return stream;
    },
    commandLines: async () => ["ffmpeg -i 'a b' pipe:1"],
    serveControl: async ({ target }) => {
      if (taken !== null) throw taken;
      controlled = target;
      return { close: async () => void stream.calls.push("name is free") };
    },
    detach: async (flags) => {
      stream.calls.push(`detach ${[...flags.keys()].join(" ")}`);
      return 0;
    },
  };
  const { flags } = parseArguments("start", start.flags, ["--device", device, ...argv]);
  const exit = runStart(flags, env, io.asIo, studio);
  return {
    ...{ io, stream, exit, control: () => controlled },
    say: (line: string) => say(line),
    tell: (event: LogEvent) => tell(event),
  };
}

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("stdout carries the URL alone, once it can be watched", async () => {
  const { io, stream, exit } = begin();
  await settle();
  expect(io.stdout.text).toBe("");
  stream.ready.resolve(onAir);
  await settle();
  expect(io.stdout.text).toBe("http://127.0.0.1:8080/live/test.flv\n");
  stream.over.resolve();
  expect(await exit).toBe(0);
  expect(io.stderr.text).toBe("");
});

test("what is told once on a machine is not used up by a start that was to be quiet", async () => {
  const env = { STATE_DIRECTORY: freshStateFolder() };
  const told: string[] = [];
  for (const argv of [["--quiet"], [], []]) {
    const { io, stream, exit, tell } = begin(argv, { env });
    tell(notice("encoder-selected", "the CPU", { encoder: "libx264" }));
    stream.ready.resolve(onAir);
    stream.over.resolve();
    await exit;
    told.push(io.stderr.text);
  }
  expect(told).toEqual(["", "flvcast: the CPU\n", ""]);
});

/** What is said on a terminal of a stream that ends so. */
const toldOf = async (ending: FakeStream["ending"], argv: readonly string[] = []) => {
  const { io, stream, exit } = begin(argv, { isTerminal: true, env: { NO_COLOR: "1" } });
  stream.ending = ending;
  stream.ready.resolve(onAir);
  stream.over.resolve();
  await exit;
  return io.stderr.text;
};

test("how it ended is said: by itself, or stopped, after how long and with how many viewers", async () => {
  expect(await toldOf({ isStopped: false, viewers: 1 })).toMatch(
    /flvcast: "test" ended after 0 s, 1 viewer\n$/,
  );
  expect(await toldOf({ isStopped: true, viewers: 3 })).toMatch(/flvcast: stopped after 0 s, 3 viewers\n$/);
  expect(await toldOf({ isStopped: true, viewers: 3 }, ["--quiet"])).not.toContain("stopped");
});

test("--json prints one object on one line", async () => {
  const { io, stream, exit } = begin(["--json"]);
  stream.ready.resolve(onAir);
  stream.over.resolve();
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
    "the first %s stops the stream, and it ends with exit code 0",
    async (signal) => {
      const { io, stream, exit } = begin();
      stream.ready.resolve(onAir);
      await settle();
      io.emit(signal, signal);
      expect(stream.calls).toEqual(["stop"]);
      stream.over.resolve();
      expect(await exit).toBe(0);
      expect(io.exitCode).toBeNull();
    },
  );

  test("SIGUSR1 saves a clip each time, and the stream goes on", async () => {
    const { io, stream, exit } = begin();
    stream.ready.resolve(onAir);
    await settle();
    io.emit("SIGUSR1", "SIGUSR1");
    io.emit("SIGUSR1", "SIGUSR1");
    expect(stream.calls).toEqual(["saveClip", "saveClip"]);
    stream.over.resolve();
    expect(await exit).toBe(0);
  });

  test.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("a second one, %s, forces the end with exit code %d", async (signal, code) => {
    const { io, stream, exit } = begin();
    await settle();
    io.emit("SIGINT", "SIGINT");
    io.emit(signal, signal);
    expect(stream.calls).toEqual(["stop", "kill"]);
    expect(io.exitCode).toBe(code);
    stream.ready.resolve(null);
    stream.over.resolve();
    await exit;
  });

  test("one that comes while the stream is being started stops it", async () => {
    const { io, stream, exit } = begin();
    io.emit("SIGTERM", "SIGTERM");
    await settle();
    expect(stream.calls).toEqual(["stop"]);
    stream.ready.resolve(null);
    stream.over.resolve();
    expect(await exit).toBe(0);
    expect(io.stdout.text).toBe("");
  });

  test("nobody listens any more when the stream is over", async () => {
    const { io, stream, exit } = begin();
    stream.ready.resolve(null);
    stream.over.resolve();
    await exit;
    expect(io.eventNames()).toEqual([]);
  });
});

describe("failures", () => {
  test("of the stream are the command's", async () => {
    const { io, stream, exit } = begin();
    stream.fail(new UserError("notReady", "no key frame within 15 s"));
    await expect(exit).rejects.toMatchObject({ exitCode: 18 });
    expect(io.stdout.text).toBe("");
  });

  test("after the URL are, too", async () => {
    const { stream, exit } = begin();
    stream.ready.resolve(onAir);
    await settle();
    stream.over.reject(new UserError("deviceAbsent", "the camera is gone"));
    await expect(exit).rejects.toMatchObject({ exitCode: 10 });
  });
});

describe("stderr", () => {
  test("has ffmpeg's lines only with --verbose", async () => {
    for (const [argv, shows] of [[["--verbose"], true] as const, [[], false] as const]) {
      const { io, stream, exit, say } = begin(argv);
      await settle();
      say("[libx264] profile High");
      stream.ready.resolve(null);
      stream.over.resolve();
      await exit;
      expect(io.stderr.text.includes("ffmpeg: [libx264] profile High\n")).toBe(shows);
    }
  });

  test("has an object a line with --log-format json, and what repeats counted", async () => {
    const { io, stream, exit, say } = begin(["--verbose", "--log-format", "json"]);
    await settle();
    for (let n = 0; n < 5; n++) say("[mjpeg @ 0x1] overread 8");
    stream.ready.resolve({ ...onAir, isPublic: true });
    await settle();
    stream.over.resolve();
    await exit;
    const events: readonly unknown[] = io.stderr.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { level: "notice", event: "starting", text: expect.stringMatching(/^Starting "test"/) },
      { level: "debug", event: "ffmpeg", program: "ffmpeg", text: "[mjpeg @ 0x1] overread 8" },
      {
        level: "notice",
        event: "public-access",
        text: "anyone who can reach this machine can watch (--auth none)",
      },
      {
        level: "notice",
        event: "ended",
        text: '"test" ended after 0 s, 0 viewers',
        name: "test",
        viewers: 0,
      },
      { level: "debug", text: "[mjpeg @ 0x1] overread 8 (4 times more)", repeated: 4 },
    ]);
  });

  test.each<[argv: readonly string[], env: Record<string, string>, hint: boolean]>([
    [["--log-format", "json"], {}, false],
    [[], { NO_COLOR: "1" }, true],
    [["--json"], {}, false],
    [["--quiet"], {}, false],
  ])("on a terminal with %j and %j: no spinner, and how to watch: %j", async (argv, env, hint) => {
    const { io, stream, exit } = begin(argv, { env, isTerminal: true });
    await settle();
    expect(io.stderr.text).toBe("");
    stream.ready.resolve(onAir);
    stream.over.resolve();
    await exit;
    expect(io.stderr.text.includes("Ctrl-C stops")).toBe(hint);
  });

  test.each<[what: string, argv: readonly string[], seen: Partial<OnAir>, columns: number, isShown: boolean]>(
    [
      ["a stream of this machine alone", [], {}, 80, false],
      ["the same with --qr", ["--qr"], {}, 80, true],
      ["one that others can watch", [], { isPublic: true }, 80, true],
      ["the same with --no-qr", ["--no-qr"], { isPublic: true }, 80, false],
      ["the same on a terminal that is too narrow", [], { isPublic: true }, 20, false],
      ["the same with --quiet", ["--quiet"], { isPublic: true }, 80, false],
      ["the same with --json", ["--json", "--qr"], { isPublic: true }, 80, false],
    ],
  )("has a QR code for %s: %j, %j, %i columns: %j", async (_what, argv, seen, columns, isShown) => {
    const { io, stream, exit } = begin(argv, { env: { NO_COLOR: "1" }, isTerminal: true });
    Object.assign(io.stderr, { columns });
    stream.ready.resolve({ ...onAir, ...seen });
    stream.over.resolve();
    await exit;
    expect(io.stderr.text.includes("▀")).toBe(isShown);
  });

  test("says why there is no QR code where one was asked for", async () => {
    const { io, stream, exit } = begin(["--qr"], { env: { NO_COLOR: "1" }, isTerminal: true });
    Object.assign(io.stderr, { columns: 20 });
    stream.ready.resolve(onAir);
    stream.over.resolve();
    await exit;
    expect(io.stderr.text).toMatch(/^No QR code: it takes \d\d columns$/m);
  });

  test("has no QR code of a URL that lacks its token", async () => {
    const { io, stream, exit } = begin([], { env: { NO_COLOR: "1" }, isTerminal: true });
    Object.assign(io.stdout, { isTTY: false });
    Object.assign(io.stderr, { columns: 80 });
    stream.token = "secret";
    stream.ready.resolve({ ...onAir, isPublic: true, needsToken: true });
    stream.over.resolve();
    await exit;
    expect(io.stdout.text + io.stderr.text).not.toMatch(/secret|▀/);
    expect(io.stderr.text).toContain("print the full URL with: flvcast url test");
  });
});

describe("the token", () => {
  const locked = { ...onAir, isPublic: true, needsToken: true, tokenFile: "/kept/test.token" };

  async function outputs(argv: readonly string[], isTerminal: boolean) {
    const { io, stream, exit, control } = begin(argv, { isTerminal, env: { NO_COLOR: "1" } });
    stream.token = "secret";
    stream.ready.resolve(locked);
    await settle();
    const url = control()?.withToken("http://127.0.0.1:8080/live/test.flv");
    stream.over.resolve();
    await exit;
    return { stdout: io.stdout.text, stderr: io.stderr.text, url };
  }

  test("is not printed where stdout may be kept by others: what prints it is named", async () => {
    for (const argv of [[], ["--json"]]) {
      const { stdout, stderr } = await outputs(argv, false);
      expect(stdout).toContain("http://127.0.0.1:8080/live/test.flv");
      expect(stdout + stderr).not.toContain("secret");
      expect(stderr).toBe("flvcast: the stream needs a token; print the full URL with: flvcast url test\n");
    }
  });

  test("is printed once on a terminal", async () => {
    const url = "http://127.0.0.1:8080/live/test.flv?token=secret";
    const { stdout, stderr } = await outputs(["--no-qr"], true);
    expect(stdout).toBe(`${url}\n`);
    expect(stderr).toMatch(/^Watch +open this URL .*\nPlayers +open it .*\n.*Ctrl-C stops\n/s);
    expect(stderr.endsWith(`Ctrl-C stops\n${ENDED}`)).toBe(true);
    expect(stderr).not.toContain("▀");
  });

  test("is printed with --show-token, in every URL", async () => {
    const { stdout, stderr } = await outputs(["--show-token", "--json"], false);
    expect(JSON.parse(stdout)).toMatchObject({
      url: "http://127.0.0.1:8080/live/test.flv?token=secret",
      urls: ["http://127.0.0.1:8080/live/test.flv?token=secret"],
    });
    expect(stderr).toBe("");
  });

  test("is told to another process of this user, where the stream has a URL", async () => {
    expect((await outputs([], false)).url).toBe("http://127.0.0.1:8080/live/test.flv?token=secret");
    const { stream, exit, control } = begin();
    expect(control()?.status().url).toBeNull();
    stream.ready.resolve(null);
    stream.over.resolve();
    await exit;
  });
});

describe("from another process", () => {
  test("a stream tells of itself before there is a stream, and then the stream does", async () => {
    const { stream, exit, control } = begin();
    await settle();
    expect(control()?.status()).toEqual(stream.status());
    stream.ready.resolve(null);
    stream.over.resolve();
    await exit;
  });

  test("it is stopped, which is over when nothing of it is left", async () => {
    const { stream, exit, control } = begin();
    await settle();
    let isOver = false;
    const stopped = control()
      ?.stop()
      .then(() => (isOver = true));
    await settle();
    expect([stream.calls, isOver]).toEqual([["stop"], false]);
    stream.ready.resolve(null);
    stream.over.resolve();
    await Promise.all([stopped, exit]);
    expect(stream.calls).toEqual(["stop", "name is free"]);
  });

  test("it is restarted", async () => {
    const { stream, exit, control } = begin();
    await settle();
    await control()?.restart();
    expect(stream.calls).toEqual(["restart"]);
    stream.ready.resolve(null);
    stream.over.resolve();
    await exit;
  });

  test("it cannot be found where the state folder cannot be written, and goes on the air all the same", async () => {
    const { io, stream, exit } = begin([], {
      taken: new UnwritableError("cannot write to /run/flvcast (EROFS)", "EROFS"),
    });
    stream.ready.resolve(onAir);
    stream.over.resolve();
    expect(await exit).toBe(0);
    expect(io.stdout.text).toBe(`${onAir.url}\n`);
    expect(io.stderr.text).toBe(
      `flvcast: cannot write to /run/flvcast (EROFS): flvcast status and stop will not find "test"\n`,
    );
  });

  test("it is refused where its name is taken", async () => {
    const { exit, stream } = begin([], { taken: new UserError("alreadyRunning", "test is already running") });
    await expect(exit).rejects.toMatchObject({ exitCode: 16 });
    expect(stream.calls).toEqual([]);
  });
});

describe("a stream that is published", () => {
  const address = { server: "rtmp://h/live", streamKey: "test?key=k", url: "rtmp://h/live/test?key=k" };
  const published = (argv: readonly string[], env: Record<string, string>) => {
    const run = begin(argv, { device: "rtmp", env });
    run.stream.address = address;
    return run;
  };

  test("is on stdout once publishers can connect, where another process waits for that", async () => {
    const { io, stream, exit } = published([], { FLVCAST_LAUNCHED: "1" });
    await vi.waitFor(() => expect(io.stdout.text).toBe(`${ON_AIR_URL}\n`));
    expect(io.stderr.text).toBe(
      "flvcast: publish to rtmp://h/live; print the stream key with: flvcast url --publish test\n",
    );
    stream.ready.resolve(onAir);
    await vi.waitFor(() => expect(stream.calls).toEqual([]));
    stream.over.resolve();
    expect(await exit).toBe(0);
    expect(io.stdout.text).toBe(`${ON_AIR_URL}\n`);
  });

  test("is so as JSON with what is known by then", async () => {
    const { io, stream, exit } = published(["--json"], { FLVCAST_LAUNCHED: "1" });
    await vi.waitFor(() =>
      expect(JSON.parse(io.stdout.text)).toMatchObject({ name: "test", url: ON_AIR_URL }),
    );
    stream.ready.resolve(null);
    stream.over.resolve();
    expect(await exit).toBe(0);
  });

  test("is on stdout once it can be watched, where nobody does", async () => {
    const { io, stream, exit } = published([], {});
    await vi.waitFor(() => expect(io.stderr.text).toContain("publish to"));
    expect(io.stdout.text).toBe("");
    stream.ready.resolve(onAir);
    await vi.waitFor(() => expect(io.stdout.text).toBe(`${ON_AIR_URL}\n`));
    stream.over.resolve();
    expect(await exit).toBe(0);
  });
});

test("--detach leaves all to another process", async () => {
  const { stream, exit } = begin(["--detach"]);
  expect(await exit).toBe(0);
  expect(stream.calls).toEqual(["detach device detach"]);
});
