import { isKey, isPicture, isSound, type RawStream, type RawTag, readRaw, repeated } from "../raw-stream.ts";
import { brokenFile, brokenLive, type Fault, withoutDuration } from "../sample.ts";

/** So many times two seconds. */
const long = (times: number) => () => repeated(withoutDuration(readRaw("clean")), times);

function framesOf({ tags }: RawStream): RawTag[] {
  return tags.filter((tag) => isPicture(tag) || isSound(tag));
}

function pictureAt(stream: RawStream, index: number): RawTag {
  const tag = stream.tags.filter(isPicture)[index];
  if (tag === undefined) throw new Error("the stream is too short");
  return tag;
}

function drop(stream: RawStream, isDropped: (tag: RawTag) => boolean): void {
  stream.tags = stream.tags.filter((tag) => !isDropped(tag));
}

/** When a tag comes, if sound comes two seconds late. */
function lateSound(tag: RawTag): number {
  return tag.timestampMs + (isSound(tag) ? 2000 : 0);
}

const unchanged = () => undefined;

/** Streams whose time is broken: that of the tags, or that of their arrival. */
export const timeFaults: readonly Fault[] = [
  brokenFile("a picture half a second in the past", ["timestamp-backwards"], (stream) => {
    pictureAt(stream, 30).timestampMs -= 500;
  }),
  brokenFile("sound that begins again at 0", ["timestamp-backwards"], (stream) => {
    const late = stream.tags.filter(isSound).slice(50);
    for (const tag of late) tag.timestampMs -= late[0]?.timestampMs === undefined ? 0 : 1161;
  }),
  brokenFile(
    "time of 24 bits that wraps",
    ["timestamp-24-bit-wrap"],
    (stream) => {
      for (const tag of framesOf(stream)) tag.timestampMs = (tag.timestampMs + 2 ** 24 - 1000) & 0xff_ffff;
    },
    long(1),
  ),
  brokenFile("a negative time", ["timestamp-negative"], (stream) => {
    pictureAt(stream, 0).timestampMs = -40;
  }),
  brokenFile(
    "time an hour before its end",
    ["timestamp-near-end"],
    (stream) => {
      for (const tag of framesOf(stream)) tag.timestampMs += 2 ** 31 - 3_600_000;
    },
    long(1),
  ),
  brokenFile("two pictures of the same time", ["timestamp-repeated"], (stream) => {
    pictureAt(stream, 30).timestampMs = pictureAt(stream, 29).timestampMs;
  }),
  brokenFile("two sounds of the same time", ["timestamp-repeated"], ({ tags }) => {
    const [, , a, b] = tags.filter(isSound);
    if (a !== undefined && b !== undefined) b.timestampMs = a.timestampMs;
  }),
  brokenFile(
    "time that jumps ahead by two minutes",
    ["timestamp-jump"],
    (stream) => {
      for (const tag of framesOf(stream)) if (tag.timestampMs > 3000) tag.timestampMs += 120_000;
    },
    long(3),
  ),
  brokenFile(
    "three seconds without pictures",
    ["video-gap"],
    (stream) => drop(stream, (tag) => isPicture(tag) && tag.timestampMs > 2000 && tag.timestampMs < 5000),
    long(3),
  ),
  brokenFile(
    "a second without sound",
    ["audio-gap"],
    (stream) => drop(stream, (tag) => isSound(tag) && tag.timestampMs > 2000 && tag.timestampMs < 3000),
    long(3),
  ),
  brokenLive("live pictures that end", ["video-stops"], (stream) =>
    drop(stream, (tag) => isPicture(tag) && tag.timestampMs > 6000),
  ),
  brokenLive("live sound that ends", ["audio-stops"], (stream) =>
    drop(stream, (tag) => isSound(tag) && tag.timestampMs > 6000),
  ),
  brokenFile(
    "a file whose sound ends early",
    ["tracks-end-apart"],
    (stream) => drop(stream, (tag) => isSound(tag) && tag.timestampMs > 6000),
    long(6),
  ),
  brokenFile(
    "sound that begins two seconds late",
    ["start-offset"],
    (stream) => drop(stream, (tag) => isSound(tag) && tag.timestampMs < 2000),
    long(3),
  ),
  brokenFile(
    "sound that stands behind the pictures of two seconds later",
    ["interleave-gap"],
    (stream) => {
      stream.tags.sort((a, b) => lateSound(a) - lateSound(b));
    },
    long(3),
  ),
  brokenFile("a picture shown before it is decoded", ["composition-time-negative"], (stream) =>
    pictureAt(stream, 30).body.writeIntBE(-20, 2, 3),
  ),
  brokenFile("a picture shown ten seconds later", ["composition-time-huge"], (stream) =>
    pictureAt(stream, 30).body.writeIntBE(10_000, 2, 3),
  ),
  brokenFile(
    "B-frames without composition times",
    ["composition-time-missing"],
    ({ tags }) => {
      for (const tag of tags.filter(isPicture)) tag.body.writeIntBE(0, 2, 3);
    },
    () => readRaw("b-frames"),
  ),
  brokenFile("all pictures shown 100 ms later", ["composition-time-constant"], ({ tags }) => {
    for (const tag of tags.filter(isPicture)) tag.body.writeIntBE(100, 2, 3);
  }),
  brokenFile("two pictures shown at the same moment", ["presentation-time-repeated"], (stream) =>
    pictureAt(stream, 30).body.writeIntBE(40, 2, 3),
  ),
  brokenFile("an inter frame at the beginning", ["starts-without-key-frame"], (stream) =>
    drop(stream, (tag) => tag === pictureAt(stream, 0)),
  ),
  brokenFile("inter frames alone", ["no-key-frame"], (stream) => drop(stream, isKey)),
  brokenFile(
    "24 s without a key frame",
    ["group-long"],
    (stream) => drop(stream, (tag) => isKey(tag) && tag.timestampMs > 100),
    long(12),
  ),
  brokenFile(
    "8 s without a key frame",
    ["group-longish"],
    (stream) => drop(stream, (tag) => isKey(tag) && tag.timestampMs > 100),
    long(4),
  ),
  brokenLive("a live stream that begins with 11 s of the past", ["burst-long"], unchanged, (timestampMs) =>
    Math.max(0, timestampMs - 10_500),
  ),
  brokenLive(
    "a live stream at nine tenths of its speed",
    ["pace-slow"],
    unchanged,
    (timestampMs) => timestampMs / 0.9,
  ),
  brokenLive(
    "a live stream at one and a half of its speed",
    ["pace-fast"],
    unchanged,
    (timestampMs) => timestampMs / 1.5,
  ),
  brokenLive("a live stream that pauses for three seconds", ["stall"], unchanged, (timestampMs) =>
    timestampMs > 4000 && timestampMs < 7000 ? 7000 : timestampMs,
  ),
];
