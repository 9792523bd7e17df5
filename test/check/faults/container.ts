import { isAudio, isSound, isVideo, type RawStream, readRaw, TYPE, write, writeTag } from "../raw-stream.ts";
import { brokenBytes, brokenFile, type Fault } from "../sample.ts";

/** Some tag in the middle. */
function middle(stream: RawStream) {
  const tag = stream.tags[70];
  if (tag === undefined) throw new Error("the stream is too short");
  return tag;
}

const clean = () => readRaw("clean");

/** Streams whose header or tags are broken. */
export const containerFaults: readonly Fault[] = [
  brokenBytes("a stream of no bytes", ["stream-empty"], () => Buffer.alloc(0)),
  brokenBytes("a stream cut within its header", ["header-truncated"], () => write(clean()).subarray(0, 7)),
  brokenFile("another signature before a sound stream", ["signature-wrong"], ({ header }) =>
    header.write("FLX"),
  ),
  brokenBytes("an HTML page", ["signature-wrong"], () =>
    Buffer.from("<!doctype html><title>Not found</title><p>There is no such stream here."),
  ),
  brokenBytes("an MP4 file", ["signature-wrong"], () =>
    Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isomiso2avc1mp41"),
  ),
  brokenBytes("bytes of chance", ["signature-wrong"], () =>
    Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919 + 13) % 251)),
  ),
  brokenBytes("tags without a header before them", ["header-missing"], () => write(clean()).subarray(13)),
  brokenFile("version 2", ["header-version"], ({ header }) => header.writeUInt8(2, 3)),
  brokenFile("reserved bits in TypeFlags", ["header-reserved-bits"], ({ header }) =>
    header.writeUInt8(0xf5, 4),
  ),
  brokenFile("a DataOffset of 0", ["header-data-offset"], ({ header }) => header.writeUInt32BE(0, 5)),
  brokenFile("a DataOffset beyond the header", ["header-data-offset"], ({ header }) =>
    header.writeUInt32BE(30, 5),
  ),
  brokenFile("a header that promises audio, and none", ["header-promises-audio"], (stream) => {
    stream.tags = stream.tags.filter((tag) => !isAudio(tag));
  }),
  brokenFile("a header that promises video, and none", ["header-promises-video"], (stream) => {
    stream.tags = stream.tags.filter((tag) => !isVideo(tag));
  }),
  brokenFile("audio that the header hides", ["header-hides-audio"], ({ header }) => header.writeUInt8(1, 4)),
  brokenFile("video that the header hides", ["header-hides-video"], ({ header }) => header.writeUInt8(4, 4)),
  brokenFile("a second header among the tags", ["header-repeated"], (stream) => {
    middle(stream).before = Buffer.concat([stream.header, stream.previousTagSize0]);
  }),
  brokenFile("a PreviousTagSize0 of 9", ["previous-tag-size-0"], (stream) =>
    stream.previousTagSize0.writeUInt32BE(9),
  ),
  brokenFile("no PreviousTagSize0", ["previous-tag-size-0-missing"], (stream) => {
    stream.previousTagSize0 = Buffer.alloc(0);
  }),
  brokenFile("one wrong PreviousTagSize", ["previous-tag-size"], (stream) => {
    middle(stream).previousTagSize = 4711;
  }),
  brokenFile("each PreviousTagSize 0", ["previous-tag-size"], (stream) => {
    for (const tag of stream.tags) tag.previousTagSize = 0;
  }),
  brokenFile("each PreviousTagSize that of the data alone", ["previous-tag-size"], (stream) => {
    for (const tag of stream.tags) tag.previousTagSize = tag.body.length;
  }),
  brokenFile("a PreviousTagSize left out in the middle", ["previous-tag-size-left-out"], (stream) => {
    middle(stream).previousTagSize = null;
  }),
  brokenFile(
    "no PreviousTagSize anywhere",
    ["previous-tag-size-left-out", "previous-tag-size-missing"],
    (stream) => {
      for (const tag of stream.tags) tag.previousTagSize = null;
    },
  ),
  brokenFile("no PreviousTagSize at the end", ["previous-tag-size-missing"], (stream) => {
    const last = stream.tags.at(-1);
    if (last !== undefined) last.previousTagSize = null;
  }),
  brokenFile("a DataSize that is too small", ["tag-size-wrong"], (stream) => {
    middle(stream).dataSize = middle(stream).body.length - 10;
  }),
  brokenFile("a DataSize that is too large", ["tag-size-wrong"], (stream) => {
    middle(stream).dataSize = middle(stream).body.length + 10;
  }),
  brokenFile("the largest DataSize there is", ["tag-size-wrong"], (stream) => {
    middle(stream).dataSize = 0xff_ffff;
  }),
  brokenFile("a DataSize of 0 before data", ["tag-size-wrong"], (stream) => {
    middle(stream).dataSize = 0;
  }),
  brokenFile("a tag type that is none", ["tag-type-unknown"], (stream) => {
    stream.tags.splice(70, 0, { type: 15, timestampMs: 0, streamId: 0, body: Buffer.from("what?") });
  }),
  brokenFile("reserved bits in a tag's type", ["tag-reserved-bits"], (stream) => {
    middle(stream).type |= 0x80;
  }),
  brokenFile("an encrypted tag", ["tag-encrypted"], (stream) => {
    const sound = stream.tags.filter(isSound)[20];
    if (sound !== undefined) sound.type |= 0x20;
  }),
  brokenFile("encrypted tags alone", ["tag-encrypted"], (stream) => {
    for (const tag of stream.tags) tag.type |= 0x20;
  }),
  brokenFile("a StreamID of 1 in one tag", ["tag-stream-id"], (stream) => {
    middle(stream).streamId = 1;
  }),
  brokenFile("a StreamID of 1 in all tags", ["tag-stream-id"], (stream) => {
    for (const tag of stream.tags) tag.streamId = 1;
  }),
  brokenFile("a tag without data", ["tag-empty"], (stream) => {
    stream.tags.splice(70, 0, { ...middle(stream), body: Buffer.alloc(0) });
  }),
  brokenFile("garbage between two tags", ["sync-lost"], (stream) => {
    middle(stream).before = Buffer.from("HTTP/1.1 500 Internal Server Error\r\n\r\n");
  }),
  brokenFile("zeros between two tags", ["sync-lost"], (stream) => {
    middle(stream).before = Buffer.alloc(500);
  }),
  brokenFile("garbage behind the last tag", ["sync-lost"], (stream) => {
    stream.tail = Buffer.from("and they lived happily ever after");
  }),
  brokenFile("a tag that lost its beginning", ["sync-lost"], (stream) => {
    const [lost] = stream.tags.splice(70, 1);
    if (lost !== undefined) middle(stream).before = writeTag(lost).subarray(5);
  }),
  brokenFile("an end within a tag's data", ["stream-truncated"], (stream) => {
    stream.tail = writeTag(middle(stream)).subarray(0, 40);
  }),
  brokenFile("an end within a tag's header", ["stream-truncated"], (stream) => {
    stream.tail = writeTag(middle(stream)).subarray(0, 6);
  }),
  brokenFile("metadata and nothing else", ["no-media"], (stream) => {
    stream.tags = stream.tags.filter(({ type }) => type === TYPE.script);
  }),
  brokenBytes("a header and nothing else", ["no-media"], () => write(clean()).subarray(0, 13)),
];
