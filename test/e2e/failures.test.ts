import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nutChecksum } from "../../src/media/nut/reader.ts";
import { findProgram, mustRun } from "../run.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { type ProgramOptions, start, stopAll } from "./program.ts";
import { freePort, type LocalServer, listenOn, serveHttp } from "./servers.ts";

const folder = makeFolder();
const file = (name: string) => folder.file(name);
let taken: LocalServer;
let closedPort: number;

beforeAll(async () => {
  taken = await listenOn(createServer());
  closedPort = await freePort();
  writeFileSync(file("notes.csv"), "Dear diary, today I filmed nothing.\n".repeat(100));
  writeFileSync(file("words.srt"), "1\n00:00:00,000 --> 00:00:09,000\nJust words\n");
  writeFileSync(file("empty.mp4"), "");
  writeFileSync(file("locked.mp4"), "no matter", { mode: 0o000 });
  mkdirSync(file("folder"));
  const silence = ["-f", "lavfi", "-i", "anullsrc", "-t", "1", file("sound.m4a")];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...silence]);
  const picture = ["-f", "lavfi", "-i", "testsrc2=s=64x64", "-t", "1", file("picture.mp4")];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...picture]);
});

afterAll(async () => {
  await stopAll();
  await taken.stop();
  folder.remove();
});

interface Case {
  readonly what: string;
  readonly args: () => readonly string[];
  readonly options?: ProgramOptions;
  readonly stdin?: Uint8Array;
  readonly exitCode: number;
  /** The whole line behind "flvcast: ". */
  readonly line: RegExp;
}

const device =
  (...args: readonly string[]) =>
  () => ["--device", ...args];

/** Without --device, the usage errors would be about that. */
const usage: readonly Case[] = [
  {
    what: "an unknown flag",
    args: device("test", "--sise", "1x1"),
    exitCode: 2,
    line: /^unknown option --sise; did you mean --size\? /,
  },
  {
    what: "--fps 0",
    args: device("test", "--fps", "0"),
    exitCode: 2,
    line: /^--fps 0 is out of range: use more than 0/,
  },
  {
    what: "--fps abc",
    args: device("test", "--fps", "abc"),
    exitCode: 2,
    line: /^--fps abc is not a frame rate: use /,
  },
  {
    what: "--port 70000",
    args: device("test", "--port=70000"),
    exitCode: 2,
    line: /^--port 70000 is not a port: use 1 to 65535/,
  },
  {
    what: "--size 12x",
    args: device("test", "--size", "12x"),
    exitCode: 2,
    line: /^--size 12x is not a size: use WIDTHxHEIGHT/,
  },
  {
    what: "a flag given twice",
    args: device("test", "--fps", "1", "--fps", "2"),
    exitCode: 2,
    line: /^--fps is given more than once$/,
  },
  { what: "no device", args: () => [], exitCode: 2, line: /^no device given; / },
  {
    what: "a name that no URL has",
    args: device("test", "--name", "a/b"),
    exitCode: 2,
    line: /^--name a\/b is not a valid name: use /,
  },
  {
    what: "a name with its extension",
    args: device("test", "--name", "garden.flv"),
    exitCode: 2,
    line: /^--name garden\.flv has an extension: .*--name garden$/,
  },
  {
    what: "an impossible value in the environment",
    args: device("test"),
    options: { env: { FLVCAST_GOP: "never" } },
    exitCode: 2,
    line: /^FLVCAST_GOP=never is not a time: use /,
  },
  {
    what: "--loop for what has no end",
    args: device("test", "--loop"),
    exitCode: 2,
    line: /^--loop is only for media files/,
  },
];

