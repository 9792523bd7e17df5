import { fromHex } from "../avc-editing.ts";
import { dataOf, exConfigOf, exFrameAt, exFrames, setData } from "../ex-editing.ts";
import { ownStream } from "../own-stream.ts";
import { isAudio, isVideo, type RawStream, type RawTag, readRaw } from "../raw-stream.ts";
import { brokenFile, type Fault } from "../sample.ts";

const hevc = (): RawStream => ownStream("hevc-5.1.nut");
const EX = "enhanced-rtmp";

/** As ffmpeg writes it, with open groups of pictures. */
function openGroups(): RawStream {
  const stream = readRaw("hevc-opus");
  stream.tags = stream.tags.filter((tag) => !isAudio(tag) && ((tag.body[0] ?? 0) & 0xf) !== 4);
  stream.header.writeUInt8(1, 4);
  return stream;
}

/** As it is done in China since long before Enhanced RTMP: CodecID 12. */
function asCodec12(tag: RawTag): void {
  const { body } = tag;
  const frameType = (body.readUInt8(0) >> 4) & 7;
  const packetType = body.readUInt8(0) & 0xf;
  const isTimed = packetType === 1;
  const time = isTimed ? body.subarray(5, 8) : Buffer.alloc(3);
  const kind = packetType === 3 ? 1 : packetType;
  tag.body = Buffer.concat([Buffer.of((frameType << 4) | 12, kind), time, body.subarray(isTimed ? 8 : 5)]);
}

/** The units of a frame without composition time. */
function unitsOf(tag: RawTag): Buffer[] {
  const units: Buffer[] = [];
  const data = dataOf(tag);
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + data.readUInt32BE(at);
    units.push(data.subarray(at + 4, end));
    at = end;
  }
  return units;
}

function setUnits(tag: RawTag, units: readonly Buffer[], lengthBytes = 4): void {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(lengthBytes);
    length.writeUIntBE(unit.length, 0, lengthBytes);
    return [length, unit];
  });
  setData(tag, Buffer.concat(parts));
}

/** Changes the hvcC, of which this is a copy. */
function changeRecord(stream: RawStream, change: (record: Buffer) => Buffer | void): void {
  const tag = exConfigOf(stream);
  const record = Buffer.from(dataOf(tag));
  setData(tag, change(record) ?? record);
}

/** Where the arrays of an hvcC begin, by their NAL_unit_type. */
function arrayAt(record: Buffer, type: number): number {
  let at = 23;
  while ((record.readUInt8(at) & 0x3f) !== type) at += 5 + record.readUInt16BE(at + 3); // one unit each
  return at;
}

function broken(title: string, finds: Fault["finds"], change: (stream: RawStream) => void): Fault {
  return brokenFile(title, [...finds, EX], change, hevc);
}

