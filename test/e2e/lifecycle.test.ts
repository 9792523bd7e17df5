import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram, mustRun, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { probeStreams } from "./judges.ts";
import { type MediaName, makeMedia } from "./media-files.ts";
import { childrenOf, isRunning, until } from "./processes.ts";
import { start, stopAll } from "./program.ts";
import { freePort } from "./servers.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const small = ["--device", "test", "--size", "320x240", "--fps", "25"] as const;
let media: (name: MediaName) => string;

beforeAll(async () => {
  media = await makeMedia(folder);
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe.skipIf(process.platform !== "linux")(
  "the end of a stream (told apart by /proc: on Linux only)",
  () => {
    it.concurrent.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
      "%s ends every response with its last chunk, ffmpeg and flvcast with 0",
      async (signal) => {
        const program = start(small);
        const url = await program.firstLine();
        const viewers = [new Viewer(url), new Viewer(url)];
        await Promise.all(viewers.map((viewer) => viewer.until(({ recording }) => recording.spanMs > 300)));
        const children = childrenOf(program.pid);
        expect(children).toHaveLength(1);
        program.signal(signal);
        expect(await program.ended).toMatchObject({ exitCode: 0, signal: null, stderr: "" });
        await Promise.all(viewers.map((viewer) => viewer.toTheEnd()));
        expect(viewers.map((viewer) => viewer.hasLastChunk)).toEqual([true, true]);
        expect(children.filter(isRunning)).toEqual([]);
      },
    );

    it.concurrent("a second signal ends it at once, and an ffmpeg that heeds none with it", async () => {
      const steps = [
        { ignore: "SIGINT" },
        { ignore: "SIGTERM" },
        { replay: { 1: picturesPath } },
        { stall: true },
      ];
      const program = start(fakeArgs, taking(...steps));
      await program.firstLine();
      const children = childrenOf(program.pid);
      expect(children).toHaveLength(1);
      program.signal("SIGINT");
      program.signal("SIGTERM");
      const askedMs = performance.now();
      const { exitCode } = await program.ended;
      expect(performance.now() - askedMs).toBeLessThan(1500); // the grace of an orderly end is 2 s
      expect([130, 143]).toContain(exitCode);
      await until("its ffmpeg is gone", () => !children.some(isRunning));
    });

    it.concurrent("a second signal takes what its ffmpeg has started, too, where that is a script", async () => {
      const [script, left] = [folder.file("ffmpeg-script"), folder.file("left")];
      const lines = [
        "#!/bin/sh",
        `case "$*" in *-version*) exec '${fakeArgs[5]}' -version ;; esac`,
        "trap '' INT TERM",
        `sleep 1000 & echo $! >'${left}'`, // the kernel ends only what we started ourselves
        `cat '${picturesPath}'`,
        "exec sleep 1000",
      ];
      writeFileSync(script, lines.map((line) => `${line}\n`).join(""), { mode: 0o755 });
      const program = start(fakeArgs.map((word) => (word === fakeArgs[5] ? script : word)));
      await program.firstLine();
      const pid = Number(readFileSync(left, "latin1"));
      expect(isRunning(pid)).toBe(true);
      program.signal("SIGINT");
      program.signal("SIGTERM");
      await until("it is gone", () => !isRunning(pid)).finally(
        () => isRunning(pid) && process.kill(pid, "SIGKILL"),
      );
      expect([130, 143]).toContain((await program.ended).exitCode);
    });

    it.concurrent("a signal before the first picture ends it with 0 and without a URL", async () => {
      const program = start(fakeArgs, taking({ stall: true }));
      await until("ffmpeg runs", () => childrenOf(program.pid).length > 0);
      const children = childrenOf(program.pid);
      expect(await program.stop()).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
      expect(children.filter(isRunning)).toEqual([]);
    });

    it.concurrent("is not held up by a connection that has asked for nothing", async () => {
      const program = start(small);
      const { hostname, port } = new URL(await program.firstLine());
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      const askedMs = performance.now();
      await program.stopInOrder();
      expect(performance.now() - askedMs).toBeLessThan(1500); // viewers get 3 s to receive the end
      socket.destroy();
    });

    it.concurrent("SIGKILL leaves no ffmpeg behind", async () => {
      const program = start(small);
      await program.firstLine();
      const children = childrenOf(program.pid);
      expect(children).toHaveLength(1);
      program.signal("SIGKILL");
      await until("its ffmpeg is gone", () => !children.some(isRunning));
    });

    it.concurrent("SIGKILL leaves no ffmpeg behind that writes nothing and so never sees its pipe closed", async ({
      skip,
    }) => {
      if (findProgram("setpriv") === null) {
        console.log("skipped: an ffmpeg that writes nothing: setpriv is not installed");
        skip();
      }
      const program = start(fakeArgs, taking({ replay: { 1: picturesPath } }, { stall: true }));
      await program.firstLine();
      const children = childrenOf(program.pid);
      expect(children).toHaveLength(1);
      program.signal("SIGKILL");
      await until("its ffmpeg is gone", () => !children.some(isRunning));
    });
  },
);

describe("what flvcast says", () => {
  it.concurrent("stdout is the URL alone, and stderr is silent without a terminal", async () => {
    const program = start([...small, "--name", "garden"]);
    await program.firstLine();
    const { stdout, stderr } = await program.stop();
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/live\/garden\.flv\n$/);
    expect(stderr).toBe("");
  });

  it.concurrent("--json is one object, with all that was promised", async () => {
    const program = start([...small, "--json"]);
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/live\/test\.flv$/);
    expect(JSON.parse(await program.firstLine())).toEqual({
      name: "test",
      url,
      pageUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/watch\/test$/),
      urls: [url],
      isPublic: false,
      needsToken: false,
      tokenFile: null,
      codecs: [expect.stringMatching(/^avc1\.6400[0-9a-f]{2}$/), "mp4a.40.2"],
      size: "320x240",
      fps: 25,
      encoder: "libx264",
      pid: program.pid,
    });
    const { stdout } = await program.stop();
    expect(stdout.split("\n")).toHaveLength(2);
  });

  it.concurrent("on a wildcard it lists every address, and warns in one line that all can watch", async () => {
    const program = start([...small, "--json", "--host", "0.0.0.0", "--auth", "none"]);
    const { urls } = JSON.parse(await program.firstLine());
    const answers = await Promise.all(urls.map(async (url: string) => await statusOf(url)));
    expect(urls).toContainEqual(expect.stringContaining("//127.0.0.1:"));
    expect(new Set(answers)).toEqual(new Set([200]));
    const { stderr } = await program.stop();
    expect(stderr).toMatch(/^flvcast: anyone who can reach this machine can watch .*\n$/);
  });

  it.concurrent("--verbose shows what ffmpeg says", async () => {
    const says = { stderr: "deprecated pixel format used" };
    const steps = taking(says, { replay: { 1: picturesPath } }, { stall: true });
    const program = start([...fakeArgs, "--verbose", "--duration", "0.1"], steps);
    expect((await program.ended).stderr).toContain("ffmpeg: deprecated pixel format used\n");
  });
});

