import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { parseAudioBody } from "../../../src/media/flv/audio-body.ts";
import { FlvDemuxer, type FlvEvent } from "../../../src/media/flv/demuxer.ts";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import { Muxer } from "../../../src/media/flv/muxer.ts";
import { parseVideoBody } from "../../../src/media/flv/video-body.ts";
import { bytes } from "./hex.ts";
import { audioConfig, picture, sound, videoConfig } from "./packets.ts";

const tracks = { video: true, audio: true };

/** A short whole stream: metadata, both sequence headers, three pictures and two sounds. */
const stream = (() => {
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "flvcast 0.1.0" });
  const tags = [
    ...muxer.push(videoConfig, 0),
    ...muxer.push(audioConfig, 0),
    ...muxer.push(picture([bytes("658884")], true), 0),
    ...muxer.push(sound(bytes("2110")), 3),
    ...muxer.push(picture([bytes("419a")]), 40),
    ...muxer.push(sound(bytes("2111")), 24),
    ...muxer.push(picture([bytes("419b")]), 0x0100_0000),
  ];
  return Buffer.concat([encodeHeader(tracks), ...tags.map((tag) => tag.bytes)]);
})();

function demux(...chunks: readonly Uint8Array[]): FlvEvent[] {
  const demuxer = new FlvDemuxer();
  const events = chunks.flatMap((chunk) => demuxer.push(chunk));
  demuxer.end();
  return events;
}

const whole = demux(stream);

describe("the demuxer", () => {
  it("finds the header's tracks, and every tag's type, time and place", () => {
    const [header, ...tags] = whole;
    expect(header).toMatchObject({ kind: "header", tracks });
    expect(tags.map((tag) => tag.kind === "tag" && [tag.type, tag.timestampMs])).toEqual([
      [TagType.script, 0],
      [TagType.video, 0],
      [TagType.audio, 0],
      [TagType.video, 0],
      [TagType.audio, 3],
      [TagType.video, 40],
      [TagType.audio, 24],
      [TagType.video, 0x0100_0000],
    ]);
    expect(Buffer.concat(whole.map((event) => event.bytes))).toEqual(stream);
    let offset = 13;
    for (const tag of tags) {
      expect(tag).toHaveProperty("offset", offset);
      offset += tag.bytes.length;
    }
  });

  it("finds the same when the stream is cut in two at any byte", () => {
    const text = textOf(whole);
    const cuts = Array.from({ length: stream.length + 1 }, (_, at) => at);
    const wrong = cuts.filter((at) => textOf(demux(stream.subarray(0, at), stream.subarray(at))) !== text);
    expect(wrong).toEqual([]);
  });

  it("finds the same when every byte comes alone", () => {
    expect(demux(...Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it("says so when the stream ends anywhere but behind a tag", () => {
    const ends = whole.map((event) => (event.kind === "tag" ? event.offset : 0) + event.bytes.length);
    const accepted = Array.from({ length: stream.length + 1 }, (_, at) => at).filter(
      (at) => failure(() => demux(stream.subarray(0, at))) === null,
    );
    expect(accepted).toEqual(ends);
    expect(() => demux(stream.subarray(0, 5))).toThrow(
      "the stream ends after 5 of the header's 13 bytes at offset 0",
    );
    expect(() => demux(stream.subarray(0, 15))).toThrow(
      "the stream ends after 2 bytes of the tag at offset 13",
    );
  });

  it("holds no more memory than has come, whatever size a tag claims", () => {
    // So many that what is collected meanwhile cannot hide them: together they claim 800 MB.
    const demuxers = Array.from({ length: 50 }, () => new FlvDemuxer());
    const before = process.memoryUsage().arrayBuffers;
    for (const demuxer of demuxers) {
      demuxer.push(encodeHeader(tracks));
      demuxer.push(bytes("09 ffffff 000000 00 000000 17"));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(0xff_ffff);
    for (const demuxer of demuxers) expect(() => demuxer.end()).toThrow("after 12 bytes of the tag");
  });

  const tagStart = "464c56 01 05 00000009 00000000";
  it.each([
    ["another signature", "464c57 01 05 00000009 00000000", 'signature "FLW", expected "FLV" at offset 0'],
    ["another version", "464c56 02 05 00000009 00000000", "version 2, expected 1 at offset 3"],
    ["reserved header bits", "464c56 01 07 00000009 00000000", "reserved bits in TypeFlags 0x7 at offset 4"],
    ["a longer header", "464c56 01 05 0000000d 00000000", "DataOffset 13, expected 9 at offset 5"],
    [
      "a size before the first tag",
      "464c56 01 05 00000009 00000001",
      "PreviousTagSize0 1, expected 0 at offset 9",
    ],
    [
      "an unknown type",
      `${tagStart} 0a 000000 000000 00 000000 0000000b`,
      "tag type 10, expected 8 (audio), 9 (video) or 18 (script) at offset 13",
    ],
    [
      "an encrypted tag",
      `${tagStart} 28 000000 000000 00 000000 0000000b`,
      "tag type 40, expected 8 (audio), 9 (video) or 18 (script) at offset 13",
    ],
    [
      "a negative time",
      `${tagStart} 08 000000 000000 80 000000 0000000b`,
      "a negative timestamp at offset 17",
    ],
    ["a stream id", `${tagStart} 08 000000 000000 00 000001 0000000b`, "StreamID 1, expected 0 at offset 21"],
    [
      "a wrong size",
      `${tagStart} 08 000000 000000 00 000000 0000000c`,
      "PreviousTagSize 12, expected 11 at offset 24",
    ],
  ])("names %s and where it stands", (_, input, message) => {
    expect(() => demux(bytes(input))).toThrow(new CorruptInputError(`FLV: ${message}`));
    expect(() => demux(...Array.from(bytes(input), (byte) => Uint8Array.of(byte)))).toThrow(
      CorruptInputError,
    );
  });

  it("notices a wrong tag as soon as its header has come", () => {
    const demuxer = new FlvDemuxer();
    expect(() => demuxer.push(bytes(`${tagStart} 08 ffffff 000000 00 000001`))).toThrow(CorruptInputError);
  });

  it("ends with events or a CorruptInputError on any bytes, cut anyhow", () => {
    const flipped = fc.tuple(fc.nat(stream.length - 1), fc.nat(7)).map(([at, bit]) => {
      const copy = Buffer.from(stream);
      copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
      return copy;
    });
    const behindHeader = fc.uint8Array().map((rest) => Buffer.concat([encodeHeader(tracks), rest]));
    const input = fc.oneof(fc.uint8Array(), behindHeader, flipped);
    fc.assert(
      fc.property(input, fc.nat(), (data, cut) => {
        const at = cut % (data.length + 1);
        const error = failure(() => readAll(data.subarray(0, at), data.subarray(at)));
        expect(error === null || error instanceof CorruptInputError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

/** All that events tell, in a form that is quickly compared. */
function textOf(events: readonly FlvEvent[]): string {
  return JSON.stringify(events, (_, value: unknown) => {
    return value instanceof Uint8Array ? Array.from(value).join() : value;
  });
}

function readAll(...chunks: readonly Uint8Array[]): void {
  for (const event of demux(...chunks)) {
    if (event.kind === "tag" && event.type === TagType.video) parseVideoBody(event.body, event.offset + 11);
    if (event.kind === "tag" && event.type === TagType.audio) parseAudioBody(event.body, event.offset + 11);
  }
}

/** What was thrown; null for nothing. */
function failure(read: () => void): unknown {
  try {
    read();
    return null;
  } catch (error) {
    return error;
  }
}
