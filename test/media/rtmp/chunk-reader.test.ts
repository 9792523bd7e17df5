import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { ChunkReader } from "../../../src/media/rtmp/chunk-reader.ts";
import { frame } from "../../../src/media/rtmp/chunk-writer.ts";
import type { RtmpMessage } from "../../../src/media/rtmp/message.ts";
import { bytes, hex, inPieces, isResultOrCorrupt } from "../fixture.ts";
import { limits } from "./wire.ts";

function read(...chunks: readonly Uint8Array[]): RtmpMessage[] {
  const reader = new ChunkReader(limits);
  return chunks.flatMap((chunk) => reader.push(chunk));
}

function shown(messages: readonly RtmpMessage[]): string[] {
  return messages.map(
    ({ type, streamId, timestampMs, body }) => `${type} of ${streamId} at ${timestampMs}: ${hex(body)}`,
  );
}

/** "count" bytes in hex. */
function payload(count: number, byte = "aa"): string {
  return byte.repeat(count);
}

/** A message without body on a chunk stream. */
function fresh(id: number): Uint8Array {
  return Uint8Array.of(id, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0);
}

function setChunkSize(chunkBytes: number): Uint8Array {
  const set = Buffer.concat([bytes("02 000000 000004 01 00000000"), new Uint8Array(4)]);
  set.writeUInt32BE(chunkBytes, 12);
  return set;
}

