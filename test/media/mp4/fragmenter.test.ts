import { expect, it } from "vitest";
import { CodecChangeError, Mp4Fragmenter } from "../../../src/media/mp4/fragmenter.ts";
import type { AudioFrame, Packet, Tracks, VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes, hex } from "../fixture.ts";
import { audioConfig, videoConfig, withPps } from "../flv/packets.ts";
import { boxesOf } from "./boxes.ts";

const both = { video: true, audio: true };

function picture(ms: number, changes: Partial<VideoFrame> & { shownMs?: number } = {}): VideoFrame {
  const { shownMs = ms, ...rest } = changes;
  return {
    ...{ kind: "video-frame", codec: "h264", isKey: ms === 0, units: [bytes("65 88")] },
    ...{ decodeTimeUs: ms * 1000, presentationTimeUs: shownMs * 1000, ...rest },
  };
}

function sound(ms: number): AudioFrame {
  return { kind: "audio-frame", codec: "aac", presentationTimeUs: ms * 1000, data: bytes("2110") };
}

/** The whole file. */
function file(packets: readonly Packet[], tracks: Tracks = both): Buffer {
  const fragmenter = new Mp4Fragmenter(tracks);
  return Buffer.concat([...packets.flatMap((packet) => fragmenter.push(packet)), ...fragmenter.end()]);
}

const all = (of: Uint8Array, path: string) =>
  boxesOf(of).flatMap(([at, contents]) => (at === path ? [contents] : []));

/** Each fragment's track and time, and of its samples duration, size, flags and composition time. */
function fragments(of: Uint8Array) {
  const [tracks, times] = [all(of, "moof/traf/tfhd"), all(of, "moof/traf/tfdt")];
  return all(of, "moof/traf/trun").map((run, at) => ({
    track: tracks[at]?.readUInt32BE(4),
    fromMs: Number(times[at]?.readBigUInt64BE(4)),
    samples: Array.from({ length: run.readUInt32BE(4) }, (_, n) => {
      const sample = run.subarray(12 + n * 16);
      const [durationMs, size, flags] = [0, 4, 8].map((field) => sample.readUInt32BE(field));
      return [durationMs, size, flags?.toString(16), sample.readInt32BE(12)];
    }),
  }));
}

it("begins when the settings of each track are known, and has all frames", () => {
  const made = file([
    videoConfig,
    picture(0),
    picture(40, { shownMs: 120 }),
    audioConfig,
    sound(0),
    sound(21),
  ]);
  expect(boxesOf(made).map(([path]) => path)).toEqual([
    ...["ftyp", "moov", "moov/mvhd"],
    ...["moov/trak", "moov/trak"].flatMap((trak, at) => [
      ...[
        trak,
        `${trak}/tkhd`,
        `${trak}/mdia`,
        `${trak}/mdia/mdhd`,
        `${trak}/mdia/hdlr`,
        `${trak}/mdia/minf`,
      ],
      `${trak}/mdia/minf/${at === 0 ? "vmhd" : "smhd"}`,
      ...["dinf", "dinf/dref", "stbl", "stbl/stsd", "stbl/stts", "stbl/stsc", "stbl/stco", "stbl/stsz"].map(
        (one) => `${trak}/mdia/minf/${one}`,
      ),
    ]),
    ...["moov/mvex", "moov/mvex/trex", "moov/mvex/trex"],
    ...["moof", "moof/mfhd", "moof/traf", "moof/traf/tfhd", "moof/traf/tfdt", "moof/traf/trun", "mdat"],
    ...["moof", "moof/mfhd", "moof/traf", "moof/traf/tfhd", "moof/traf/tfdt", "moof/traf/trun", "mdat"],
  ]);
  expect(fragments(made)).toEqual([
    {
      ...{ track: 1, fromMs: 0 },
      samples: [
        [40, 6, "2000000", 0],
        [40, 6, "1010000", 80],
      ],
    },
    {
      ...{ track: 2, fromMs: 0 },
      samples: [
        [21, 2, "2000000", 0],
        [21, 2, "2000000", 0],
      ],
    },
  ]);
  expect(all(made, "mdat").map(hex)).toEqual(
    ["000000026588000000026588", "21102110"].map((one) => hex(bytes(one))),
  );
});

it("has a fragment a second, whose last frame lasts until the next one begins", () => {
  const times = [0, 400, 800, 1300, 1600];
  const made = file([videoConfig, ...times.map((ms) => picture(ms))], { video: true, audio: false });
  expect(
    fragments(made).map(({ fromMs, samples }) => [fromMs, samples.map(([durationMs]) => durationMs)]),
  ).toEqual([
    [0, [400, 400, 500]],
    [1300, [300, 300]],
  ]);
});

it("a last fragment of one frame lasts as long as the frame before it", () => {
  const made = file([videoConfig, picture(0), picture(40), picture(1040)], { video: true, audio: false });
  expect(fragments(made).at(-1)).toMatchObject({ fromMs: 1040, samples: [[1000, 6, "1010000", 0]] });
});

it("a run says where its samples are", () => {
  const made = file([videoConfig, picture(0)], { video: true, audio: false });
  const moof = made.indexOf("moof") - 4;
  const offset = all(made, "moof/traf/trun")[0]?.readUInt32BE(8) ?? 0;
  expect(hex(made.subarray(moof + offset))).toBe(hex(bytes("00000002 6588")));
});

it("other settings of the same codec stand before each key frame", () => {
  const later = picture(80, { isKey: true });
  const other = withPps(videoConfig, bytes("68 ea"));
  const made = file([videoConfig, picture(0), other, later, picture(120)], { video: true, audio: false });
  const sets = other.parameterSets.reduce((sum, { length }) => sum + 4 + length, 0);
  expect(fragments(made)[0]?.samples.map(([, size]) => size)).toEqual([6, 6 + sets, 6]);
});

it("AV1's sequence header is in each key frame, and units have no lengths before them", () => {
  const config: VideoConfig = { ...videoConfig, codec: "av1", parameterSets: [bytes("0a01aa")] };
  const frame = { codec: "av1", units: [bytes("3201bb")] } as const;
  const made = file([config, picture(0, frame), picture(40, frame)], { video: true, audio: false });
  expect(all(made, "mdat").map(hex)).toEqual([hex(bytes("0a01aa 3201bb 3201bb"))]);
});

it("another codec is an error", () => {
  const other: VideoConfig = { ...videoConfig, codec: "hevc" };
  expect(() => file([videoConfig, audioConfig, picture(0), other])).toThrow(CodecChangeError);
});

it("a track that does not come within ten seconds is none of its", () => {
  const fragmenter = new Mp4Fragmenter(both);
  const made = [videoConfig, ...[0, 5000, 10_000, 10_040].map((ms) => picture(ms))].map((packet) =>
    fragmenter.push(packet),
  );
  expect(made.map((parts) => parts.length > 0)).toEqual([false, false, false, false, true]);
  expect(fragmenter.push(audioConfig)).toEqual([]);
  expect(fragmenter.push(sound(10_000))).toEqual([]);
  const rest = Buffer.concat([...made.flat(), ...fragmenter.end()]);
  expect(all(rest, "moov/trak")).toHaveLength(1);
  expect(fragments(rest).flatMap(({ samples }) => samples)).toHaveLength(4);
});

it("is nothing where nothing came", () => {
  expect(new Mp4Fragmenter(both).end()).toEqual([]);
});
