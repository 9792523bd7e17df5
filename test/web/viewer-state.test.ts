import { describe, expect, it } from "vitest";
import type { StreamInfo } from "../../src/server/api/schemas.ts";
import { type MissingCodec, type ViewerFacts, viewerStateOf } from "../../src/web/viewer-state.ts";
import { localTime, wordsFor } from "../../src/web/words.ts";

const facts: ViewerFacts = {
  connection: { kind: "receiving" },
  stream: null,
  hasFrame: true,
  needsTap: false,
  hasToken: false,
  unplayable: null,
  isPaused: false,
  nowMs: 100_000,
};

const stream: StreamInfo = {
  ...{ name: "cam0", state: "on-air", sinceMs: 50_000, url: null, pageUrl: null, size: null, fps: null },
  ...{ bitrateKbps: null, codecs: [], encoder: null, viewers: 0, isReachable: true, reason: null },
  isOnDemand: false,
};

const refused = (status: number, why = ""): ViewerFacts => ({
  ...facts,
  connection: { kind: "refused", status, why },
});
const at = (ms: number) => `t${ms}`;
const said = (some: ViewerFacts) => wordsFor(viewerStateOf(some), at);

const detailOf = (some: ViewerFacts, name?: string) => wordsFor(viewerStateOf(some), at, name)?.detail;
const how = (command: string) => `Run "${command}" on the machine that streams, and paste what it prints.`;

const missing = (codec: MissingCodec["codec"], needsHttps = false): MissingCodec => ({ codec, needsHttps });

describe("what a viewer is told", () => {
  it.each<[string, ViewerFacts]>([
    [
      "Try Safari, or a browser whose hardware decodes it, or switch the stream to H.264 (--video-codec h264).",
      { ...facts, unplayable: missing("H.265") },
    ],
    [
      "Open this page over HTTPS, or switch the stream to H.264 (--video-codec h264).",
      { ...facts, unplayable: missing("AV1", true) },
    ],
    [
      "G.711 audio needs a secure page. Open this page over HTTPS, or switch the stream's audio to AAC (--audio-codec aac).",
      { ...facts, missingAudio: missing("G.711", true) },
    ],
  ])("of a codec that is missing is what to change: %s", (detail, some) => {
    expect(detailOf(some)).toBe(detail);
  });

  it("of missing sound stands at the edge, and not before there is a frame", () => {
    const silent = { ...facts, missingAudio: missing("Opus") };
    expect(said(silent)).toMatchObject({ place: "edge", tone: "problem" });
    expect(viewerStateOf({ ...silent, hasFrame: false })).toEqual({ kind: "connecting" });
  });

  it("is nothing while it plays, or is paused", () => {
    expect(said(facts)).toBeNull();
    expect(said({ ...facts, isPaused: true, connection: { kind: "connecting" } })).toBeNull();
  });

  it.each<[string, ViewerFacts]>([
    ["Connecting…", { ...facts, connection: { kind: "connecting" } }],
    ["Connecting…", { ...facts, hasFrame: false }],
    ["Connecting…", { ...facts, connection: { kind: "lost", sinceMs: 99_000, why: "ended" } }],
    ["Offline since t90000", { ...facts, connection: { kind: "lost", sinceMs: 90_000, why: "unreachable" } }],
    ["No signal since t50000", { ...facts, stream: { ...stream, state: "degraded" } }],
    ["Token required", refused(401)],
    ["Wrong token", { ...refused(401), hasToken: true }],
    ["Access denied", refused(403, "this page is another site's")],
    ["Stream not found", refused(404)],
    ["Too many attempts", refused(429)],
    ["Stream is full", refused(429, "viewer limit per address reached: try again in a second")],
    ["Stream is full", refused(503, "viewer limit reached: try again in a second")],
    ["Starting…", refused(503, "cam0 is starting: try again in a second")],
    ["Stream is full", refused(503, "cam0 has as many viewers as it may: try again in a second")],
    [
      "Waiting for the camera since t50000",
      { ...refused(503, "cam0 is starting"), stream: { ...stream, state: "waiting" } },
    ],
    [
      "Waiting for the camera since t50000",
      { ...refused(503, "cannot start"), stream: { ...stream, state: "idle", reason: "deviceAbsent" } },
    ],
    ["Starting…", { ...refused(503, "cam0 is starting"), stream: { ...stream, state: "idle" } }],
    ["Request refused (500)", refused(500, "a bug")],
    ["Tap to play", { ...facts, needsTap: true }],
    ["iOS 17.1 or later is needed", { ...facts, unplayable: "iphone" }],
    ["This browser cannot play FLV", { ...facts, unplayable: "browser" }],
    ["This browser cannot play this stream", { ...facts, unplayable: "stream" }],
    ["This browser cannot play H.265", { ...facts, unplayable: missing("H.265") }],
    ["This browser cannot play Opus audio", { ...facts, unplayable: missing("Opus") }],
    ["AV1 needs a secure page", { ...facts, unplayable: missing("AV1", true) }],
    ["No sound", { ...facts, missingAudio: missing("G.711", true) }],
  ])("%s", (title, some) => {
    expect(said(some)?.title).toBe(title);
  });

  it("is how to get the token, with the stream's name where there is but one", () => {
    expect(detailOf(refused(401), "garden")).toBe(how("flvcast url garden"));
    expect(detailOf(refused(401))).toBe(how("flvcast url"));
    expect(detailOf({ ...refused(401), hasToken: true }, "garden")).toContain(how("flvcast url garden"));
  });

  it("is why, where the server says it", () => {
    const lost: StreamInfo = { ...stream, state: "degraded", reason: "deviceAbsent" };
    expect(said({ ...facts, stream: lost })?.detail).toBe("It is not connected.");
    expect(said({ ...facts, stream: { ...lost, reason: "of a later server" } })?.detail).toMatch(
      /^The camera is disconnected/,
    );
    expect(said(refused(403, "another site"))?.detail).toBe("another site");
  });

  it("stands at the edge where there is still a picture to see", () => {
    expect(said({ ...facts, stream: { ...stream, state: "degraded" } })?.place).toBe("edge");
  });
});

describe("the time of an event", () => {
  const noon = new Date(2026, 10, 21, 12, 0).getTime();

  it("is that of the clock today", () => {
    expect(localTime(new Date(2026, 10, 21, 9, 5).getTime(), noon, "en-GB")).toBe("09:05");
  });

  it("has the day before today", () => {
    expect(localTime(new Date(2026, 10, 20, 14, 2).getTime(), noon, "en-GB")).toBe("20 Nov, 14:02");
  });
});
