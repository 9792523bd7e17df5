import { fromHex } from "../avc-editing.ts";
import { dataOf, exBody, exConfigOf, exFrameAt, exFrames, setData } from "../ex-editing.ts";
import { ownStream } from "../own-stream.ts";
import { isVideo, type RawStream } from "../raw-stream.ts";
import { brokenFile, type Fault } from "../sample.ts";

const av1 = (): RawStream => ownStream("av1-svt-5.1.nut");
const usual = ["enhanced-rtmp", "av1-order-hint"] as const;

function broken(title: string, finds: Fault["finds"], change: (stream: RawStream) => void): Fault {
  return brokenFile(title, [...finds, ...usual], change, av1);
}

/** Where no settings can be read, nothing is told of what they say. */
function brokenConfig(title: string, finds: Fault["finds"], change: (record: Buffer) => Buffer): Fault {
  const edit = (stream: RawStream) => {
    const tag = exConfigOf(stream);
    setData(tag, change(Buffer.from(dataOf(tag))));
  };
  return brokenFile(title, [...finds, "enhanced-rtmp"], edit, av1);
}

/** The sequence header OBU of the settings. */
function sequenceOf(stream: RawStream): Buffer {
  return Buffer.from(dataOf(exConfigOf(stream)).subarray(4));
}

/** Streams whose AV1 is broken. */
export const av1Faults: readonly Fault[] = [
  brokenFile("AV1 as SVT-AV1 makes it", usual, () => {}, av1),
  brokenFile(
    "AV1 as CodecID 13",
    ["video-codec-av1-13", "av1-order-hint"],
    ({ tags }) => {
      for (const tag of tags.filter(isVideo)) {
        const first = tag.body.readUInt8(0);
        const head = Buffer.of((first & 0x70) | 13, first & 0xf, 0, 0, 0);
        tag.body = Buffer.concat([head, dataOf(tag)]);
      }
    },
    av1,
  ),
  brokenConfig("an AV1 sequence header that is none", ["av1-config-malformed"], (record) => {
    record.writeUInt8(1, 0);
    return record;
  }),
  brokenConfig("an AV1 sequence header of three bytes", ["av1-config-malformed"], (record) =>
    record.subarray(0, 3),
  ),
  brokenConfig("an AV1 sequence header whose OBU is cut short", ["av1-config-malformed"], (record) =>
    record.subarray(0, -1),
  ),
  brokenConfig("an AV1 sequence header without its OBU", ["av1-config-no-sequence-header"], (record) =>
    record.subarray(0, 4),
  ),
  brokenConfig("an AV1 sequence header of two bytes", ["av1-sequence-malformed"], (record) =>
    Buffer.concat([record.subarray(0, 4), fromHex("0a020000")]),
  ),
  broken("an AV1 level that is not the sequence header's", ["av1-config-mismatch"], (stream) => {
    const { body } = exConfigOf(stream);
    body.writeUInt8(body.readUInt8(6) ^ 1, 6);
  }),
  broken("an AV1 sequence header among the frames that differs", ["av1-sequence-differs"], (stream) => {
    const sequence = dataOf(exConfigOf(ownStream("av1-svt-5.1.nut"))).subarray(4);
    const other = Buffer.from(sequence);
    other.writeUInt8(other.readUInt8(2) ^ 0x20, 2); // seq_profile 1: without the bits of mono_chrome and position
    const tag = exFrameAt(stream, 10);
    setData(tag, Buffer.concat([other, dataOf(tag)]));
  }),
  broken("an OBU longer than its tag", ["av1-obu-malformed"], (stream) => {
    const tag = exFrameAt(stream, 5);
    tag.body = tag.body.subarray(0, -3);
  }),
  broken("an OBU with obu_forbidden_bit", ["av1-obu-malformed"], (stream) => {
    const tag = exFrameAt(stream, 5);
    tag.body.writeUInt8(tag.body.readUInt8(5) | 0x80, 5);
  }),
  broken("an OBU without its size", ["av1-obu-without-size"], (stream) => {
    const tag = exFrameAt(stream, 5);
    const data = dataOf(tag);
    const sizeBytes = data.subarray(1).findIndex((byte) => (byte & 0x80) === 0) + 1;
    setData(tag, Buffer.concat([Buffer.of(data.readUInt8(0) & ~2), data.subarray(1 + sizeBytes)]));
  }),
  broken("AV1 with temporal delimiters", ["av1-temporal-delimiter"], (stream) => {
    for (const tag of exFrames(stream)) setData(tag, Buffer.concat([fromHex("1200"), dataOf(tag)]));
  }),
  broken("AV1 with composition times", ["av1-composition-time"], (stream) => {
    for (const tag of exFrames(stream)) setData(tag, Buffer.concat([fromHex("000028"), dataOf(tag)]));
  }),
  broken("AV1 with negative composition times", ["av1-composition-time"], (stream) => {
    for (const tag of exFrames(stream)) setData(tag, Buffer.concat([fromHex("ffffd8"), dataOf(tag)]));
  }),
  broken("a frame of AV1 without data", ["picture-empty"], (stream) =>
    setData(exFrameAt(stream, 5), Buffer.alloc(0)),
  ),
  broken("a sequence header of AV1 without a frame", ["picture-empty"], (stream) =>
    setData(exFrameAt(stream, 5), sequenceOf(stream)),
  ),
  broken("an inter frame of AV1 marked as a key frame", ["av1-key-frame-wrong"], (stream) =>
    exFrameAt(stream, 5).body.writeUInt8(0x91, 0),
  ),
  broken("a KEY_FRAME marked as an inter frame", ["av1-key-not-marked"], (stream) =>
    exFrameAt(stream, 10).body.writeUInt8(0xa1, 0),
  ),
  broken("CodedFramesX of AV1", ["video-coded-frames-x"], (stream) => {
    const tag = exFrameAt(stream, 5);
    tag.body = exBody(0xa3, "av01", dataOf(tag));
  }),
  broken("AV1 whose inter frames go on behind its end", ["frames-after-end"], (stream) => {
    const tag = exFrameAt(stream, 5);
    stream.tags.splice(stream.tags.indexOf(tag), 0, { ...tag, body: exBody(0x92, "av01") });
  }),
];
