import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogue, type FaultId } from "../../src/check/catalogue.ts";
import type { Finding } from "../../src/check/finding.ts";
import type { CheckReport, HttpFigures, StreamFigures, VideoFigures } from "../../src/check/report.ts";
import { runCheck } from "../../src/cli/check.ts";
import { checkText } from "../../src/cli/check-text.ts";
import { ownStream } from "../check/own-stream.ts";
import { write } from "../check/raw-stream.ts";
import { FakeIo } from "./fake-io.ts";

const CLEAN = "test/fixtures/flv/clean.flv";

async function run(flags: Record<string, string>, { isTerminal = false, env = {} } = {}) {
  const io = new FakeIo({ isTerminal });
  const code = await runCheck(new Map(Object.entries(flags)), env, io.asIo);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text, listeners: io.eventNames() };
}

test("a clean file is exit code 0, and what it is stands in a few lines", async () => {
  const { code, stdout, stderr, listeners } = await run({ target: CLEAN });
  expect({ code, stderr, listeners }).toEqual({ code: 0, stderr: "", listeners: [] });
  expect(stdout).toBe(
    [
      CLEAN,
      "  video    avc1.640009, 96x64, 25 fps, 86 kbit/s, 50 frames, a key frame every",
      "           0.4 s",
      "  audio    mp4a.40.2, 44100 Hz, stereo, 24 kbit/s, 88 frames",
      "  time     2.0 s in 142 tags, 31 kB",
      "",
      "ok",
      "",
    ].join("\n"),
  );
});