const inputs: readonly Case[] = [
  {
    what: "a missing file",
    args: device("nowhere/film.mp4"),
    exitCode: 10,
    line: /^no device or file named "nowhere\/film\.mp4"; use /,
  },
  {
    what: "a folder",
    args: () => ["--device", file("folder")],
    exitCode: 10,
    line: /folder is a directory, not a media file$/,
  },
  {
    what: "a file that is no medium",
    args: () => ["--device", file("notes.csv")],
    exitCode: 19,
    line: /notes\.csv: not a complete media file or stream that ffmpeg can read \(ffmpeg: .+\)$/,
  },
  {
    what: "an empty file",
    args: () => ["--device", file("empty.mp4")],
    exitCode: 19,
    line: /empty\.mp4 is empty$/,
  },
  {
    what: "a file with neither video nor audio",
    args: () => ["--device", file("words.srt")],
    exitCode: 19,
    line: /words\.srt contains no video or audio$/,
  },
  {
    what: "a sound file that is to have no sound",
    args: () => ["--device", file("sound.m4a"), "--audio", "none"],
    exitCode: 2,
    line: /sound\.m4a has audio only; remove --audio$/,
  },
  {
    what: "sound from a file that has none",
    args: () => ["--device", "test", "--audio", file("picture.mp4")],
    exitCode: 19,
    line: /^--audio .*picture\.mp4 has no audio; choose another source/,
  },
  {
    what: "a port in use",
    args: () => ["--device", "test", `--port=${taken.port}`],
    exitCode: 15,
    line: /^port \d+ is already in use by .+; use --port \d+/,
  },
  {
    what: "an address of another machine",
    args: device("test", "--host", "192.0.2.7"),
    exitCode: 17,
    line: /^--host 192\.0\.2\.7 is not an address of this machine; use /,
  },
  {
    what: "a screen without $DISPLAY",
    args: device("screen"),
    options: { env: { DISPLAY: undefined } },
    exitCode: 10,
    line: /^--device screen needs an X11 display, but DISPLAY is not set; set it first, e\.g\. DISPLAY=:0$/,
  },
  {
    what: "a $DISPLAY where nothing runs",
    args: device("screen"),
    options: { env: { DISPLAY: ":4711" } },
    exitCode: 10,
    line: /^screen :4711: cannot open the display; check DISPLAY.*\(ffmpeg: .*[Cc]an(no|')t open display.*\)$/,
  },
  {
    what: "an encoder that is not there",
    args: device("test", "--encoder", "h264_dream"),
    exitCode: 13,
    line: /^unknown encoder "h264_dream": use auto, or a name from flvcast encoders$/,
  },
  {
    what: "an ffmpeg that is not there",
    args: device("test", "--ffmpeg", "/nowhere/ffmpeg"),
    exitCode: 14,
    line: /^--ffmpeg \/nowhere\/ffmpeg: no such file; give /,
  },
  {
    what: "a URL of a server that has no such page",
    args: () => ["--device", `http://127.0.0.1:${closedPort}/cam`],
    exitCode: 10,
    line: /^http:\/\/127\.0\.0\.1:\d+\/cam: cannot connect; .*Connection refused\)$/,
  },
  {
    what: "stdin that is no raw video",
    args: device("-"),
    stdin: Buffer.from("P6 640 480 255 ".repeat(100_000)),
    exitCode: 19,
    line: /^stdin: not raw H\.264 or H\.265 \(Annex B\): expected a start code 000001 .*, got text; other formats /,
  },
  { what: "stdin without a byte", args: device("-"), exitCode: 19, line: /^stdin sent no video/ },
];

const fakes: readonly Case[] = [
  {
    what: "an ffmpeg that writes rubbish",
    args: () => fakeArgs,
    options: taking({ rubbish: 1_000_000 }, { stall: true }),
    exitCode: 19,
    line: /^test: NUT.* byte 0: expected .*got /,
  },
  {
    what: "an ffmpeg that ends before the first picture",
    args: () => fakeArgs,
    options: taking({ replay: { 1: picturesPath }, bytes: 300 }),
    exitCode: 10,
    line: /^test has ended; check that its source is still on$/,
  },
  {
    what: "an ffmpeg that stalls",
    args: () => [...fakeArgs, "--ready-timeout", "0.7"],
    options: taking({ stall: true }),
    exitCode: 18,
    line: /^test sent no video \(waited 0\.7 s; --ready-timeout\)$/,
  },
  {
    what: "an ffmpeg that names a reason",
    args: () => fakeArgs,
    options: taking({ stderr: "[alsa @ 0x55d0c0ffee00] hw:9: Device or resource busy" }, { exit: 251 }),
    exitCode: 11,
    line: /^test: in use by another program; .*\(ffmpeg: hw:9: Device or resource busy\)$/,
  },
  {
    what: "an ffmpeg that gives a reason that nobody knows",
    args: () => fakeArgs,
    options: taking({ stderr: "The flux capacitor is empty" }, { exit: 8 }),
    exitCode: 1,
    line: /^test: ffmpeg exited with code 8: The flux capacitor is empty$/,
  },
  {
    what: "an ffmpeg that gives no reason",
    args: () => fakeArgs,
    options: taking({ exit: 3 }),
    exitCode: 1,
    line: /^test: ffmpeg exited with code 3 without giving a reason \(details: --verbose\)$/,
  },
];

/** How the case ended; stdin is closed behind what it brings. */
async function endOf({ args, options, stdin }: Pick<Case, "args" | "options" | "stdin">) {
  const program = start(args(), options);
  program.stdin.end(stdin);
  return await program.ended;
}

describe("a stream that cannot be gives one line, its exit code and no URL", () => {
  it.concurrent.each([...usage, ...inputs, ...fakes])("$what: $exitCode", async (given) => {
    const { exitCode, stdout, stderr } = await endOf(given);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: given.exitCode,
      stdout: "",
      stderr: expect.stringMatching(/^flvcast: [^\n]+\n$/),
    });
    expect(stderr.slice("flvcast: ".length).trimEnd()).toMatch(given.line);
  });

  it("a file that this user may not read: 12", async ({ skip }) => {
    const runBy = withoutRootsRights();
    if (runBy === null) {
      console.log("skipped: an unreadable file: root reads every file, and setpriv is not there");
      skip();
    }
    const program = start(["--device", file("locked.mp4")], { runBy: runBy ?? [] });
    expect(await program.ended).toMatchObject({
      exitCode: 12,
      stdout: "",
      stderr: `flvcast: no permission to read ${file("locked.mp4")}; chmod it, or run as its owner\n`,
    });
  });
});