/** All that a terminal shows of a short stream; one that is not given a size is 0 columns wide. */
async function inTerminal(
  args: readonly string[],
  { env = {}, hasSize = true }: { readonly env?: NodeJS.ProcessEnv; readonly hasSize?: boolean } = {},
): Promise<string> {
  const stream = [
    process.execPath,
    flvcastProgram,
    "start",
    "--port",
    "0",
    "--duration",
    "0.3",
    "--encoder",
    "libx264",
    ...small,
    ...args,
  ];
  const line = stream.map((word) => `'${word}'`).join(" ");
  const { NO_COLOR: _, CI: __, ...rest } = process.env; // each of them would keep the spinner still
  const command = `${hasSize ? "stty cols 100 rows 30; " : ""}exec timeout -s KILL 20 ${line}`;
  const options = { env: { ...rest, TERM: "xterm", RUNTIME_DIRECTORY: freshStateFolder(), ...env } };
  return (await mustRun(["script", "-qec", command, "/dev/null"], options)).stdout;
}

describe("a terminal", () => {
  const hasTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;
  if (!hasTerminal) console.log("skipped: the spinner: script cannot make a terminal here");

  it.skipIf(!hasTerminal)("sees a spinner until the URL is there, and then how to watch", async () => {
    const screen = await inTerminal([]);
    expect(screen).toContain("\u001B[");
    expect(screen).toContain("waiting for the first key frame");
    expect(screen).toMatch(
      /Watch +http:\S+\/watch\/test +browser\r?\nPlayers +http:\S+\/live\/test\.flv\r?\nOnly this machine can watch/,
    );
  });

  it.skipIf(!hasTerminal).each([
    { how: "--quiet", args: ["--quiet"], options: {} },
    { how: "--json", args: ["--json"], options: {} },
    { how: "NO_COLOR", args: [], options: { env: { NO_COLOR: "1" } } },
    { how: "a width of 0 columns", args: [], options: { hasSize: false } },
  ])("sees no spinner with $how", async ({ args, options }) => {
    const screen = await inTerminal(args, options);
    expect(screen).toContain("/live/test.flv");
    expect(screen).not.toContain("\u001B");
  });
});

