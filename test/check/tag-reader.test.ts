import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { TagReader } from "../../src/check/tag-reader.ts";
import { fromHex } from "./avc-editing.ts";
import { readRaw, write } from "./raw-stream.ts";

const whole = readRaw("clean");
const stream = write({ ...whole, tags: whole.tags.slice(0, 6) });

/** What is found behind six sound tags where these bytes end the stream. */
function behind(hex: string, isWhole = true) {
  const faults = new Faults();
  const reader = new TagReader(faults);
  const tail = fromHex(hex);
  const units = [...reader.push(Buffer.concat([stream, tail]), null), ...reader.end(isWhole)];
  expect(reader.totalBytes).toBe(stream.length + tail.length);
  const found = faults
    .all()
    .map(({ id, detail, first }) => [id, detail, (first?.offset ?? 0) - stream.length]);
  return { tags: units.filter(({ kind }) => kind === "tag").length, found };
}

describe("what stands behind the last tag", () => {
  const HUGE = "800001"; // a DataSize of 8 MiB and a byte: no tag
  test.each<[string, string, unknown[]]>([
    ["nothing", "", []],
    ["a tag's type", "09", [["stream-truncated", "after 1 bytes of a tag", 0]]],
    [
      "ten bytes that begin like a tag",
      `09 ${HUGE} 000000 00 0000`,
      [["stream-truncated", "after 10 bytes of a tag", 0]],
    ],
    [
      "eleven bytes of a tag",
      "09 000010 000000 00 000000",
      [["stream-truncated", "after 11 bytes of a tag", 0]],
    ],
    [
      "eleven bytes of a tag of 8 MiB",
      "09 800000 000000 00 000000",
      [["stream-truncated", "after 11 bytes of a tag", 0]],
    ],
    [
      "eleven bytes of a tag that is too large",
      `09 ${HUGE} 000000 00 000000`,
      [["sync-lost", "11 bytes", 0]],
    ],
    ["eleven bytes of another StreamID", "09 000010 000000 00 000001", [["sync-lost", "11 bytes", 0]]],
    ["bytes of no tag", "0a 0b 0c", [["sync-lost", "3 bytes", 0]]],
  ])("is, of %s, told", (_, hex, found) => {
    expect(behind(hex)).toEqual({ tags: 6, found });
    expect(behind(hex, false).tags).toBe(6);
  });

  test("is not told of where the reading was broken off", () => {
    expect(behind("09 000010", false).found).toEqual([]);
  });

  test.each([
    [4, 7, []],
    [3, 7, [["previous-tag-size-missing", "the stream ends 1 bytes too early", 0]]],
    [0, 7, [["previous-tag-size-missing", "the stream ends 4 bytes too early", 0]]],
  ])("is a tag of one byte with %d bytes of its PreviousTagSize: %d tags", (sizeBytes, tags, found) => {
    const size = "0000000c".slice(0, 2 * sizeBytes);
    expect(behind(`08 000001 000000 00 000000 ff ${size}`)).toEqual({ tags, found });
  });

  const INNER = "08 000001 000000 00 000000 ff 0000000c";
  const OUTER = `09 000014 000000 00 000000 aaaaaaaa ${INNER} 00000001`;
  test.each([
    ["another tag behind it", `${OUTER} ${INNER}`, 8],
    ["the end behind it", OUTER, 7],
  ])("is a tag that has another in its body, with a wrong PreviousTagSize and %s", (_, hex, tags) => {
    expect(behind(hex)).toEqual({ tags, found: [["previous-tag-size", "it says 1, expected 31", 0]] });
  });

  test("may be another header", () => {
    const found = [["header-repeated", "FLV, version 1", 0]];
    expect(behind("464c5601 05 00000009 00000000")).toEqual({ tags: 6, found });
  });
});

test("time is 32 bits whose highest come last", () => {
  const reader = new TagReader(new Faults());
  const tags = ["000001 00", "ffffff 00", "000000 01", "ffffff 7f", "ffffff ff"].map(
    (time) => `08 000001 ${time} 000000 ff 0000000c`,
  );
  const units = reader.push(fromHex(`464c5601 04 00000009 00000000 ${tags.join(" ")}`), null);
  expect(units.flatMap((unit) => (unit.kind === "tag" ? [unit.timestampMs] : []))).toEqual([
    1, 0xff_ffff, 0x100_0000, 0x7fff_ffff, -1,
  ]);
});

test.each([4000, 1_500_000])("a tag is found behind %d bytes of something else, in pieces", (foreign) => {
  const reader = new TagReader(new Faults());
  const push = (bytes: Buffer) => reader.push(bytes, null);
  const units = [foreign / 2, foreign / 2].flatMap((bytes) => push(Buffer.alloc(bytes, 0x78)));
  units.push(...push(fromHex("08 000001 000000 00 000000 ff 0000000c")), ...reader.end(true));
  expect(units.map((unit) => unit.kind === "tag" && unit.offset)).toEqual([foreign]);
  expect(reader.totalBytes).toBe(foreign + 16);
});
