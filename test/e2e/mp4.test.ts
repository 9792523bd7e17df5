import { readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { Muxer } from "../../src/media/flv/muxer.ts";
import { decodeTimeUs, isFrame } from "../../src/media/packet.ts";
import { makeMp4 } from "../../src/recordings/mp4.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { fixture, probe } from "../media/fixture.ts";
import { findProgram, mustRun } from "../run.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { type Folder, makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";

let folder: Folder;
beforeEach(() => (folder = makeFolder()));
afterEach(() => folder.remove());

async function make(flv: readonly Uint8Array[], ffmpegPath = findProgram("ffmpeg") ?? ""): Promise<string> {
  const file = folder.file("made.mp4");
  await makeMp4(flv, {
    ...{ file, ffmpegPath, maxBytes: 1_000_000, timeoutMs: 60_000 },
    ...{ signal: new AbortController().signal, disk: { move: rename, remove: rm } },
  });
  return file;
}

const entries = ["-v", "error", "-show_entries", "packet=stream_index,size"];
const framesOf = async (path: string) => (await mustRun(["ffprobe", ...entries, "-of", "csv", path])).stdout;

describe.each(["clean.flv", "b-frames.flv"])("an MP4 file made of %s", (name) => {
  const flv = `test/fixtures/flv/${name}`;
  const made = async () => await make([readFileSync(flv)]);

  it("has every frame", async () => {
    const inMp4 = (await framesOf(await made())).trim().split("\n");
    expect(inMp4).toHaveLength((await framesOf(flv)).trim().split("\n").length);
    expect(inMp4.length).toBeGreaterThan(40);
  });

  it("has its index before its frames", async () => {
    const bytes = readFileSync(await made());
    expect(bytes.indexOf("moov")).toBeGreaterThan(0);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  });

  it("decodes without a word", async () => {
    const decode = ["ffmpeg", "-v", "error", "-xerror", "-i", await made(), "-f", "null", "-"];
    expect((await mustRun(decode)).stderr).toBe("");
  });
});

/** A recorded pipe as FLV. */
function flvOf(name: string): readonly Uint8Array[] {
  const track = new NutTrack(ownClock(), { reordering: "presentation", frameUs: 40_000 });
  const packets = [...track.push(fixture(name), 0), ...track.rest()];
  const isVideo = packets.some(({ kind }) => kind === "video-frame");
  const tracks = { video: isVideo, audio: !isVideo };
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "flvcast 0.1.0" });
  const firstUs = Math.min(...packets.filter(isFrame).map(decodeTimeUs));
  const tags = packets.flatMap((packet) =>
    muxer.push(packet, isFrame(packet) ? Math.round((decodeTimeUs(packet) - firstUs) / 1000) : 0),
  );
  return [encodeHeader(tracks), ...tags.map(({ bytes }) => bytes)];
}

const codecs = [
  ["hevc-b-9.0.nut", { codec_name: "hevc", codec_tag_string: "hvc1" }],
  ["av1-mp4-9.0.nut", { codec_name: "av1", codec_tag_string: "av01" }],
  ["av1-svt-5.1.nut", { codec_name: "av1", codec_tag_string: "av01" }],
  ["opus-5.1.nut", { codec_name: "opus", codec_tag_string: "Opus" }],
  ["mp3-5.1.nut", { codec_name: "mp3", codec_tag_string: "mp4a" }],
  ["alaw-5.1.nut", { codec_name: "aac", codec_tag_string: "mp4a" }],
  ["mulaw-5.1.nut", { codec_name: "aac", codec_tag_string: "mp4a" }],
] as const;

describe.each(findFfmpegs())("with %s, an MP4 file", (ffmpeg) => {
  it.each(codecs)("of %s has its codec and plays", async (name, expected) => {
    const flv = flvOf(name);
    const file = await make(flv, isAbsolute(ffmpeg) ? ffmpeg : undefined);
    expect(await probeStreams(file)).toMatchObject([expected]);
    expect(await decodeComplaints(file)).toBe("");
    if (expected.codec_name === "aac") return;
    // ffmpeg before 8 does not know how long an Opus packet lasts, and ends the file before the last one.
    const least = probe(name).packets.length - (expected.codec_name === "opus" ? 1 : 0);
    expect((await framesOf(file)).trim().split("\n").length).toBeGreaterThanOrEqual(least);
  });
});