describe("the chunk reader", () => {
  it("reads the first example of the specification (5.3.2.1): four sounds, 20 ms apart, whose headers shrink", () => {
    const stream = bytes(`
      03 0003e8 000020 08 39300000 ${payload(32, "01")}
      83 000014 ${payload(32, "02")}
      c3 ${payload(32, "03")}
      c3 ${payload(32, "04")}`);
    expect(shown(read(stream))).toEqual([
      `8 of 12345 at 1000: ${payload(32, "01")}`,
      `8 of 12345 at 1020: ${payload(32, "02")}`,
      `8 of 12345 at 1040: ${payload(32, "03")}`,
      `8 of 12345 at 1060: ${payload(32, "04")}`,
    ]);
  });

  it("reads the second (5.3.2.2): a message of 307 bytes in three chunks", () => {
    const stream = bytes(
      `04 0003e8 000133 09 3a300000 ${payload(128)} c4 ${payload(128, "bb")} c4 ${payload(51, "cc")}`,
    );
    expect(shown(read(stream))).toEqual([
      `9 of 12346 at 1000: ${payload(128)}${payload(128, "bb")}${payload(51, "cc")}`,
    ]);
  });

  const headers: readonly [title: string, stream: string, messages: readonly string[]][] = [
    [
      "a chunk stream id of two bytes (5.3.1.1)",
      "00 00 000001 000001 08 01000000 aa c0 00 bb",
      ["8 of 1 at 1: aa", "8 of 1 at 2: bb"],
    ],
    [
      "one of three",
      "01 ff ff 000001 000001 08 01000000 aa c1 ff ff bb",
      ["8 of 1 at 1: aa", "8 of 1 at 2: bb"],
    ],
    [
      "the same chunk stream written with two bytes and with three",
      "00 06 000001 000001 08 01000000 aa c1 06 00 bb",
      ["8 of 1 at 1: aa", "8 of 1 at 2: bb"],
    ],
    [
      "a message stream id in little endian (5.3.1.2.1)",
      "03 000000 000001 08 040302f1 aa",
      ["8 of 4043440900 at 0: aa"],
    ],
    [
      "a header of type 1 with another length and type (5.3.1.2.2)",
      "03 000005 000001 08 01000000 aa 43 000007 000002 09 bbbb",
      ["8 of 1 at 5: aa", "9 of 1 at 12: bbbb"],
    ],
    [
      "an extended timestamp (5.3.1.3)",
      "03 ffffff 000001 08 01000000 01000000 aa",
      ["8 of 1 at 16777216: aa"],
    ],
    ["one that would fit without", "03 ffffff 000001 08 01000000 00000007 aa", ["8 of 1 at 7: aa"]],
    [
      "an extended delta",
      "03 000005 000001 08 01000000 aa 83 ffffff 01000000 bb",
      ["8 of 1 at 5: aa", "8 of 1 at 16777221: bb"],
    ],
    [
      "a delta of 2^32 - 5: a step back (OBS)",
      "03 000064 000001 08 01000000 aa 83 ffffff fffffffb bb",
      ["8 of 1 at 100: aa", "8 of 1 at 95: bb"],
    ],
    [
      "a time that wraps at 2^32",
      "03 ffffff 000001 08 01000000 fffffff6 aa 83 000014 bb",
      ["8 of 1 at 4294967286: aa", "8 of 1 at 10: bb"],
    ],
    [
      "a message without body",
      "03 000005 000000 08 01000000 43 000007 000001 08 bb",
      ["8 of 1 at 5: ", "8 of 1 at 12: bb"],
    ],
    [
      "a fresh chunk stream that begins with type 1: a ping of librtmp",
      "42 000000 000006 04 0006 00000d0f",
      ["4 of 0 at 0: 000600000d0f"],
    ],
    [
      "one that begins with type 3 (FMLE): a message of nothing",
      "c5 03 000005 000001 08 01000000 aa",
      ["0 of 0 at 0: ", "8 of 1 at 5: aa"],
    ],
    [
      "one that begins with type 2",
      "85 000009 03 000005 000001 08 01000000 aa",
      ["0 of 0 at 9: ", "8 of 1 at 5: aa"],
    ],
  ];
  it.each(headers)("reads %s", (_, stream, messages) => {
    expect(shown(read(bytes(stream)))).toEqual(messages);
  });

  it("keeps apart what two chunk streams send in turns", () => {
    const stream = bytes(`
      04 000001 0000c8 08 01000000 ${payload(128, "a1")}
      06 000002 000090 09 01000000 ${payload(128, "b1")}
      c4 ${payload(72, "a2")}
      c6 ${payload(16, "b2")}`);
    expect(shown(read(stream))).toEqual([
      `8 of 1 at 1: ${payload(128, "a1")}${payload(72, "a2")}`,
      `9 of 1 at 2: ${payload(128, "b1")}${payload(16, "b2")}`,
    ]);
  });

  describe("on extended timestamps in chunks of type 3", () => {
    const first = `04 ffffff 000100 09 01000000 01020304 ${payload(128)}`;
    const whole = [`9 of 1 at 16909060: ${payload(256)}`];

    it.each([
      ["takes them where they are repeated (5.3.1.3)", `${first} c4 01020304 ${payload(128)}`],
      ["does without where they are not (older librtmp)", `${first} c4 ${payload(128)}`],
    ])("%s", (_, stream) => {
      const data = bytes(stream);
      expect(shown(read(data))).toEqual(whole);
      for (let at = 0; at <= data.length; at++) {
        expect(shown(read(data.subarray(0, at), data.subarray(at)))).toEqual(whole);
      }
    });

    it("tells a body that begins as the timestamp does by its next byte, however it is cut", () => {
      const data = bytes(
        `04 ffffff 000082 09 01000000 01020304 ${payload(128)} c4 0102 05 000007 000001 08 01000000 bb`,
      );
      const expected = [`9 of 1 at 16909060: ${payload(128)}0102`, "8 of 1 at 7: bb"];
      for (let at = 0; at <= data.length; at++) {
        expect(shown(read(data.subarray(0, at), data.subarray(at)))).toEqual(expected);
      }
      expect(shown(read(...inPieces(data, [1])))).toEqual(expected);
    });

    it("takes a delta repeated as it is, or as the time that it makes", () => {
      const delta = (repeated: string) =>
        bytes(
          `04 000001 000001 09 01000000 aa 44 ffffff 000081 09 01000000 ${payload(128)} c4 ${repeated} bb`,
        );
      const expected = ["9 of 1 at 1: aa", `9 of 1 at 16777217: ${payload(128)}bb`];
      expect(shown(read(delta("01000000")))).toEqual(expected);
      expect(shown(read(delta("01000001")))).toEqual(expected);
    });

    it("adds the delta once more for a new message", () => {
      const data = bytes("04 000001 000001 09 01000000 aa 84 ffffff 01000000 bb c4 01000000 cc c4 dd");
      expect(shown(read(data)).slice(1)).toEqual([
        "9 of 1 at 16777217: bb",
        "9 of 1 at 33554433: cc",
        "9 of 1 at 50331649: dd",
      ]);
    });

    it("expects none once a header came without", () => {
      const data = bytes("04 ffffff 000004 09 01000000 01020304 aaaaaaaa 84 000001 bbbbbbbb c4 01020305");
      expect(shown(read(data)).at(-1)).toBe("9 of 1 at 16909062: 01020305");
    });
  });

  it("takes a chunk with a header for the next of its message, as other servers do", () => {
    const stream = bytes(`04 000005 000082 09 01000000 ${payload(128)} 44 000000 000082 09 bbcc`);
    expect(shown(read(stream))).toEqual([`9 of 1 at 5: ${payload(128)}bbcc`]);
  });

  it("refuses one that gives the message another length", () => {
    const stream = bytes(`04 000005 000082 09 01000000 ${payload(128)} 44 000000 000001 09 bb`);
    expect(() => read(stream)).toThrow(
      new CorruptInputError("RTMP: a message of 130 bytes ends after 128 for another of 1"),
    );
  });

  it("obeys SetChunkSize (5.4.1), also within a message of another chunk stream", () => {
    const stream = bytes(`
      04 000005 000108 09 01000000 ${payload(128)}
      02 000000 000004 01 00000000 00000004
      c4 bbbbbbbb
      02 000000 000004 01 00000000 00000100
      c4 ${payload(132, "cc")}`);
    expect(shown(read(stream))).toEqual([`9 of 1 at 5: ${payload(128)}bbbbbbbb${payload(132, "cc")}`]);
  });

  it.each([1, 1024 * 1024])("takes a chunk size of %i", (chunkBytes) => {
    expect(read(setChunkSize(chunkBytes))).toEqual([]);
  });

  it.each([0, 1024 * 1024 + 1, 0x8000_0000])("takes no chunk size of %i", (chunkBytes) => {
    expect(() => read(setChunkSize(chunkBytes))).toThrow(
      new CorruptInputError(`RTMP: a chunk size of ${chunkBytes} bytes, expected 1 to 1048576`),
    );
  });

  it("refuses a SetChunkSize without a size", () => {
    expect(() => read(bytes("02 000000 000003 01 00000000 000100"))).toThrow("a chunk size of 0 bytes");
  });

  it("forgets what Abort names (5.4.2)", () => {
    const stream = bytes(`
      04 000005 000082 09 01000000 ${payload(128)}
      02 000000 000004 02 00000000 00000004
      44 000001 000001 08 bb
      02 000000 000004 02 00000000 00000005`);
    expect(shown(read(stream))).toEqual(["8 of 1 at 6: bb"]);
  });

  it("counts the ids of three bytes from 64 on, the low byte first (5.3.1.1): Abort names 320 so", () => {
    const stream = bytes(`
      01 00 01 000005 000082 09 01000000 ${payload(128)}
      02 000000 000004 02 00000000 00000140
      41 00 01 000001 000001 08 bb`);
    expect(shown(read(stream))).toEqual(["8 of 1 at 6: bb"]);
  });

  describe("has limits:", () => {
    it("a message of 8 MiB passes, one of a byte more does not, by its header alone", () => {
      const body = new Uint8Array(8 * 1024 * 1024).fill(7);
      const stream = Buffer.concat([
        bytes("02 000000 000004 01 00000000 00100000"),
        frame({ type: 9, streamId: 1, timestampMs: 0, body }, 4, 1024 * 1024),
      ]);
      const [whole] = read(...inPieces(stream, [65_536]));
      expect(Buffer.compare(whole?.body ?? new Uint8Array(0), body)).toBe(0);
      expect(() => read(bytes("04 000000 800001 09 01000000"))).toThrow(
        new CorruptInputError("RTMP: a message of 8388609 bytes, expected at most 8388608"),
      );
    });

    it("32 chunk streams pass, one more does not", () => {
      const reader = new ChunkReader(limits);
      for (let id = 2; id < 34; id++) expect(reader.push(fresh(id))).toHaveLength(1);
      expect(reader.push(fresh(2))).toHaveLength(1);
      expect(() => reader.push(fresh(34))).toThrow(new CorruptInputError("RTMP: more than 32 chunk streams"));
    });

    it("16 MiB of unfinished messages pass, a byte more does not", () => {
      const reader = new ChunkReader(limits);
      reader.push(bytes("02 000000 000004 01 00000000 00100000"));
      const mebibyte = new Uint8Array(1024 * 1024);
      for (let id = 4; id < 20; id++) {
        reader.push(Uint8Array.of(id, 0, 0, 0, 0x10, 0, 1, 9, 1, 0, 0, 0));
        reader.push(mebibyte);
      }
      expect(() => reader.push(bytes("14 000000 000002 09 01000000 aa"))).toThrow(
        "16777217 bytes of unfinished messages, expected at most 16777216",
      );
    });

    it("what is finished or aborted counts no more", () => {
      const reader = new ChunkReader({ maxMessageBytes: 300, maxPartialBytes: 300 });
      for (let round = 0; round < 10; round++) {
        expect(
          reader.push(
            bytes(`04 000000 00012c 09 01000000 ${payload(128)} c4 ${payload(128)} c4 ${payload(44)}`),
          ),
        ).toHaveLength(1);
        reader.push(bytes(`04 000000 00012c 09 01000000 ${payload(128)} c4 ${payload(128)}`));
        reader.push(bytes("02 000000 000004 02 00000000 00000004"));
      }
    });
  });

  it("gives a view of what was pushed for a message that lies in it in one piece", () => {
    const stream = new Uint8Array(bytes("04 000001 000002 08 01000000 aabb c4 ccdd"));
    const [first, second] = read(stream);
    expect(first?.body.buffer).toBe(stream.buffer);
    expect(second?.body.buffer).toBe(stream.buffer);
  });
});

