import { readFileSync } from "node:fs";
import { changeRecord, configOf, fromHex, HEAD_BYTES, partsOf, setUnits, unitsOf } from "../avc-editing.ts";
import { isKey, isPicture, isVideoConfig, type RawStream, type RawTag } from "../raw-stream.ts";
import { brokenFile, type Fault } from "../sample.ts";

/** Pictures but the first group's. */
function pictureAt(stream: RawStream, index = 25): RawTag {
  const tag = stream.tags.filter(isPicture)[index];
  if (tag === undefined) throw new Error("the stream is too short");
  return tag;
}

/** The SPS of a smaller profile and another size. */
function otherSps(): Buffer {
  const stream = readFileSync("test/fixtures/baseline.h264");
  const start = stream.indexOf(fromHex("00 00 00 01 67")) + 4;
  return stream.subarray(start, stream.indexOf(fromHex("00 00 01"), start) - 1);
}

/** Streams whose pictures are broken. */
export const videoFaults: readonly Fault[] = [
  brokenFile("a picture of a codec that is none", ["video-codec-unknown"], (stream) =>
    pictureAt(stream).body.writeUInt8(0x29, 0),
  ),
  brokenFile("a picture of VP6", ["video-codec-old"], (stream) => pictureAt(stream).body.writeUInt8(0x24, 0)),
  brokenFile("FrameType 0", ["video-frame-type"], (stream) => pictureAt(stream).body.writeUInt8(0x07, 0)),
  brokenFile("a disposable inter frame of H.264", ["video-frame-type"], (stream) =>
    pictureAt(stream).body.writeUInt8(0x37, 0),
  ),
  brokenFile("a video tag of three bytes", ["video-tag-short"], (stream) => {
    pictureAt(stream).body = fromHex("27 01 00");
  }),
  brokenFile("no video sequence header", ["video-config-missing"], (stream) => {
    stream.tags = stream.tags.filter((tag) => !isVideoConfig(tag));
  }),
  brokenFile("a video sequence header behind the first pictures", ["video-config-late"], (stream) => {
    const config = configOf(stream);
    stream.tags = stream.tags.filter((tag) => tag !== config);
    stream.tags.splice(stream.tags.indexOf(pictureAt(stream, 10)), 0, config);
  }),
  brokenFile("other video settings in mid-stream", ["video-config-changed"], (stream) => {
    const [, , key] = stream.tags.filter(isKey);
    const config = { ...configOf(stream), body: Buffer.from(configOf(stream).body) };
    config.body.writeUInt8(1, HEAD_BYTES + 2);
    if (key !== undefined) stream.tags.splice(stream.tags.indexOf(key), 0, config);
  }),
  brokenFile(
    "other video settings without a key frame behind them",
    ["video-config-without-key-frame", "video-config-changed"],
    (stream) => {
      const config = { ...configOf(stream), body: Buffer.from(configOf(stream).body) };
      config.body.writeUInt8(1, HEAD_BYTES + 2);
      stream.tags.splice(stream.tags.indexOf(pictureAt(stream)), 0, config);
    },
  ),
  brokenFile("an AVCPacketType that is none", ["avc-packet-type"], (stream) =>
    pictureAt(stream).body.writeUInt8(5, 1),
  ),
  brokenFile("a video sequence header cut short", ["avc-config-malformed"], (stream) => {
    const tag = configOf(stream);
    tag.body = tag.body.subarray(0, 20);
  }),
  brokenFile("an empty video sequence header", ["avc-config-malformed"], (stream) => {
    const tag = configOf(stream);
    tag.body = tag.body.subarray(0, HEAD_BYTES);
  }),
  brokenFile("a configurationVersion of 0", ["avc-config-version"], (stream) =>
    changeRecord(stream, ({ front }) => front.writeUInt8(0, 0)),
  ),
  brokenFile("a sequence header of start codes", ["avc-config-annex-b"], (stream) => {
    const { sps, pps } = partsOf(stream);
    const tag = configOf(stream);
    const code = fromHex("00 00 00 01");
    tag.body = Buffer.concat([tag.body.subarray(0, HEAD_BYTES), code, ...sps, code, ...pps]);
  }),
  brokenFile("a sequence header without SPS", ["avc-config-no-sps"], (stream) =>
    changeRecord(stream, (record) => {
      record.sps = [];
    }),
  ),
  brokenFile("a sequence header without PPS", ["avc-config-no-pps"], (stream) =>
    changeRecord(stream, (record) => {
      record.pps = [];
    }),
  ),
  brokenFile("NAL lengths of 3 bytes", ["avc-config-length-size"], (stream) =>
    changeRecord(stream, ({ front }) => front.writeUInt8(0xfe, 4)),
  ),
  brokenFile("NAL lengths of 2 bytes", ["avc-config-length-size"], (stream) => {
    changeRecord(stream, ({ front }) => front.writeUInt8(0xfd, 4));
    for (const tag of stream.tags.filter(isPicture)) setUnits(tag, unitsOf(tag), 2);
  }),
  brokenFile("reserved bits of the sequence header left 0", ["avc-config-reserved-bits"], (stream) =>
    changeRecord(stream, ({ front }) => front.writeUInt8(0x03, 4)),
  ),
  brokenFile("a profile that is not the SPS's", ["avc-config-profile-mismatch"], (stream) =>
    changeRecord(stream, ({ front }) => front.writeUInt8(66, 1)),
  ),
  brokenFile("a level that is not the SPS's", ["avc-config-profile-mismatch"], (stream) =>
    changeRecord(stream, ({ front }) => front.writeUInt8(51, 3)),
  ),
  brokenFile("a sequence header that is no key frame", ["avc-config-frame-type"], (stream) =>
    configOf(stream).body.writeUInt8(0x27, 0),
  ),
  brokenFile("a sequence header with a composition time", ["avc-config-composition-time"], (stream) =>
    configOf(stream).body.writeIntBE(80, 2, 3),
  ),
  brokenFile("an SPS cut short", ["sps-malformed"], (stream) =>
    changeRecord(stream, (record) => {
      record.sps = record.sps.map((unit) => unit.subarray(0, 4));
    }),
  ),
  brokenFile("an SPS among the pictures that differs", ["sps-in-band-differs"], (stream) => {
    const [, , key] = stream.tags.filter(isKey);
    if (key !== undefined) setUnits(key, [otherSps(), ...unitsOf(key)]);
  }),
  brokenFile("start codes for lengths", ["nal-annex-b"], ({ tags }) => {
    const code = fromHex("00 00 00 01");
    for (const tag of tags.filter(isPicture)) {
      const units = unitsOf(tag).flatMap((unit) => [code, unit]);
      tag.body = Buffer.concat([tag.body.subarray(0, HEAD_BYTES), ...units]);
    }
  }),
  brokenFile("a NAL unit longer than its tag", ["nal-length"], (stream) => {
    const tag = pictureAt(stream);
    tag.body = tag.body.subarray(0, -7);
  }),
  brokenFile("two bytes behind the last NAL unit", ["nal-length"], (stream) => {
    const tag = pictureAt(stream);
    tag.body = Buffer.concat([tag.body, fromHex("00 00")]);
  }),
  brokenFile("a NAL unit of no bytes", ["nal-empty"], (stream) => {
    const tag = pictureAt(stream);
    setUnits(tag, [...unitsOf(tag), Buffer.alloc(0)]);
  }),
  brokenFile("forbidden_zero_bit set", ["nal-header"], (stream) => {
    const tag = pictureAt(stream);
    setUnits(tag, [fromHex("c1 9a 00"), ...unitsOf(tag)]);
  }),
  brokenFile("a picture of supplements alone", ["picture-empty"], (stream) =>
    setUnits(pictureAt(stream), [fromHex("06 05 01 00 80")]),
  ),
  brokenFile("a picture without data", ["picture-empty"], (stream) => setUnits(pictureAt(stream), [])),
  // first_mb_in_slice 0, slice_type 0, pic_parameter_set_id 5
  brokenFile("a slice that refers to a PPS that never came", ["slice-without-parameter-sets"], (stream) =>
    setUnits(pictureAt(stream), [fromHex("41 cd 80 00 80")]),
  ),
  brokenFile("a slice without its header", ["slice-malformed"], (stream) =>
    setUnits(pictureAt(stream), [fromHex("41")]),
  ),
  brokenFile("an inter frame marked as a key frame", ["key-frame-not-idr"], (stream) =>
    pictureAt(stream).body.writeUInt8(0x17, 0),
  ),
  brokenFile("a key frame that is a recovery point", ["key-frame-recovery-point"], (stream) => {
    const tag = pictureAt(stream);
    tag.body.writeUInt8(0x17, 0);
    setUnits(tag, [fromHex("06 06 01 c4 80"), ...unitsOf(tag)]);
  }),
  brokenFile("an IDR picture marked as an inter frame", ["idr-not-marked"], ({ tags }) =>
    tags.filter(isKey)[2]?.body.writeUInt8(0x27, 0),
  ),
  brokenFile("inter frames behind the end of sequence", ["frames-after-end"], (stream) => {
    const tag = pictureAt(stream);
    const end = { ...tag, body: fromHex("17 02 00 00 00") };
    stream.tags.splice(stream.tags.indexOf(tag), 0, end);
  }),
];
