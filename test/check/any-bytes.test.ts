import { readFileSync } from "node:fs";
import { array, assert, constantFrom, nat, property, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { faults } from "./faults.ts";
import { ownStream } from "./own-stream.ts";
import { readRaw, write } from "./raw-stream.ts";
import { judge, type Piece, type Sample } from "./sample.ts";

const clean = readFileSync("test/fixtures/flv/clean.flv");

/** What flvcast makes of each codec but H.264 and AAC. */
const codecs = ["hevc-5.1.nut", "av1-svt-5.1.nut", "opus-5.1.nut", "mp3-5.1.nut", "alaw-5.1.nut"] as const;

const file = (bytes: Buffer): Sample => ({ kind: "file", bytes });

/** An answer cut into pieces of so many bytes. */
function inPieces(bytes: Buffer, pieceBytes: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push({ bytes: bytes.subarray(at, at + pieceBytes), atMs: 10 });
  return pieces;
}

function cut(sample: Sample, pieceBytes: number): Sample {
  const bytes = sample.kind === "file" ? sample.bytes : Buffer.concat(sample.pieces.map((one) => one.bytes));
  const pieces = inPieces(bytes, pieceBytes);
  return { kind: "answer", pieces, endMs: 100, closes: true };
}

describe("bytes that come in any pieces are judged the same", () => {
  const answers = faults.filter(({ sample }) => {
    const made = sample();
    return made.kind === "answer" && made.closes && made.pieces.length === 1;
  });

  test.each(answers)("$title", ({ sample }) => {
    const whole = judge(cut(sample(), Number.MAX_SAFE_INTEGER));
    for (const pieceBytes of [1, 7, 1000]) {
      const ids = judge(cut(sample(), pieceBytes)).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(whole.map(({ id }) => id).toSorted());
    }
  });

  test("an FLV stream in two pieces, cut at every byte", () => {
    const head = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n\r\n");
    const short = clean.subarray(0, 3000);
    const judged = (...parts: readonly Buffer[]) => {
      const pieces = [head, ...parts].map((bytes) => ({ bytes, atMs: 10 }));
      return JSON.stringify(judge({ kind: "answer", pieces, endMs: 100, closes: true }));
    };
    const whole = judged(short);
    const cuts = Array.from({ length: short.length }, (_, at) => at);
    expect(cuts.filter((at) => judged(short.subarray(0, at), short.subarray(at)) !== whole)).toEqual([]);
  });
});

describe("there is a report, and never an exception,", () => {
  test("of a stream that ends at any byte: it was cut, and nothing else is wrong", () => {
    const allowed = ["stream-truncated", "previous-tag-size-missing", "header-truncated", "stream-empty"];
    const beginnings = [
      "no-media",
      "header-promises-audio",
      "header-promises-video",
      "metadata-duration-wrong",
    ];
    for (let at = 0; at < clean.length; at += at < 2500 ? 1 : 97) {
      const ids = judge(file(clean.subarray(0, at))).map(({ id }) => id);
      expect(ids.filter((id) => ![...allowed, ...beginnings].includes(id))).toEqual([]);
    }
  });

  test.each(codecs)("of %s with one of its first tags cut at any byte", (name) => {
    const stream = ownStream(name);
    const tags = stream.tags.slice(0, 5);
    const cuts = tags.flatMap((tag) =>
      Array.from({ length: tag.body.length }, (_, length) => ({ tag, length })),
    );
    expect(() => {
      for (const { tag, length } of cuts.filter((one) => one.length < 200 || one.length % 17 === 0)) {
        const cutTags = tags.map((one) =>
          one === tag ? { ...tag, body: tag.body.subarray(0, length) } : one,
        );
        judge(file(write({ ...stream, tags: cutTags })));
      }
    }).not.toThrow();
  });

  test.each(["clean", ...codecs])("of %s with any byte set otherwise", (name) => {
    const stream = name === "clean" ? readRaw(name) : ownStream(name);
    const short = write({ ...stream, tags: stream.tags.slice(0, 12) });
    assert(
      property(nat(short.length - 1), nat(255), (at, value) => {
        const bytes = Buffer.from(short);
        bytes.writeUInt8(value, at);
        judge(file(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test("of a stream with pieces left out, repeated and put elsewhere", () => {
    const names = ["clean", "b-frames", "mp3", "hevc-opus", "av1"] as const;
    const sources = Object.fromEntries(names.map((name) => [name, write(readRaw(name)).subarray(0, 6000)]));
    const part = array(nat(5999), { minLength: 2, maxLength: 2 });
    assert(
      property(constantFrom(...names), array(part, { maxLength: 8 }), (name, parts) => {
        const source = sources[name] ?? Buffer.alloc(0);
        const pieces = parts.map(([a = 0, b = 0]) => source.subarray(Math.min(a, b), Math.max(a, b)));
        judge(file(Buffer.concat([source.subarray(0, 700), ...pieces])));
      }),
      { numRuns: 300 },
    );
  });

  test("of any bytes at all, with and without a header before them", () => {
    assert(
      property(uint8Array({ maxLength: 3000 }), nat(400), (bytes, headBytes) => {
        judge(file(Buffer.concat([clean.subarray(0, headBytes), bytes])));
      }),
      { numRuns: 300 },
    );
  });

  test("of any answer, in chunks or not", () => {
    const heads = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"];
    assert(
      property(
        constantFrom(...heads),
        uint8Array({ maxLength: 500 }),
        nat(100),
        (head, bytes, pieceBytes) => {
          const all = Buffer.concat([Buffer.from(head), bytes]);
          judge({ kind: "answer", pieces: inPieces(all, 1 + pieceBytes), endMs: 100, closes: true });
        },
      ),
      { numRuns: 500 },
    );
  });
});