test("a note is no fault", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-check-"));
  try {
    const target = join(folder, "alaw.flv");
    writeFileSync(target, write(ownStream("alaw-5.1.nut")));
    const { code, stdout } = await run({ target });
    expect(code).toBe(0);
    expect(stdout).toContain("audio    G.711 A-law, 8000 Hz, mono");
    expect(stdout).toMatch(/\nok, 1 note\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a finding is exit code 1", async () => {
  const { code, stdout } = await run({ target: "test/cli/check.test.ts" });
  expect(code).toBe(1);
  expect(stdout).toContain("\nerror   signature-wrong\n        No FLV signature at the start.\n");
  expect(stdout).toMatch(/\n1 error\n$/);
});

test("--json is one object: the report", async () => {
  const { code, stdout } = await run({ target: CLEAN, json: "true" });
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({ target: CLEAN, verdict: "clean", findings: [], http: null });
});

test.each([
  [{}, "no URL or file given, e.g. flvcast check stream.flv"],
  [
    { target: "rtmp://127.0.0.1/live/x" },
    "cannot check rtmp:// URLs: use an http:// or https:// URL, or a file",
  ],
  [{ target: "http://u:secret@[" }, '"http://…" is not a URL, e.g. http://127.0.0.1:8080/live/cam0.flv'],
  [{ target: "file:///tmp/100%.flv" }, '"file://…" is not the URL of a file of this machine: use its path'],
  [
    { target: CLEAN, seconds: "soon" },
    "--seconds soon is not a time: use seconds, or a number with s, m or h, e.g. --seconds 10m",
  ],
  [{ target: CLEAN, seconds: "25h" }, "--seconds 25h is out of range: use up to 24h, e.g. --seconds 60"],
])("%j is a usage error", async (flags, message) => {
  await expect(run(flags as Record<string, string>)).rejects.toMatchObject({ reason: "usage", message });
});

test("a file:// URL is a file", async () => {
  const { code } = await run({ target: new URL(`file://${process.cwd()}/${CLEAN}`).href });
  expect(code).toBe(0);
});

test("colour is for terminals, and for those who want it", async () => {
  const escape = "\u001b[";
  expect((await run({ target: CLEAN }, { isTerminal: true })).stdout).toContain(escape);
  expect((await run({ target: CLEAN }, { isTerminal: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(
    escape,
  );
});

const report: CheckReport = {
  target: "http://127.0.0.1:8080/live/cam0.flv",
  verdict: "findings",
  seconds: 10,
  http: {
    url: "http://127.0.0.1:8080/live/cam0.flv",
    redirects: 1,
    status: 200,
    contentType: "video/x-flv",
    server: "evil\u001b[2J server",
    framing: "chunked",
    connectMs: 1,
    headMs: 2,
    firstFrameMs: 30,
  },
  stream: {
    bytes: 3_100_000,
    tags: 700,
    durationMs: 10_500,
    isLive: true,
    burstMs: 500,
    speed: 1.001,
    encoder: "Lavf",
    video: null,
    audio: { codec: "mp3", sampleRateHz: 44_100, channels: 1, frames: 380, bitrateKbps: 64 },
  },
  findings: (Object.keys(catalogue) as FaultId[]).map((id) => ({
    id,
    ...catalogue[id],
    detail: "word ".repeat(20).trim(),
    count: 12_345,
    first: { offset: 123_456_789, tag: 99_999, timestampMs: 2_147_483_647 },
    worst: { value: -1234, unit: "ms" },
  })),
};

test("the text fits 80 columns, whatever is found", () => {
  const text = checkText(report, false);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(text).toContain("  answer   200 video/x-flv, chunked, from evil [2J server, after 1 redirect,");
  expect(text.replaceAll(/\s+/g, " ")).toContain("at 100 % of real time");
  expect(text).toMatch(/\n\d+ errors, \d+ warnings, \d+ notes\n$/);
});

test("a finding says how often, where first, how bad, who minds, and where it is written", () => {
  const [finding] = report.findings.filter(({ id }) => id === "timestamp-backwards");
  if (finding === undefined) throw new Error("there is such a fault");
  const detail = "video: 80 ms after 120 ms";
  const first = { offset: 20_312, tag: 14, timestampMs: 80 };
  const found = { ...finding, count: 3, detail, first, worst: { value: -40, unit: "ms" } as const };
  expect(checkText({ ...report, findings: [found] }, false)).toContain(
    [
      "error   timestamp-backwards                                              3 times",
      "        Timestamps of a track go backwards.",
      "        first    video: 80 ms after 120 ms (tag 14, byte 20312, 80 ms)",
      "        worst    -40 ms",
      "        player   mpegts.js drops frames until timestamps catch up; ffmpeg",
      "                 reports non monotonically increasing dts.",
      "        see      FLV 10.1, E.4.1 (Timestamp)",
      "",
      "1 error",
    ].join("\n"),
  );
});

/** The lines of a report in which this is otherwise, without its target and what sums it up. */
function factsOf(
  stream: Partial<StreamFigures>,
  http: Partial<HttpFigures> | null = null,
): readonly string[] {
  if (report.stream === null || report.http === null) throw new Error("it has both");
  const figures = http === null ? null : { ...report.http, ...http };
  const text = checkText(
    { ...report, http: figures, stream: { ...report.stream, ...stream }, findings: [] },
    false,
  );
  return text.split("\n").slice(1, -3);
}

const picture: VideoFigures = {
  ...{ codec: "avc1.640009", size: "96x64", fps: 29.97, frames: 50, bitrateKbps: 86, longestGopMs: 1449 },
};

test.each<[stream: Partial<StreamFigures>, line: string]>([
  [{ video: picture }, "  video    avc1.640009, 96x64, 30 fps, 86 kbit/s, 50 frames, a key frame every"],
  [
    { video: { ...picture, fps: 14.94 } },
    "  video    avc1.640009, 96x64, 14.9 fps, 86 kbit/s, 50 frames, a key frame every",
  ],
  [{ video: picture }, "           1.4 s"],
  [
    { video: { ...picture, size: null, fps: null, bitrateKbps: null, longestGopMs: null } },
    "  video    avc1.640009, 50 frames",
  ],
  [{ video: null }, "  video    none"],
  [{ audio: null }, "  audio    none"],
  [{}, "  audio    mp3, 44100 Hz, mono, 64 kbit/s, 380 frames"],
  [
    { audio: { codec: "opus", sampleRateHz: null, channels: 6, frames: 1, bitrateKbps: null } },
    "  audio    opus, 6 channels, 1 frames",
  ],
  [
    { audio: { codec: "opus", sampleRateHz: null, channels: null, frames: 1, bitrateKbps: null } },
    "  audio    opus, 1 frames",
  ],
  [{}, "  time     10.5 s in 700 tags, 3.1 MB, 0.5 s burst, at 100 % of real time"],
  [{ speed: 0.996 }, "  time     10.5 s in 700 tags, 3.1 MB, 0.5 s burst, at 100 % of real time"],
  [{ speed: null, burstMs: null }, "  time     10.5 s in 700 tags, 3.1 MB"],
  [{ isLive: false }, "  time     10.5 s in 700 tags, 3.1 MB"],
  [{ isLive: false, bytes: 999_999 }, "  time     10.5 s in 700 tags, 1000 kB"],
  [{ isLive: false, bytes: 1_000_000 }, "  time     10.5 s in 700 tags, 1.0 MB"],
  [{ isLive: false, bytes: 1499 }, "  time     10.5 s in 700 tags, 1 kB"],
  [{}, "  encoder  Lavf"],
])("a stream with %j has the line %s", (stream, line) => {
  expect(factsOf(stream)).toContain(line);
});

test("a stream whose encoder says nothing is made by nobody", () => {
  expect(factsOf({ encoder: null }).some((line) => line.includes("encoder"))).toBe(false);
});

test.each<[http: Partial<HttpFigures>, answer: readonly string[]]>([
  [
    { server: null, redirects: 0 },
    ["  answer   200 video/x-flv, chunked, connected at 1 ms, answered at 2 ms"],
  ],
  [
    { server: null, redirects: 1, framing: "close" },
    [
      "  answer   200 video/x-flv, until close, after 1 redirect, connected at 1 ms,",
      "           answered at 2 ms",
    ],
  ],
  [
    { server: null, redirects: 2, framing: "content-length", headMs: null },
    ["  answer   200 video/x-flv, with Content-Length, after 2 redirects"],
  ],
  [
    { status: null, contentType: null, framing: null, server: null, redirects: 0, headMs: null },
    ["  answer   none"],
  ],
  [
    { status: 404, contentType: null, framing: null, server: "nginx", redirects: 0, headMs: null },
    ["  answer   404 without a type, from nginx"],
  ],
])("an answer with %j is told as %j", (http, answer) => {
  expect(factsOf({}, http).slice(0, answer.length)).toEqual(answer);
});

test("the first frame has its time where it was waited for", () => {
  expect(factsOf({ isLive: false }, {}).at(-2)).toBe(
    "  time     10.5 s in 700 tags, 3.1 MB, first frame at 30 ms",
  );
  expect(factsOf({ isLive: false }, { firstFrameMs: null }).at(-2)).toBe(
    "  time     10.5 s in 700 tags, 3.1 MB",
  );
});

test("a finding of one place is there, and has no worst one", () => {
  const [finding] = report.findings.filter(({ id }) => id === "timestamp-backwards");
  if (finding === undefined) throw new Error("there is such a fault");
  const linesOf = (first: Finding["first"]) =>
    checkText({ ...report, findings: [{ ...finding, count: 1, detail: "late", first }] }, false).split("\n");
  const here = { offset: 20, tag: null, timestampMs: null };
  expect(linesOf(here)).toEqual(
    expect.arrayContaining(["error   timestamp-backwards", "        here     late (byte 20)"]),
  );
  expect(linesOf(null)).toContain("        here     late");
  expect(linesOf(here).some((line) => line.includes("worst"))).toBe(false);
  expect(checkText({ ...report, findings: [{ ...finding, worst: null }] }, false)).not.toContain("worst");
});

test("docs/check.md explains every finding, and says what it is", () => {
  const rows = readFileSync("docs/check.md", "utf8").matchAll(/^\| `([a-z0-9][a-z0-9.-]*)`\s*\|(.*)\|$/gm);
  const documented = [...rows].map(([, id, cells = ""]) => [
    id,
    ...cells.split("|").map((cell) => cell.trim()),
  ]);
  expect(documented).toEqual(
    Object.entries(catalogue).map(([id, { severity, title, player, specification }]) => [
      ...[id, severity, `${title}.`, player, specification],
    ]),
  );
});