const SECRETS = /anna|hunter2|xyz|t0psecret/;

function secretUrl(scheme: string, port: number): string {
  return `${scheme}://anna:hunter2%24xyz@127.0.0.1:${port}/cam?token=t0psecret`;
}

describe.each(findFfmpegs())("passwords through %s", (ffmpeg) => {
  let refusing: LocalServer;
  let generous: LocalServer;

  beforeAll(async () => {
    refusing = await serveHttp((_request, response) => response.writeHead(401).end());
    generous = await serveHttp((_request, response) => response.end(readFileSync(file("picture.mp4"))));
  });
  afterAll(async () => {
    await refusing.stop();
    await generous.stop();
  });

  const cases = [
    { what: "an http:// URL that refuses", to: () => secretUrl("http", closedPort), exitCode: 10 },
    { what: "an rtsp:// URL that refuses", to: () => secretUrl("rtsp", closedPort), exitCode: 10 },
    { what: "a URL that wants another password", to: () => secretUrl("http", refusing.port), exitCode: 12 },
  ];

  it.concurrent.each(cases.flatMap((one) => [[], ["--verbose"]].map((loudness) => ({ ...one, loudness }))))(
    "$what: no word of them on stdout and stderr, with $loudness",
    async ({ to, exitCode, loudness }) => {
      const end = await start(["--device", to(), "--ffmpeg", ffmpeg, ...loudness]).ended;
      expect(end).toMatchObject({ exitCode, stdout: "" });
      expect(end.stderr).toMatch(/flvcast: (http|rtsp):\/\/…@127\.0\.0\.1:\d+\/cam…: .* \(ffmpeg: .*\)\n$/);
      expect(end.stderr).not.toMatch(SECRETS);
    },
  );

  it.concurrent("a stream that succeeds keeps them to itself, too", async () => {
    const args = ["--device", secretUrl("http", generous.port), "--ffmpeg", ffmpeg, "--verbose", "--json"];
    const { exitCode, stdout, stderr } = await start(args).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`"name":"127.0.0.1-${generous.port}"`);
    expect(stdout + stderr).not.toMatch(SECRETS);
  });

  it.concurrent.each([
    { flags: ["--dry-run"], shown: /'http:\/\/…@127\.0\.0\.1:\d+\/cam…'/ },
    { flags: ["--dry-run", "--show-secrets"], shown: /'http:\/\/anna:hunter2%24xyz@[^ ]+\?token=t0psecret'/ },
  ])("the command line of $flags has them only if asked", async ({ flags, shown }) => {
    const args = ["--device", secretUrl("http", generous.port), "--ffmpeg", ffmpeg];
    const { exitCode, stdout, stderr } = await start([...args, ...flags]).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "flvcast: encoder: libx264, as requested\n",
    });
    expect(stdout).toMatch(shown);
  });
});