describe("the URL", () => {
  it.concurrent("is printed when a key frame can be fetched, not before", async () => {
    for (let round = 0; round < 3; round++) {
      const program = start(small);
      const viewer = new Viewer(await program.firstLine());
      await viewer.until(({ recording }) => recording.pictures.length > 0);
      expect(viewer.status).toBe(200);
      expect(viewer.recording.pictures[0]?.isKey).toBe(true);
      viewer.leave();
      await program.stopInOrder();
    }
  });

  it.concurrent("answers 503 with Retry-After as long as there is no key frame", async () => {
    const port = await freePort();
    const program = start([...fakeArgs, `--port=${port}`], taking({ stall: true }));
    const url = `http://127.0.0.1:${port}/live/test.flv`;
    await until("the port is open", async () => (await statusOf(url)) !== null);
    const response = await fetch(url);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.text()).toBe('"test" is starting; try again in a second\n');
    expect(program.stdout).toBe("");
    await program.stopInOrder();
  });

  it.concurrent("of another name is 404 at once", async () => {
    const program = start(small);
    const url = (await program.firstLine()).replace("test.flv", "best.flv");
    const timesMs: number[] = [];
    for (let round = 0; round < 5; round++) {
      const askedMs = performance.now();
      expect(await statusOf(url)).toBe(404);
      timesMs.push(performance.now() - askedMs);
    }
    await program.stopInOrder();
    expect(timesMs.toSorted((a, b) => a - b)[2]).toBeLessThan(1000); // what waits for a stream waits for seconds
  });

  it.concurrent("has the name of the file, in letters that a URL may have", async () => {
    const program = start(["--device", media("it's 50% a: film.mp4")]);
    expect(await program.firstLine()).toMatch(/\/live\/it-s-50-a-film\.flv$/);
    await program.stopInOrder();
  });
});

describe("the environment", () => {
  it.concurrent("stands for every flag, and a flag beats it", async () => {
    const env = { FLVCAST_DEVICE: "test", FLVCAST_SIZE: "160x120", FLVCAST_NAME: "wood", FLVCAST_JSON: "1" };
    const program = start(["--size", "320x240"], { env });
    expect(JSON.parse(await program.firstLine())).toMatchObject({ name: "wood", size: "320x240" });
    await program.stopInOrder();
  });

  it.concurrent("may be as bare as cron's", async () => {
    const bare = ["PATH=/usr/bin:/bin", `RUNTIME_DIRECTORY=${freshStateFolder()}`];
    const command = ["env", "-i", ...bare, process.execPath, flvcastProgram, "start"];
    const rest = ["--encoder", "libx264", "--port", "0", "--duration", "0.3"];
    const end = await run([...command, ...small, ...rest]);
    expect(end).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringMatching(/^http:.*\n$/) });
  });
});

describe("--dry-run", () => {
  it.concurrent("prints a line that a shell runs, with a file descriptor for the sound", async () => {
    const { exitCode, stdout, stderr } = await start(["--device", media("it's 50% a: film.mp4"), "--dry-run"])
      .ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "flvcast: encoder: libx264, as requested\n",
    });
    const [picture, sound] = [folder.file("picture.nut"), folder.file("sound.nut")];
    await mustRun(["sh", "-c", `${stdout.trimEnd()} >'${picture}' 3>'${sound}'`]);
    const asPipe = ["-seekable", "0"]; // they have no index
    expect(await probeStreams(picture, asPipe)).toEqual([
      expect.objectContaining({ codec_name: "h264", width: 320 }),
    ]);
    expect(await probeStreams(sound, asPipe)).toEqual([expect.objectContaining({ codec_name: "aac" })]);
  });

  it.concurrent("of the test source runs, too", async () => {
    const { stdout } = await start([...small, "--dry-run"]).ended;
    const [picture, sound] = [folder.file("test-picture.nut"), folder.file("test-sound.nut")];
    const shell = spawn("sh", ["-c", `exec ${stdout.trimEnd()} >'${picture}' 3>'${sound}'`], {
      stdio: "ignore",
    });
    const bothCome = until("both tracks come", () =>
      [picture, sound].every((path) => sizeBytes(path) > 5000),
    );
    await expect(bothCome.finally(() => shell.kill("SIGKILL"))).resolves.toBeUndefined();
  });
});

async function statusOf(url: string): Promise<number | null> {
  const leave = new AbortController();
  try {
    const { status } = await fetch(url, { signal: leave.signal });
    return status;
  } catch {
    return null; // nobody listens there
  } finally {
    leave.abort();
  }
}

function sizeBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
