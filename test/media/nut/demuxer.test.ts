import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { NutEvent, NutFrameEvent } from "../../../src/media/nut/frame.ts";
import { nutChecksum } from "../../../src/media/nut/reader.ts";
import { bytes, fixture, hex, inPieces, isResultOrCorrupt, md5, probe } from "../fixture.ts";

const FILE_ID = "6e75742f 6d756c74 696d6564 69612063 6f6e7461 696e6572 00";
const STARTCODES = {
  main: "4e4d7a561f5f04ad",
  stream: "4e5311405bf2f9db",
  syncpoint: "4e4be4adeeca4569",
  info: "4e49ab68b596ba78",
} as const;

function v(value: number): string {
  const groups = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    groups.unshift((rest % 128) | 0x80);
  }
  return hex(Uint8Array.from(groups));
}

function u32(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function packet(kind: keyof typeof STARTCODES, body: string): string {
  const data = bytes(body);
  const header = STARTCODES[kind] + v(data.length + 4);
  const headerChecksum = data.length + 4 > 4096 ? u32(nutChecksum(bytes(header))) : "";
  return header + headerChecksum + hex(data) + u32(nutChecksum(data));
}

/** One stream in milliseconds, and a frame code for each way to write a header. */
function mainHeader({ version = 3, timeBases = "01 8768", elision = "01 02 0901", flags = "" } = {}): string {
  const fields = (flag: number, more: string, count: number): string =>
    `${v(flag)} 06 00 01 00 00 00 ${v(count)}${more}`;
  return packet(
    "main",
    [
      v(version),
      version > 3 ? "00" : "",
      "01", // stream_count
      v(65_536), // max_distance
      "01", // time_base_count
      timeBases,
      fields(8192, "", 1), // 0: invalid
      fields(8 | 32, "", 1), // 1: coded pts, size
      fields(8 | 32 | 256, "", 1), // 2: and side data
      fields(4096, "", 1), // 3: everything coded
      fields(8 | 32 | 1024, "", 1), // 4: and an elision header
      fields(8 | 32 | 64, "", 1), // 5: and a checksum
      "00 07 01 01 00 0a 00 01 bfffffffffffffffff7e", // 6: pts_delta 1 (an s of 1), size 10, no match time
      fields(8192, "", 256 - 7 - 1),
      elision,
      flags,
    ].join(""),
  );
}
const STREAM = packet("stream", "00 00 04 48323634 00 07 64 00 00 02 abcd 0a 0a 00 00 00");
const SYNC = packet("syncpoint", "00 00");

function demux(data: Uint8Array, sizes: readonly number[] = [data.length]): NutEvent[] {
  const demuxer = new NutDemuxer();
  const events: NutEvent[] = [];
  for (const piece of inPieces(data, sizes)) events.push(...demuxer.push(piece));
  return [...events, ...demuxer.end()];
}

function frames(events: readonly NutEvent[]): NutFrameEvent[] {
  return events.filter((event) => event.kind === "frame");
}

const NAMES = [
  "video-5.1",
  "video-7.1",
  "video-9.0",
  "audio-5.1",
  "audio-7.1",
  "audio-9.0",
  "both",
  "avcc",
  "adts",
];

describe("a recorded NUT stream", () => {
  test.each(NAMES)("of %s has the packets that ffprobe sees", (name) => {
    const { streams, packets } = probe(`${name}.nut`);
    const events = demux(fixture(`${name}.nut`));
    const seen = frames(events).map(({ streamId, presentationTimeUs, isKey, data }) => ({
      streamId,
      presentationTimeUs,
      isKey,
      size: data.length,
      hash: md5(data),
    }));
    const expected = packets.map((one) => {
      const [num = 0, den = 1] = String(streams[one.stream_index]?.["time_base"]).split("/").map(Number);
      return {
        streamId: one.stream_index,
        presentationTimeUs: (one.pts * 1e6 * num) / den,
        isKey: one.flags.startsWith("K"),
        size: Number(one.size),
        hash: one.data_hash,
      };
    });
    expect(seen).toEqual(expected);
  });

  test.each(NAMES)("of %s has its streams and their private data", (name) => {
    const seen = demux(fixture(`${name}.nut`)).filter((event) => event.kind === "stream");
    const expected = probe(`${name}.nut`).streams;
    expect(seen.map(({ mediaClass }) => mediaClass)).toEqual(expected.map((one) => one["codec_type"]));
    expect(seen.map(({ extradata }) => extradata.length)).toEqual(
      expected.map((one) => one["extradata_size"] ?? 0),
    );
    const hashes = seen.map(({ extradata }) => (extradata.length > 0 ? md5(extradata) : undefined));
    expect(hashes).toEqual(expected.map((one) => one["extradata_hash"]));
  });

  test.each(["both", "audio-9.0"])("of %s is the same however it is cut in two", (name) => {
    const data = fixture(`${name}.nut`).subarray(0, 12_000);
    const whole = told(new NutDemuxer().push(data));
    for (let cut = 0; cut <= data.length; cut += cut < 700 ? 1 : 13) {
      const demuxer = new NutDemuxer();
      const events = [...demuxer.push(data.subarray(0, cut)), ...demuxer.push(data.subarray(cut))];
      expect(told(events), `cut at ${cut}`).toBe(whole);
    }
  });

  test.each([[[1]], [[2, 3, 1]], [[4096]], [[65_536]]])("is the same in pieces of %j bytes", (sizes) => {
    const data = fixture("both.nut");
    expect(told(demux(data, sizes))).toBe(told(demux(data)));
  });

  test("is corrupt when it is cut short inside an item, and says where", () => {
    const data = fixture("audio-5.1.nut");
    expect(() => demux(data.subarray(0, data.length - 1))).toThrow(
      /^NUT stream, byte 8705: expected 1 more bytes/,
    );
  });

  test("is corrupt when it is cut short inside a header behind the file id, and says where", () => {
    const data = fixture("audio-5.1.nut");
    expect(() => demux(data.subarray(0, 30))).toThrow(
      new CorruptInputError("NUT stream, byte 30: expected the rest of a header, got the end of the stream"),
    );
    expect(() => demux(data.subarray(0, 4))).toThrow(
      /^NUT stream, byte 0: expected NUT's file id .*, got 6e75742f$/,
    );
  });

  test("hands out views where a frame lies whole in a chunk", () => {
    const data = fixture("video-5.1.nut");
    for (const frame of frames(demux(data))) expect(frame.data.buffer).toBe(data.buffer);
  });
});

function told(events: readonly NutEvent[]): string {
  return md5(Buffer.from(events.map(tell).join("\n")));
}

function tell(event: NutEvent): string {
  return event.kind === "frame"
    ? `${event.streamId} ${event.presentationTimeUs} ${event.isKey} ${hex(event.data)}`
    : `${event.streamId} ${event.mediaClass} ${event.fourcc} ${hex(event.extradata)}`;
}

describe("NUT by the letter", () => {
  const play = (...parts: string[]): NutEvent[] => demux(bytes([FILE_ID, ...parts].join("")));
  const header = mainHeader();

  test("the checksum is the CRC-32 of MPEG-2 starting at 0", () => {
    expect(nutChecksum(bytes("01"))).toBe(0x04c11db7);
    expect(nutChecksum(new TextEncoder().encode("123456789"))).toBe(0x89a1897f);
  });

  test("a frame has its stream, time and bytes", () => {
    expect(play(header, STREAM, SYNC, coded(5, "aabbcc"))).toEqual([
      {
        kind: "stream",
        streamId: 0,
        mediaClass: "video",
        fourcc: "H264",
        extradata: bytes("abcd"),
        decodeDelay: 0,
      },
      { kind: "frame", streamId: 0, presentationTimeUs: 5000, isKey: false, data: bytes("aabbcc") },
    ]);
  });

  test("a pts of few bits is the one nearest to the last", () => {
    const short = (low: number): string => `01 ${v(low)} 01 00`;
    const events = frames(
      play(
        header,
        STREAM,
        packet("syncpoint", `${v(300)} 00`),
        coded(300, "00"),
        short((300 + 50) % 128),
        short(290 % 128),
      ),
    );
    expect(events.map(({ presentationTimeUs }) => presentationTimeUs / 1000)).toEqual([300, 350, 290]);
  });

  test("a syncpoint sets the time that later frames count from", () => {
    const events = frames(play(header, STREAM, packet("syncpoint", `${v(700)} 00`), `06 ${"11".repeat(10)}`));
    expect(events.map(({ presentationTimeUs }) => presentationTimeUs / 1000)).toEqual([701]);
  });

  test("an elided header comes back in front of the frame", () => {
    const [frame] = frames(play(header, STREAM, SYNC, `04 ${v(128)} 05 01 aabbcc`));
    expect(hex(frame?.data ?? bytes(""))).toBe("0901aabbcc");
  });

  test("a frame above 4096 bytes has none, whatever its header says", () => {
    const [small] = frames(play(header, STREAM, SYNC, `04 ${v(128)} ${v(4096)} 01 ${"11".repeat(4094)}`));
    expect(hex(small?.data ?? bytes(""))).toBe(`0901${"11".repeat(4094)}`);
    const [large] = frames(play(header, STREAM, SYNC, `04 ${v(128)} ${v(4097)} 01 ${"11".repeat(4097)}`));
    expect(hex(large?.data ?? bytes(""))).toBe("11".repeat(4097));
  });

  test("coded flags, match time, reserved fields and the key flag are read in their order", () => {
    const flags = 1 | 8 | 32 | 128 | 2048;
    const [frame] = frames(play(header, STREAM, SYNC, `03 ${v(flags)} ${v(130)} 02 05 02 8101 07 dead`));
    expect(frame).toMatchObject({ presentationTimeUs: 2000, isKey: true, data: bytes("dead") });
  });

  test("side data of every type are taken off", () => {
    const side = [
      "05", // five items, then no meta data
      "0161 02 0162", // -1: text
      "0161 04 0178 02beef", // -2: bytes
      "0161 06 04", // -3: a number
      "0161 08 09", // -4: a time
      "0161 0c 05", // -6: a fraction over 2
      "00",
    ].join("");
    const [frame] = frames(play(header, STREAM, SYNC, coded(0, `${side} cafe`, "02")));
    expect(frame?.data).toEqual(bytes("cafe"));
  });

  test("repeated headers and info packets are no events", () => {
    const repeated = header + STREAM + packet("info", "00".repeat(5000)) + SYNC;
    expect(play(repeated, coded(0, "01"), repeated, coded(1, "02")).map(({ kind }) => kind)).toEqual([
      "stream",
      "frame",
      "frame",
    ]);
  });

  test("a changed stream header is an event of its own", () => {
    const changed = packet("stream", "00 00 04 48323634 00 07 64 00 00 02 abce 0a 0a 00 00 00");
    expect(play(header, STREAM, changed)).toHaveLength(2);
  });

  test("version 4 has flags, and in stream mode a transmission time in syncpoints", () => {
    const stream = mainHeader({ version: 4, flags: "01" });
    expect(frames(play(stream, STREAM, packet("syncpoint", "00 00 55"), coded(0, "01")))).toHaveLength(1);
    expect(() => play(stream, STREAM, packet("syncpoint", "00 00"))).toThrow(CorruptInputError);
  });

  test("a frame of no bytes is nothing", () => {
    expect(frames(play(header, STREAM, SYNC, coded(0, "")))).toEqual([]);
  });

  test("a far jump in time needs a checksum, and it must be true", () => {
    expect(frames(play(header, STREAM, SYNC, checked(5000)))).toHaveLength(1);
    expect(() => play(header, STREAM, SYNC, checked(5000, 1))).toThrow(/expected frame header checksum/);
    expect(() => play(header, STREAM, SYNC, coded(5000, "00"))).toThrow(/expected a checksum/);
  });

  test.each([
    ["another file", "47400010", /byte 0: expected NUT's file id .*, got 47400010$/],
    ["a frame before any header", `${FILE_ID} 01`, /byte 25: expected a main header, got a frame/],
    [
      "a startcode that is not NUT's",
      `${FILE_ID} 4e00000000000000 05`,
      /expected a startcode of NUT, got 4e0000/,
    ],
    [
      "a frame without its stream",
      `${FILE_ID} ${header} ${SYNC} 01 8100 01 00`,
      /expected a frame of a stream/,
    ],
    ["an invalid frame code", `${FILE_ID} ${header} ${STREAM} 00`, /expected a frame code, got 0/],
    ["version 2", FILE_ID + mainHeader({ version: 2 }), /expected version of 3 to 4, got 2/],
    ["a time base of zero", FILE_ID + mainHeader({ timeBases: "01 00" }), /expected time_base_denom/],
    [
      "a number of endless bytes",
      `${FILE_ID} ${header} ${STREAM} ${SYNC} 01 ${"ff".repeat(9)}`,
      /below 2\^53/,
    ],
    ["a main header with a false checksum", `${FILE_ID} ${header.slice(0, -2)}ff`, /true checksum/],
    ["an endless frame header", `${FILE_ID} ${header} ${STREAM} 01 ${"80".repeat(2000)}`, /end of a header/],
    ["a stream header of 2 MB", `${FILE_ID} ${header} ${longPacket("stream", 2e6)}`, /at most 1048576 bytes/],
  ])("%s is refused", (_, stream, message) => {
    expect(() => demux(bytes(stream))).toThrow(CorruptInputError);
    expect(() => demux(bytes(stream))).toThrow(message);
    expect(() => demux(bytes(stream), [1])).toThrow(message);
  });

  test("a frame that claims 2 GB is refused before a byte of it is awaited", () => {
    const head = `05 ${v(128)} ${v(2 ** 31)}`;
    const claim = [FILE_ID, header, STREAM, SYNC, head, u32(nutChecksum(bytes(head)))].join("");
    expect(() => new NutDemuxer().push(bytes(claim))).toThrow(
      /expected a frame of at most 33554432 bytes, got 2147483648/,
    );
  });

  test("a stream of no bytes at all is no error: its writer has the reason", () => {
    expect(new NutDemuxer().end()).toEqual([]);
  });
});

/** A frame with its pts in full. */
function coded(pts: number, data: string, code = "01"): string {
  return `${code} ${v(pts + 128)} ${v(bytes(data).length)} ${data}`;
}

/** A frame of one byte behind a checksum, which `sum` makes false. */
function checked(pts: number, sum = 0): string {
  const head = `05 ${v(pts + 128)} 01`;
  return `${head} ${u32((nutChecksum(bytes(head)) ^ sum) >>> 0)} 00`;
}

function longPacket(kind: keyof typeof STARTCODES, sizeBytes: number): string {
  const header = STARTCODES[kind] + v(sizeBytes);
  return header + u32(nutChecksum(bytes(header)));
}

describe("a damaged NUT stream", () => {
  const real = fixture("both.nut").subarray(0, 9000);

  test("is frames or corrupt input, nothing else, whatever bits are flipped", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(7)), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
        (flips, sizes) => {
          const damaged = new Uint8Array(real);
          for (const [at, bit] of flips) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
          expect(isResultOrCorrupt(() => demux(damaged, sizes))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is frames or corrupt input with random bytes behind its headers", () => {
    const front = bytes(FILE_ID + mainHeader() + STREAM + SYNC);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (rubbish) => {
        expect(isResultOrCorrupt(() => demux(new Uint8Array([...front, ...rubbish])))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