describe("an ffmpeg that misbehaves while it is watched", () => {
  it.concurrent("a frame that claims 2 GB is refused, with its offset", async () => {
    const recorded = readFileSync(picturesPath);
    const claim = claimOfTwoGigabytes();
    const path = file("claim.nut");
    writeFileSync(path, Buffer.concat([recorded, claim]));
    const end = await endOf({
      args: () => fakeArgs,
      options: taking({ replay: { 1: path } }, { stall: true }),
    });
    expect(end.exitCode).toBe(19);
    expect(end.stderr).toMatch(
      new RegExp(
        `^flvcast: test: NUT.* byte ${recorded.length + claim.length}: expected a frame of at most .*2147483648.*\n$`,
      ),
    );
  });

  it.concurrent("100,000 lines on stderr hold nothing up and fill no memory", async () => {
    const flood = { stderr: "Past duration 0.999992 too large", times: 100_000 };
    const program = start(
      fakeArgs,
      taking(flood, { replay: { 1: picturesPath }, seconds: 1 }, { stall: true }),
    );
    await program.firstLine();
    expect(peakMemoryBytes(program.pid)).toBeLessThan(150 * 2 ** 20);
    expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it.concurrent("one that stalls and ignores SIGTERM is given up when --ready-timeout is over", async () => {
    const beganMs = performance.now();
    const steps = taking({ ignore: "SIGTERM" }, { stall: true });
    expect(await start([...fakeArgs, "--ready-timeout", "0.7"], steps).ended).toMatchObject({ exitCode: 18 });
    expect(performance.now() - beganMs).toBeGreaterThan(700);
  });

  it.concurrent("one that ignores SIGTERM is killed two seconds later", async () => {
    const program = start(
      fakeArgs,
      taking({ ignore: "SIGTERM" }, { replay: { 1: picturesPath } }, { stall: true }),
    );
    await program.firstLine();
    const askedMs = performance.now();
    expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(performance.now() - askedMs).toBeLessThan(3000);
  });

  it.concurrent("one that breaks off later fails the stream with its reason, where that was requested", async () => {
    const steps = [
      { replay: { 1: picturesPath }, seconds: 1 },
      { stderr: "Input/output error" },
      { exit: 1 },
    ];
    const program = start([...fakeArgs, "--exit-on-device-error"], taking(...steps));
    await program.firstLine();
    const { exitCode, stderr } = await program.ended;
    expect(exitCode).toBe(19);
    expect(stderr).toMatch(/^flvcast: test: [^\n]+ \(ffmpeg: Input\/output error\)\n$/);
  });
});

/** What runs a command as this user but without root's right to read everything; null where that cannot be had. */
function withoutRootsRights(): readonly string[] | null {
  if (process.getuid?.() !== 0) return [];
  const setpriv = findProgram("setpriv");
  return setpriv === null ? null : [setpriv, "--bounding-set=-dac_override,-dac_read_search", "--"];
}

/** The most memory that a process has had so far; 0 where the system does not tell. */
function peakMemoryBytes(pid: number): number {
  if (process.platform !== "linux") return 0;
  return 1024 * Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
}

/** The head of a NUT frame with everything coded, and a right checksum. */
function claimOfTwoGigabytes(): Uint8Array {
  const head = Buffer.from("01 78 00 00 8880808000".replaceAll(" ", ""), "hex"); // frame code, flags, stream, pts, size
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(nutChecksum(head));
  return Buffer.concat([head, checksum]);
}
