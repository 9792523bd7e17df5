import {
  isAudioConfig,
  isSound,
  type RawStream,
  type RawTag,
  readRaw,
  repeated,
  TYPE,
} from "../raw-stream.ts";
import { brokenFile, type Fault, withoutDuration } from "../sample.ts";
import { say } from "./metadata.ts";

function soundAt(stream: RawStream, index = 40): RawTag {
  const tag = stream.tags.filter(isSound)[index];
  if (tag === undefined) throw new Error("the stream is too short");
  return tag;
}

function configOf(stream: RawStream): RawTag {
  const tag = stream.tags.find(isAudioConfig);
  if (tag === undefined) throw new Error("the stream has no settings");
  return tag;
}

/** Sound of 44,100 Hz, stereo, without SBR: 12 10 56 e5 00. */
function setConfig(stream: RawStream, hex: string): void {
  configOf(stream).body = Buffer.from(`af00${hex}`, "hex");
}

function insertEnhanced(stream: RawStream, first: number, fourCc: string): void {
  const body = Buffer.concat([Buffer.of(first), Buffer.from(fourCc), Buffer.from("frame")]);
  const at = stream.tags.indexOf(soundAt(stream));
  stream.tags.splice(at, 0, { type: TYPE.audio, timestampMs: 0, streamId: 0, body });
}

const mp3 = () => readRaw("mp3");

/** Streams whose sound is broken. */
export const audioFaults: readonly Fault[] = [
  brokenFile("sound of a format that is none", ["audio-codec-unknown"], (stream) =>
    soundAt(stream).body.writeUInt8(0xcf, 0),
  ),
  brokenFile("sound of Speex", ["audio-codec-old"], (stream) => soundAt(stream).body.writeUInt8(0xbf, 0)),
  brokenFile("an audio FourCC that is none", ["audio-fourcc-unknown", "enhanced-rtmp"], (stream) =>
    insertEnhanced(stream, 0x91, "what"),
  ),
  brokenFile("an AudioPacketType that is none", ["audio-ex-packet-type", "enhanced-rtmp"], (stream) =>
    insertEnhanced(stream, 0x9c, "mp4a"),
  ),
  brokenFile("no audio sequence header", ["audio-config-missing"], (stream) => {
    stream.tags = stream.tags.filter((tag) => !isAudioConfig(tag));
  }),
  brokenFile("an audio sequence header behind the first sound", ["audio-config-late"], (stream) => {
    const config = configOf(stream);
    stream.tags = stream.tags.filter((tag) => tag !== config);
    stream.tags.splice(stream.tags.indexOf(soundAt(stream, 10)), 0, config);
  }),
  brokenFile("other audio settings in mid-stream", ["audio-config-changed"], (stream) => {
    const config = { ...configOf(stream), body: Buffer.from("af001210", "hex") };
    stream.tags.splice(stream.tags.indexOf(soundAt(stream)), 0, config);
  }),
  brokenFile("an AACPacketType that is none", ["aac-packet-type"], (stream) =>
    soundAt(stream).body.writeUInt8(2, 1),
  ),
  brokenFile("an AudioSpecificConfig cut short", ["aac-config-malformed"], (stream) =>
    setConfig(stream, "12"),
  ),
  brokenFile("a sampling frequency that is reserved", ["aac-config-malformed"], (stream) =>
    setConfig(stream, "1690"),
  ),
  brokenFile("SoundType mono before AAC", ["aac-sound-fields"], ({ tags }) => {
    for (const tag of tags.filter((one) => isSound(one) || isAudioConfig(one))) tag.body.writeUInt8(0xae, 0);
  }),
  brokenFile("AAC with its ADTS headers", ["aac-adts"], ({ tags }) => {
    for (const tag of tags.filter(isSound)) tag.body = withAdts(tag.body);
  }),
  brokenFile("an AAC frame of no bytes", ["aac-frame-empty"], (stream) => {
    soundAt(stream).body = Buffer.from("af01", "hex");
  }),
  brokenFile("mono said of stereo frames", ["aac-channels-mismatch"], (stream) => {
    setConfig(stream, "1208");
    say(stream, "stereo", false);
  }),
  brokenFile("48 kHz said of 44.1", ["audio-rate-mismatch"], (stream) => {
    setConfig(stream, "1190");
    say(stream, "audiosamplerate", 48_000);
  }),
  brokenFile("22.05 kHz said of 44.1", ["audio-rate-mismatch"], (stream) => setConfig(stream, "1390")),
  brokenFile(
    "sound whose time runs 2 % too fast",
    ["audio-drift"],
    ({ tags }) => {
      for (const tag of tags.filter(isSound)) tag.timestampMs = Math.round(tag.timestampMs * 1.02);
    },
    () => repeated(withoutDuration(readRaw("clean")), 10),
  ),
  brokenFile(
    "MP3 that does not begin with a frame",
    ["mp3-frame-malformed"],
    (stream) => soundAt(stream, 20).body.fill(0, 1, 5),
    mp3,
  ),
  brokenFile(
    "another SoundRate than the MP3's",
    ["mp3-sound-fields"],
    ({ tags }) => {
      for (const tag of tags.filter(isSound)) tag.body.writeUInt8(0x2b, 0);
    },
    mp3,
  ),
  brokenFile(
    "mono said of MP3 in stereo",
    ["mp3-sound-fields"],
    ({ tags }) => {
      for (const tag of tags.filter(isSound)) tag.body.writeUInt8(0x2e, 0);
    },
    mp3,
  ),
];

/** Syncword, MPEG-4, no CRC, AAC-LC, 44.1 kHz, stereo (ISO/IEC 14496-3, 1.A.2.2). */
function withAdts(body: Buffer): Buffer {
  const frame = body.subarray(2);
  const length = 7 + frame.length;
  const header = Buffer.of(
    ...[0xff, 0xf1, 0x50, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc],
  );
  return Buffer.concat([body.subarray(0, 2), header, frame]);
}
