import { exConfigOf, exFrameAt, exFrames, setData } from "../ex-editing.ts";
import { ownStream } from "../own-stream.ts";
import { isAudioConfig, isSound, type RawStream, type RawTag, readRaw, repeated } from "../raw-stream.ts";
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

const mp3 = () => readRaw("mp3");
const opus = () => ownStream("opus-5.1.nut");
const alaw = () => ownStream("alaw-5.1.nut");

/** The OpusHead of a stream, changed. */
function setHead(stream: RawStream, hex: string): void {
  const tag = exConfigOf(stream);
  setData(tag, Buffer.concat([Buffer.from("OpusHead"), Buffer.from(hex.replaceAll(" ", ""), "hex")]));
}

function brokenOpus(title: string, finds: Fault["finds"], change: (stream: RawStream) => void): Fault {
  return brokenFile(title, [...finds, "enhanced-rtmp"], change, opus);
}

/** Streams whose sound is broken. */
export const audioFaults: readonly Fault[] = [
  brokenFile("sound of a format that is none", ["audio-codec-unknown"], (stream) =>
    soundAt(stream).body.writeUInt8(0xcf, 0),
  ),
  brokenFile("sound of Speex", ["audio-codec-old"], (stream) => soundAt(stream).body.writeUInt8(0xbf, 0)),
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
  brokenFile(
    "MP3 cut short",
    ["mp3-frame-size"],
    (stream) => {
      const tag = soundAt(stream, 20);
      tag.body = tag.body.subarray(0, -9);
    },
    mp3,
  ),
  brokenFile(
    "two frames of MP3 in a tag",
    ["mp3-frame-size"],
    (stream) => {
      const tag = soundAt(stream, 20);
      tag.body = Buffer.concat([tag.body, tag.body.subarray(1)]);
    },
    mp3,
  ),
  brokenFile(
    "MP3 as flvcast writes it",
    [],
    () => {},
    () => ownStream("mp3-5.1.nut"),
  ),
  brokenFile(
    "MP3 as SoundFormat 14",
    ["audio-codec-old", "metadata-audio-codec-wrong"],
    ({ tags }) => {
      for (const tag of tags.filter(isSound)) tag.body.writeUInt8(0xe6, 0);
    },
    mp3,
  ),
  brokenFile(
    "HE-AAC as flvcast writes it",
    [],
    () => {},
    () => ownStream("he-aac.nut"),
  ),
  brokenFile(
    "HE-AACv2 as flvcast writes it",
    [],
    () => {},
    () => ownStream("he-aacv2.nut"),
  ),
  brokenFile(
    "AAC with a layout of its own",
    ["aac-channel-layout"],
    () => {},
    () => ownStream("pce.nut"),
  ),
  brokenFile("AAC with channelConfiguration 12", ["aac-channel-layout"], (stream) => {
    setConfig(stream, "1260");
    say(stream, "stereo", false);
  }),
  brokenOpus("an OpusHead without its magic", ["opus-config-malformed"], (stream) =>
    setData(exConfigOf(stream), Buffer.from("0102380180bb0000000000", "hex")),
  ),
  brokenOpus("an OpusHead cut short", ["opus-config-malformed"], (stream) =>
    setHead(stream, "01 02 3801 80bb0000 0000"),
  ),
  brokenOpus("an OpusHead of six channels without a mapping", ["opus-config-malformed"], (stream) =>
    setHead(stream, "01 06 3801 80bb0000 0000 00"),
  ),
  brokenOpus("an OpusHead whose mapping is cut short", ["opus-config-malformed"], (stream) =>
    setHead(stream, "01 06 3801 80bb0000 0000 01 04 02 0004010203"),
  ),
  brokenOpus("Opus of mapping family 255", ["opus-mapping-family"], (stream) => {
    setHead(stream, "01 02 3801 80bb0000 0000 ff 02 00 0001");
  }),
  brokenOpus("an Opus packet of no bytes", ["opus-packet-malformed"], (stream) =>
    setData(exFrameAt(stream, 5), Buffer.alloc(0)),
  ),
  brokenOpus("Opus packets of 10 ms, twice as many", ["opus-packet-duration"], (stream) => {
    const frames = exFrames(stream);
    for (const [index, tag] of frames.entries()) {
      tag.timestampMs = index * 10;
      const toc = tag.body.readUInt8(5); // CELT: its length stands in two bits, of which 3 is 20 ms
      tag.body.writeUInt8(toc & ~0b1000, 5);
    }
  }),
  brokenOpus("Opus that comes half as fast as it should", ["audio-rate-mismatch"], (stream) => {
    for (const [index, tag] of exFrames(stream).entries()) tag.timestampMs = index * 40;
  }),
  brokenFile("A-law", ["audio-g711"], () => {}, alaw),
  brokenFile(
    "µ-law",
    ["audio-g711"],
    () => {},
    () => ownStream("mulaw-5.1.nut"),
  ),
  brokenFile(
    "A-law marked as 44.1 kHz stereo",
    ["audio-g711", "g711-sound-fields"],
    (stream) => {
      for (const tag of stream.tags.filter(isSound)) tag.body.writeUInt8(0x7f, 0);
      say(stream, "audiosamplerate", 44_100);
      say(stream, "stereo", true);
    },
    alaw,
  ),
  brokenFile(
    "A-law of 16 kHz in a tag of 8 kHz",
    ["audio-g711", "audio-rate-mismatch"],
    (stream) => {
      const sounds = stream.tags.filter(isSound);
      for (const [index, tag] of [...sounds, ...sounds].entries()) tag.timestampMs = index * 10;
      stream.tags.push(
        ...sounds.map((tag, index) => ({ ...tag, timestampMs: (sounds.length + index) * 10 })),
      );
      for (const [index, tag] of sounds.entries()) tag.timestampMs = index * 10;
    },
    alaw,
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
