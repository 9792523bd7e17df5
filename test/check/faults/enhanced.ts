import { fromHex } from "../avc-editing.ts";
import { dataOf, exBody, exConfigOf, exFrameAt, exFrames, insertBefore } from "../ex-editing.ts";
import { ownStream } from "../own-stream.ts";
import { isAudio, isAudioConfig, isVideo, type RawStream, readRaw } from "../raw-stream.ts";
import { brokenFile, type Fault } from "../sample.ts";

const hevc = (): RawStream => ownStream("hevc-5.1.nut");
const opus = (): RawStream => ownStream("opus-5.1.nut");
const EX = "enhanced-rtmp";

function broken(
  title: string,
  finds: Fault["finds"],
  change: (stream: RawStream) => void,
  from = hevc,
): Fault {
  return brokenFile(title, [...finds, EX], change, from);
}

/** Streams with packets of Enhanced RTMP that some players do not read. */
export const enhancedFaults: readonly Fault[] = [
  broken("H.265 as flvcast writes it", [], () => {}),
  broken("Opus as flvcast writes it", [], () => {}, opus),
  broken(
    "a FourCC that is none",
    ["video-fourcc-unknown"],
    (stream) => void exFrameAt(stream, -5).body.write("what", 1),
  ),
  broken("a VideoPacketType that is none", ["video-ex-packet-type"], (stream) =>
    exFrameAt(stream, -5).body.writeUInt8(0xa9, 0),
  ),
  broken("H.265 behind a modifier", ["ex-modifier"], (stream) => {
    for (const tag of exFrames(stream)) {
      const first = tag.body.readUInt8(0);
      // TimestampOffsetNano: three bytes
      tag.body = Buffer.concat([
        Buffer.of(first | 7),
        fromHex("02 000010"),
        Buffer.of(first & 0xf),
        tag.body.subarray(1),
      ]);
    }
  }),
  broken("a second track of H.265", ["ex-multitrack"], (stream) => {
    const tag = exFrameAt(stream, 5);
    insertBefore(
      stream,
      tag,
      Buffer.concat([fromHex("a6 03"), Buffer.from("hvc1"), fromHex("01"), dataOf(tag)]),
    );
  }),
  broken("colors of H.265", ["video-ex-metadata"], (stream) =>
    insertBefore(
      stream,
      exFrameAt(stream, 0),
      exBody(0xd4, "hvc1", fromHex("02 0009"), Buffer.from("colorInfo")),
    ),
  ),
  broken(
    "settings of AV1 as in MPEG-2 TS",
    ["video-mpeg2-ts-start", "av1-order-hint"],
    (stream) => insertBefore(stream, exFrameAt(stream, 0), exBody(0x95, "av01", fromHex("81000c00"))),
    () => ownStream("av1-svt-5.1.nut"),
  ),
  broken(
    "H.264 with a FourCC",
    ["video-fourcc-avc1"],
    ({ tags }) => {
      for (const tag of tags.filter(isVideo)) {
        const [first = 0, packetType = 0] = tag.body;
        const time = packetType === 1 ? tag.body.subarray(2, 5) : Buffer.alloc(0);
        tag.body = exBody((first & 0x70) | 0x80 | packetType, "avc1", time, tag.body.subarray(5));
      }
    },
    () => readRaw("clean"),
  ),
  broken("VP9", ["video-fourcc-rare"], (stream) => {
    for (const tag of exFrames(stream))
      tag.body = exBody((tag.body.readUInt8(0) & 0xf0) | 1, "vp09", dataOf(tag));
    stream.tags = stream.tags.filter((tag) => tag !== exConfigOf(stream));
    for (const tag of stream.tags)
      if (tag.type === 18)
        tag.body = Buffer.from(
          tag.body.toString("latin1").replace(/videocodecid[^]{9}/, `videocodecid\0${vp09}`),
          "latin1",
        );
  }),
  broken(
    "an audio FourCC that is none",
    ["audio-fourcc-unknown"],
    (stream) => insertBefore(stream, exFrameAt(stream, 5), exBody(0x91, "what", fromHex("aa"))),
    opus,
  ),
  broken(
    "an AudioPacketType that is none",
    ["audio-ex-packet-type"],
    (stream) => insertBefore(stream, exFrameAt(stream, 5), exBody(0x9c, "Opus")),
    opus,
  ),
  broken(
    "a second track of Opus",
    ["ex-multitrack"],
    (stream) =>
      insertBefore(
        stream,
        exFrameAt(stream, 5),
        Buffer.concat([fromHex("95 01"), Buffer.from("Opus"), fromHex("01 fc")]),
      ),
    opus,
  ),
  broken(
    "what ffmpeg 8 and later say of channels",
    ["audio-multichannel-config"],
    (stream) => insertBefore(stream, exFrameAt(stream, 0), exBody(0x94, "Opus", fromHex("01 02 00000003"))),
    opus,
  ),
  broken(
    "the same beside AAC, which has no FourCC otherwise",
    ["audio-multichannel-config"],
    (stream) => {
      const sound = stream.tags.filter((tag) => isAudio(tag) && !isAudioConfig(tag))[0];
      if (sound !== undefined) insertBefore(stream, sound, exBody(0x94, "mp4a", fromHex("01 06 0000003f")));
    },
    () => readRaw("clean"),
  ),
  broken(
    "AAC with a FourCC",
    ["audio-fourcc-old-codec"],
    ({ tags }) => {
      for (const tag of tags.filter(isAudio))
        tag.body = exBody(0x90 | (tag.body[1] ?? 0), "mp4a", tag.body.subarray(2));
    },
    () => readRaw("clean"),
  ),
  broken(
    "MP3 with a FourCC",
    ["audio-fourcc-old-codec"],
    ({ tags }) => {
      for (const tag of tags.filter(isAudio)) tag.body = exBody(0x91, ".mp3", tag.body.subarray(1));
    },
    () => readRaw("mp3"),
  ),
  broken(
    "a frame of FLAC",
    ["audio-fourcc-rare", "metadata-audio-codec-wrong"],
    (stream) => {
      for (const tag of exFrames(stream)) tag.body = exBody(0x91, "fLaC", dataOf(tag));
    },
    opus,
  ),
  broken(
    "Opus that goes on behind its end",
    ["frames-after-end"],
    (stream) => insertBefore(stream, exFrameAt(stream, 5), exBody(0x92, "Opus")),
    opus,
  ),
];

/** The FourCC as a number. */
const number = Buffer.alloc(8);
number.writeDoubleBE(Buffer.from("vp09").readUInt32BE(0));
const vp09 = number.toString("latin1");