/** Real-looking streams: several messages on several chunk streams, with extended times. */
const messages = fc.array(
  fc.record({
    type: fc.constantFrom(8, 9, 18, 20),
    streamId: fc.constantFrom(0, 1, 0xffff_ffff),
    timestampMs: fc.oneof(
      fc.nat(200),
      fc.integer({ min: 0xff_fff0, max: 0x100_0010 }),
      fc.constant(0xffff_ffff),
    ),
    body: fc.uint8Array({ maxLength: 600 }),
  }),
  { maxLength: 6 },
);

describe("whatever the bytes,", () => {
  it("the writer's chunks are read as what was written, in any pieces", () => {
    fc.assert(
      fc.property(
        messages,
        fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 20 }),
        (list, sizes) => {
          const stream = Buffer.concat(list.map((one, index) => frame(one, 2 + index, 128)));
          const back = read(...inPieces(stream, sizes));
          expect(shown(back)).toEqual(shown(list));
        },
      ),
    );
  });

  it("damage is read as something, or is corrupt, the same in any pieces", () => {
    const set = bytes("02 000000 000004 01 00000000 00000010");
    fc.assert(
      fc.property(
        messages,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (list, changes, sizes) => {
          const stream = Buffer.concat([
            ...list.map((one) => frame(one, 4, 128)),
            set,
            ...list.map((one) => frame(one, 5, 16)),
          ]);
          for (const [at, value] of changes) stream[at % stream.length] = value;
          expect(outcome(inPieces(stream, sizes))).toEqual(outcome([stream]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("noise never hangs and throws nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => {
        expect(isResultOrCorrupt(() => read(noise))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** The messages up to the damage that cannot be read, and what it was. */
function outcome(chunks: Iterable<Uint8Array>): readonly string[] {
  const reader = new ChunkReader({ maxMessageBytes: 5000, maxPartialBytes: 9000 });
  const all: string[] = [];
  try {
    for (const chunk of chunks) all.push(...shown(reader.push(chunk)));
  } catch (error) {
    if (!(error instanceof CorruptInputError)) throw error;
    return [error.message];
  }
  return all;
}
