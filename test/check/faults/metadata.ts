import { type Amf0Property, type Amf0Value, decodeAmf0, encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { type RawStream, TYPE } from "../raw-stream.ts";
import { brokenFile, brokenLive, type Fault } from "../sample.ts";

function metadataTag(stream: RawStream) {
  const tag = stream.tags.find(({ type }) => type === TYPE.script);
  if (tag === undefined) throw new Error("the stream has no metadata");
  return tag;
}

/** Says something else in onMetaData. */
export function say(stream: RawStream, name: string, value: Amf0Value): void {
  const tag = metadataTag(stream);
  const properties = propertiesOf(tag.body).filter(([known]) => known !== name);
  tag.body = bodyOf("onMetaData", { kind: "ecma-array", properties: [...properties, [name, value]] });
}

function propertiesOf(body: Buffer): readonly Amf0Property[] {
  const [, value] = decodeAmf0(body);
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind === "date")
    throw new Error("onMetaData says nothing");
  return value.properties;
}

function bodyOf(...values: readonly Amf0Value[]): Buffer {
  return Buffer.from(encodeAmf0(...values));
}

/** Streams whose script tags are broken, or lie. */
export const metadataFaults: readonly Fault[] = [
  brokenFile("no onMetaData", ["metadata-missing"], (stream) => {
    stream.tags = stream.tags.filter(({ type }) => type !== TYPE.script);
  }),
  brokenFile("onMetaData behind the first frames", ["metadata-late"], (stream) => {
    const [metadata] = stream.tags.splice(0, 1);
    if (metadata !== undefined) stream.tags.splice(20, 0, metadata);
  }),
  brokenFile("onMetaData that is cut short", ["metadata-malformed"], (stream) => {
    const tag = metadataTag(stream);
    tag.body = tag.body.subarray(0, -10);
  }),
  brokenFile("onMetaData in AMF 3", ["metadata-malformed"], (stream) => {
    metadataTag(stream).body = Buffer.concat([bodyOf("onMetaData"), Buffer.from("110a0b0101", "hex")]);
  }),
  brokenFile("@setDataFrame left before onMetaData", ["metadata-set-data-frame"], (stream) => {
    const tag = metadataTag(stream);
    tag.body = Buffer.concat([bodyOf("@setDataFrame"), tag.body]);
  }),
  brokenFile("onMetaData that is a number", ["metadata-not-object"], (stream) => {
    metadataTag(stream).body = bodyOf("onMetaData", 42);
  }),
  brokenFile("onMetaData at another time than 0", ["metadata-timestamp"], (stream) => {
    metadataTag(stream).timestampMs = 5000;
  }),
  brokenFile("a frame rate that is no number", ["metadata-number-invalid"], (stream) =>
    say(stream, "framerate", Number.NaN),
  ),
  brokenFile("a negative bit rate", ["metadata-number-invalid"], (stream) =>
    say(stream, "videodatarate", -1),
  ),
  brokenFile("another width", ["metadata-size-wrong"], (stream) => say(stream, "width", 1920)),
  brokenFile("another height", ["metadata-size-wrong"], (stream) => say(stream, "height", 32)),
  brokenFile("another video codec", ["metadata-video-codec-wrong"], (stream) =>
    say(stream, "videocodecid", 2),
  ),
  brokenFile("another audio codec", ["metadata-audio-codec-wrong"], (stream) =>
    say(stream, "audiocodecid", 2),
  ),
  brokenFile("another sample rate", ["metadata-sample-rate-wrong"], (stream) =>
    say(stream, "audiosamplerate", 48_000),
  ),
  brokenFile("mono said of stereo", ["metadata-stereo-wrong"], (stream) => say(stream, "stereo", false)),
  brokenFile("another frame rate", ["metadata-frame-rate-wrong"], (stream) => say(stream, "framerate", 60)),
  brokenFile("an hour said of two seconds", ["metadata-duration-wrong"], (stream) =>
    say(stream, "duration", 3600),
  ),
  brokenLive("a live stream with a duration", ["metadata-duration-on-live"], (stream) =>
    say(stream, "duration", 3600),
  ),
  brokenLive("a live stream that goes on behind its duration", ["metadata-duration-passed"], (stream) =>
    say(stream, "duration", 5),
  ),
];