/** Streams whose H.265 is broken. */
export const hevcFaults: readonly Fault[] = [
  brokenFile(
    "H.265 as CodecID 12",
    ["video-codec-hevc-12"],
    ({ tags }) => tags.filter(isVideo).forEach(asCodec12),
    hevc,
  ),
  brokenFile(
    "H.265 as CodecID 12, as flvcast writes it",
    ["video-codec-hevc-12"],
    () => {},
    () => ownStream("hevc-5.1.nut", "cdn"),
  ),
  broken("an H.265 sequence header cut short", ["hevc-config-malformed"], (stream) =>
    changeRecord(stream, (record) => record.subarray(0, 20)),
  ),
  broken("an H.265 sequence header whose last set is cut short", ["hevc-config-malformed"], (stream) =>
    changeRecord(stream, (record) => record.subarray(0, -1)),
  ),
  broken("an H.265 sequence header of version 2", ["hevc-config-malformed"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8(2, 0)),
  ),
  broken("an H.265 sequence header of version 0", ["hevc-config-version"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8(0, 0)),
  ),
  broken("an H.265 sequence header of start codes", ["hevc-config-annex-b"], (stream) =>
    changeRecord(stream, (record) =>
      Buffer.concat([fromHex("00000001"), record.subarray(arrayAt(record, 32) + 5)]),
    ),
  ),
  broken("lengths of H.265 of 3 bytes", ["hevc-config-length-size"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8((record.readUInt8(21) & 0xfc) | 2, 21)),
  ),
  broken("lengths of H.265 of 2 bytes", ["hevc-config-length-size"], (stream) => {
    changeRecord(stream, (record) => void record.writeUInt8((record.readUInt8(21) & 0xfc) | 1, 21));
    for (const tag of exFrames(stream)) setUnits(tag, unitsOf(tag), 2);
  }),
  broken("an H.265 sequence header without sets", ["hevc-config-no-sets"], (stream) =>
    changeRecord(stream, (record) => {
      record.writeUInt8(0, 22);
      return record.subarray(0, 23);
    }),
  ),
  broken("an H.265 sequence header without its PPS", ["hevc-config-no-sets"], (stream) =>
    changeRecord(stream, (record) => {
      record.writeUInt8(2, 22);
      return record.subarray(0, arrayAt(record, 34));
    }),
  ),
  broken(
    "an H.265 array of another type than its unit's",
    ["hevc-config-array", "hevc-config-no-sets"],
    (stream) =>
      changeRecord(stream, (record) => void record.writeUInt8(0xa0 | 0b100000, arrayAt(record, 33))),
  ),
  broken("an H.265 profile that is not the SPS's", ["hevc-config-profile-mismatch"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8(2, 1)),
  ),
  broken("an H.265 level that is not the SPS's", ["hevc-config-profile-mismatch"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8(153, 12)),
  ),
  broken("an H.265 bit depth that is not the SPS's", ["hevc-config-profile-mismatch"], (stream) =>
    changeRecord(stream, (record) => void record.writeUInt8(0xfa, 17)),
  ),
  broken("an H.265 SPS cut short", ["sps-malformed"], (stream) =>
    changeRecord(stream, (record) => {
      const at = arrayAt(record, 33);
      const end = at + 5 + record.readUInt16BE(at + 3);
      record.writeUInt16BE(6, at + 3);
      return Buffer.concat([record.subarray(0, at + 11), record.subarray(end)]);
    }),
  ),
  broken("an H.265 SPS among the frames that differs", ["sps-in-band-differs"], (stream) => {
    const record = dataOf(exConfigOf(ownStream("hevc-7.1.nut"))); // 98x58, Main 10
    const at = arrayAt(record, 33);
    const key = exFrames(stream).filter(({ body }) => ((body[0] ?? 0) & 0x70) === 0x10)[1];
    const sps = record.subarray(at + 5, at + 5 + record.readUInt16BE(at + 3));
    if (key !== undefined) setUnits(key, [sps, ...unitsOf(key)]);
  }),
  broken("a NAL unit of H.265 longer than its tag", ["nal-length"], (stream) => {
    const tag = exFrameAt(stream, -5);
    tag.body = tag.body.subarray(0, -3);
  }),
  broken("H.265 with start codes for lengths", ["nal-annex-b"], (stream) => {
    for (const tag of exFrames(stream))
      setData(tag, Buffer.concat(unitsOf(tag).flatMap((unit) => [fromHex("00000001"), unit])));
  }),
  broken("an empty NAL unit of H.265", ["nal-empty"], (stream) => {
    const tag = exFrameAt(stream, -5);
    setUnits(tag, [...unitsOf(tag), Buffer.alloc(0)]);
  }),
  broken("a NAL unit of H.265 without its temporal id", ["nal-header"], (stream) => {
    const tag = exFrameAt(stream, -5);
    setUnits(tag, [...unitsOf(tag), fromHex("4e00aa")]);
  }),
  broken("a NAL unit of H.265 of one byte", ["nal-header"], (stream) => {
    const tag = exFrameAt(stream, -5);
    setUnits(tag, [...unitsOf(tag), fromHex("4e")]);
  }),
  broken("a frame of H.265 of supplements alone", ["picture-empty"], (stream) =>
    setUnits(exFrameAt(stream, -5), [fromHex("4e01 05 01 00 80")]),
  ),
  // first_slice_segment_in_pic_flag 1, slice_pic_parameter_set_id 5
  broken(
    "a slice of H.265 that refers to a PPS that never came",
    ["slice-without-parameter-sets"],
    (stream) => setUnits(exFrameAt(stream, 5), [fromHex("0201 98 80")]),
  ),
  broken("a slice of H.265 without its header", ["slice-malformed"], (stream) =>
    setUnits(exFrameAt(stream, 5), [fromHex("0201")]),
  ),
  broken("an inter frame of H.265 marked as a key frame", ["key-frame-not-irap"], (stream) =>
    exFrameAt(stream, 5).body.writeUInt8(0x93, 0),
  ),
  broken("a recovery point of H.265 marked as a key frame", ["key-frame-recovery-point"], (stream) => {
    const tag = exFrameAt(stream, 5);
    tag.body.writeUInt8(0x93, 0);
    setUnits(tag, [fromHex("4e01 06 01 d0 80"), ...unitsOf(tag)]);
  }),
  broken("an IRAP frame marked as an inter frame", ["irap-not-marked"], (stream) =>
    exFrameAt(stream, 10).body.writeUInt8(0xa3, 0),
  ),
  brokenFile("open groups of H.265", ["hevc-open-gop", EX], () => {}, openGroups),
  broken("an RASL frame behind an IDR frame", ["hevc-rasl-after-idr"], (stream) => {
    const tag = exFrameAt(stream, 5);
    const units = unitsOf(tag);
    for (const unit of units) unit.writeUInt8(9 << 1, 0);
    setUnits(tag, units);
  }),
  brokenFile(
    "B-frames of H.265 without composition times",
    ["composition-time-missing", "hevc-open-gop", EX],
    ({ tags }) => {
      for (const { body } of tags.filter(isVideo)) if ((body.readUInt8(0) & 0xf) === 1) body.fill(0, 5, 8);
    },
    openGroups,
  ),
];
