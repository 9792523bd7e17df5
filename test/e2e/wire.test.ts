import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAudioSpecificConfig } from "../../src/media/aac/config.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { parseAvcc } from "../../src/media/h264/avcc.ts";
import { NalUnitType, nalUnitType } from "../../src/media/h264/nal-unit.ts";
import { parseSps } from "../../src/media/h264/sps.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { type Recording, steps } from "./recording.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** A recording, and where it lies for ffmpeg to read. */
interface Taped {
  readonly recording: Recording;
  readonly bytes: Buffer;
  readonly path: string;
}

let tapes = 0;

function tape(viewer: Viewer): Taped {
  const path = folder.file(`${tapes++}.flv`);
  writeFileSync(path, viewer.bytes);
  return { recording: viewer.recording, bytes: viewer.bytes, path };
}

async function watched(url: string, seconds: number): Promise<Taped> {
  const viewer = new Viewer(url);
  await viewer.watch(seconds);
  return tape(viewer);
}

/** Casts for as long as it takes to record so much. */
async function stream(args: readonly string[], seconds: number): Promise<Taped> {
  const program = start(args);
  const taped = await watched(await program.firstLine(), seconds);
  await program.stopInOrder();
  return taped;
}

describe.each(findFfmpegs())("the test source through %s", (ffmpeg) => {
  let early: Taped;
  let late: Taped;
  let twins: readonly [Viewer, Viewer];

  beforeAll(async () => {
    const program = start(["--device", "test:ffmpeg", "--ffmpeg", ffmpeg]);
    const url = await program.firstLine();
    const first = new Viewer(url);
    await first.until(({ recording }) => recording.spanMs > 1400); // in the middle of a group
    const second = new Viewer(url);
    twins = await joinTogether(url);
    await Promise.all([first.watch(4), second.watch(2.5), ...twins.map((viewer) => viewer.watch(2))]);
    early = tape(first);
    late = tape(second);
    await program.stopInOrder();
  });

  it.each(["early", "late"] as const)("decodes without an error for a viewer who joins %s", async (when) => {
    expect(await decodeComplaints({ early, late }[when].path)).toBe("");
  });

  it.each(["early", "late"] as const)("is what ffprobe expects for a viewer who joins %s", async (when) => {
    const size = { width: 1280, height: 720, r_frame_rate: "30/1" };
    expect(await probeStreams({ early, late }[when].path)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ codec_name: "h264", profile: "High", has_b_frames: 0, ...size }),
        expect.objectContaining({ codec_name: "aac", profile: "LC", sample_rate: "48000", channels: 2 }),
      ]),
    );
  });

  it("begins with a chunk of the header and PreviousTagSize0 alone, with flags for picture and sound", () => {
    expect(early.bytes.subarray(0, 13).toString("hex")).toBe("464c5601050000000900000000");
    expect(twins[0].firstChunk).toHaveLength(13);
  });

  it("tells in onMetaData what the parameter sets and settings say, and no duration", () => {
    expect(early.recording.metadata).toEqual({
      width: 1280,
      height: 720,
      videocodecid: 7,
      framerate: 30,
      videodatarate: 2500,
      audiocodecid: 10,
      audiosamplerate: 48_000,
      audiosamplesize: 16,
      stereo: true,
      audiodatarate: 128,
      encoder: expect.stringMatching(/^flvcast \d/),
    });
  });

  it.each(["early", "late"] as const)(
    "gives the settings before the first frame to a viewer who joins %s, and once",
    (when) => {
      const { recording } = { early, late }[when];
      expect(recording.tags.slice(0, 3).map(({ type }) => type)).toEqual([
        TagType.script,
        TagType.video,
        TagType.audio,
      ]);
      expect(recording.video.map(({ kind }) => kind).lastIndexOf("video-config")).toBe(0);
      expect(recording.audio.map(({ kind }) => kind).lastIndexOf("audio-config")).toBe(0);
    },
  );

  it("writes an avcC with 4-byte lengths and the fields of High profile", () => {
    const avcc = avccOf(early.recording);
    const { lengthBytes, spsUnits, ppsUnits } = parseAvcc(avcc);
    const [sps = Uint8Array.of()] = spsUnits;
    expect({ lengthBytes, sps: spsUnits.length, pps: ppsUnits.length }).toEqual({
      lengthBytes: 4,
      sps: 1,
      pps: 1,
    });
    expect([...avcc.subarray(1, 4)]).toEqual([...sps.subarray(1, 4)]);
    expect(parseSps(sps)).toMatchObject({ profileIdc: 100 });
    // chroma_format 1 (4:2:0), bit depths of 8, no SPS extensions (ISO/IEC 14496-15, 5.3.3.1.2)
    expect(Buffer.from(avcc).subarray(-4).toString("hex")).toBe("fdf8f800");
  });

  it("writes the AudioSpecificConfig of AAC-LC, 48 kHz, stereo", () => {
    const [config] = early.recording.audio;
    if (config?.kind !== "audio-config") throw new Error("no audio config");
    expect(parseAudioSpecificConfig(config.decoderConfig)).toMatchObject({
      sampleRateHz: 48_000,
      channels: 2,
    });
  });

  it("carries pictures, the key ones with their parameter sets: no delimiters, no start codes", () => {
    const units = early.recording.pictures.flatMap((picture) => picture.units);
    const types = new Set(units.map((unit) => nalUnitType(unit[0] ?? 0)));
    const { slice, idrSlice, sei, sps, pps } = NalUnitType;
    const allowed: readonly number[] = [slice, idrSlice, sei, sps, pps];
    expect([...types].filter((type) => !allowed.includes(type))).toEqual([]);
    expect(units.filter((unit) => Buffer.from(unit).includes(Buffer.of(0, 0, 1)))).toEqual([]);
  });

  it("shows each picture when it is decoded: composition time is 0", () => {
    expect(new Set(early.recording.pictures.map((picture) => picture.compositionTimeMs))).toEqual(
      new Set([0]),
    );
  });

  it("flags as key frames just the pictures of IDR slices", () => {
    for (const { isKey, units } of early.recording.pictures) {
      const types = units.map((unit) => nalUnitType(unit[0] ?? 0));
      expect(types.includes(NalUnitType.idrSlice)).toBe(isKey);
      expect(types[0] === NalUnitType.sps && types[1] === NalUnitType.pps).toBe(isKey);
    }
  });

  it("begins at 0 for its first viewer, with a key frame", () => {
    expect(early.recording.pictures[0]).toMatchObject({ isKey: true, timestampMs: 0 });
  });

  it("begins with a key frame for a viewer who joins between two", () => {
    const [first] = late.recording.pictures;
    expect(first?.isKey).toBe(true);
    expect(first?.timestampMs).toBeGreaterThan(0);
  });

  it("never goes back in time on either track", () => {
    for (const { recording } of [early, late]) {
      expect(Math.min(...steps(recording.video))).toBeGreaterThanOrEqual(0);
      expect(Math.min(...steps(recording.audio))).toBeGreaterThanOrEqual(0);
    }
  });

  it("shows a picture every 33 or 34 ms", () => {
    expect(new Set(steps(early.recording.pictures))).toEqual(new Set([33, 34]));
  });

  it("shows a key frame each second", () => {
    const distances = steps(early.recording.keyPictures);
    expect(distances.length).toBeGreaterThanOrEqual(3);
    for (const ms of distances) expect(Math.abs(ms - 1000)).toBeLessThanOrEqual(1);
  });

  it("times sound by its count of samples, also for a viewer who joins late", () => {
    for (const { recording } of [early, late]) {
      const firstMs = recording.sounds[0]?.timestampMs ?? Number.NaN;
      const errorsMs = recording.sounds.map(({ timestampMs }, count) =>
        Math.abs(timestampMs - Math.round(firstMs + (count * 1024 * 1000) / 48_000)),
      );
      expect(Math.max(...errorsMs)).toBeLessThanOrEqual(1);
    }
  });

  it("carries AAC without ADTS", () => {
    const syncwords = early.recording.sounds.filter(({ data }) => data[0] === 0xff && (data[1] ?? 0) >= 0xf0);
    expect(syncwords).toEqual([]);
  });

  it("gives two viewers of one moment identical bytes", () => {
    const [one, other] = twins.map(({ bytes }) => bytes);
    const lengthBytes = Math.min(one?.length ?? 0, other?.length ?? 0);
    expect(lengthBytes).toBeGreaterThan(100_000);
    expect(one?.subarray(0, lengthBytes).equals(other?.subarray(0, lengthBytes) ?? Buffer.of())).toBe(true);
  });
});

describe("a stream's settings hold on the wire", () => {
  const small = ["--device", "test", "--size", "320x240", "--fps", "25"];

  it("--audio none: pictures alone, and TypeFlags and onMetaData say so", async () => {
    const { recording, path } = await stream([...small, "--audio", "none"], 1);
    expect(recording.tracks).toEqual({ video: true, audio: false });
    expect(recording.tags.filter(({ type }) => type === TagType.audio)).toEqual([]);
    expect(Object.keys(recording.metadata).filter((key) => /audio|stereo/.test(key))).toEqual([]);
    expect(await decodeComplaints(path)).toBe("");
  });

  it("--gop 0.5: a key frame each half second", async () => {
    const { recording } = await stream([...small, "--gop", "0.5"], 2.2);
    const distances = steps(recording.keyPictures);
    expect(distances.length).toBeGreaterThanOrEqual(4);
    for (const ms of distances) expect(Math.abs(ms - 500)).toBeLessThanOrEqual(40);
  });

  it("--gop 2, --size, --fps and --bitrate: each as requested", async () => {
    const asked = [
      "--device",
      "test:ffmpeg",
      "--size",
      "640x480",
      "--fps",
      "15",
      "--bitrate",
      "300k",
      "--gop",
      "2",
    ];
    const { recording, path } = await stream(asked, 5);
    expect(await decodeComplaints(path)).toBe("");
    expect(await probeStreams(path)).toContainEqual(
      expect.objectContaining({ width: 640, height: 480, r_frame_rate: "15/1" }),
    );
    expect(recording.metadata).toMatchObject({
      width: 640,
      height: 480,
      framerate: 15,
      videodatarate: 300,
    });
    expect(new Set(steps(recording.pictures))).toEqual(new Set([66, 67]));
    const distances = steps(recording.keyPictures);
    expect(distances.length).toBeGreaterThanOrEqual(2);
    for (const ms of distances) expect(Math.abs(ms - 2000)).toBeLessThanOrEqual(1);
    const bits = recording.pictures.flatMap(({ units }) => units).reduce((sum, u) => sum + u.length * 8, 0);
    const kbps = bits / recording.spanMs;
    expect(kbps).toBeGreaterThan(300 * 0.6);
    expect(kbps).toBeLessThan(300 * 1.2); // the encoder's buffer of one second is on top
  });
});

function avccOf(recording: Recording): Uint8Array {
  const [config] = recording.video;
  if (config?.kind !== "video-config") throw new Error("the first video tag is no sequence header");
  return config.decoderConfig;
}

/** Two viewers of one moment: both begin with the same key frame. */
async function joinTogether(url: string): Promise<readonly [Viewer, Viewer]> {
  const pair = [new Viewer(url), new Viewer(url)] as const;
  const firstKeys = await Promise.all(
    pair.map(async (viewer) => {
      await viewer.until(({ recording }) => recording.pictures.length > 0);
      return viewer.recording.pictures[0]?.timestampMs;
    }),
  );
  if (firstKeys[0] === firstKeys[1]) return pair;
  for (const viewer of pair) viewer.leave();
  return joinTogether(url);
}
