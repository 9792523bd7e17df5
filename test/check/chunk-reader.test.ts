import { describe, expect, test } from "vitest";
import { ChunkReader } from "../../src/check/chunk-reader.ts";
import { Faults } from "../../src/check/faults.ts";

/** What is read of a chunked body that comes in these pieces, after which the server closes. */
function read(...pieces: readonly string[]) {
  const faults = new Faults();
  const reader = new ChunkReader(faults);
  let body = "";
  let readBytes = 0;
  for (const piece of pieces) {
    const result = reader.push(Buffer.from(piece, "latin1"));
    body += Buffer.concat([...result.body]).toString("latin1");
    readBytes += result.readBytes;
  }
  reader.close();
  reader.end();
  return {
    body,
    readBytes,
    state: reader.state,
    found: faults.all().map(({ id, detail }) => `${id}: ${detail}`),
  };
}

const END = "0\r\n\r\n";

describe("a chunked body", () => {
  test.each<[string, string]>([
    ["of no chunks", END],
    ["of sizes in capitals", `3\r\nabc\r\nA\r\n0123456789\r\n${END}`],
    ["of sizes with leading zeros", `000000000003\r\nabc\r\n${END}`],
    ["with spaces and extensions behind sizes", `3 \t;name="x"\r\nabc\r\n3;a\r\nabc\r\n0;b\r\n\r\n`],
    ["with trailers", `3\r\nabc\r\n0\r\nExpires: 0\r\nETag: "x"\r\n\r\n`],
    ["whose data look like the end", `5\r\n${END}\r\n${END}`],
  ])("%s is sound, and nothing behind it is read", (_, coded) => {
    const whole = read(`${coded}0\r\n`);
    expect(whole).toMatchObject({ readBytes: coded.length, state: "over", found: [] });
    expect(read(...(coded.match(/./gs) ?? []))).toMatchObject({
      body: whole.body,
      readBytes: coded.length,
      found: [],
    });
  });

  test("gives its data as they come", () => {
    expect(read(`3\r\nabc\r\n2\r\nde\r\n${END}`).body).toBe("abcde");
    expect(read("3\r\na", "bc\r", "\n2\r\nd")).toEqual({
      body: "abcd",
      readBytes: 12,
      state: "open",
      found: ["chunk-last-missing: connection closed before it"],
    });
  });

  test.each<[string, string, string]>([
    ["a size that is none", "xyz\r\n", 'chunk-size-malformed: "xyz", in chunk 1'],
    ["a size of 13 digits", "0000000000003\r\n", 'chunk-size-malformed: "0000000000003", in chunk 1'],
    ["no size", "\r\n", 'chunk-size-malformed: "", in chunk 1'],
    ["a second size that is none", "1\r\na\r\n-1\r\n", 'chunk-size-malformed: "-1", in chunk 2'],
    [
      "more data than its size",
      "1\r\nab\r\n",
      'chunk-end-missing: "b??" where CR LF was expected, in chunk 1',
    ],
  ])("of %s is broken, and read no further", (_, coded, finding) => {
    expect(read(coded, "3\r\nabc\r\n")).toMatchObject({
      state: "broken",
      readBytes: coded.length,
      found: [finding],
    });
  });

  test.each([
    ["behind a size", "3\nabc\r\n0\r\n\r\n", '"3?"'],
    ["behind a chunk", "3\r\nabc\n0\r\n\r\n", '"?"'],
    ["at the end", "3\r\nabc\r\n0\r\n\n", '"?"'],
  ])("with a bare LF %s is read all the same", (_, coded, line) => {
    expect(read(coded)).toMatchObject({ body: "abc", state: "over", found: [`chunk-bare-lf: ${line}`] });
  });

  test("has lines of 16 KiB at most", () => {
    const line = `3;${"x".repeat(16 * 1024 - 2)}`;
    expect(read(line, "\r\nabc\r\n", END).found).toEqual([]);
    expect(read(`${line}x`, "\r\nabc\r\n").found).toEqual(["chunk-size-malformed: endless line, in chunk 1"]);
  });

  test.each([
    [49, 1, []],
    [50, 1, ["chunks-tiny: 50 chunks of 1.0 bytes on average"]],
    [50, 31, ["chunks-tiny: 50 chunks of 31.0 bytes on average"]],
    [50, 32, []],
  ])("of %d chunks of %d bytes is %j", (count, chunkBytes, found) => {
    const chunk = `${chunkBytes.toString(16)}\r\n${"x".repeat(chunkBytes)}\r\n`;
    expect(read(chunk.repeat(count), END).found).toEqual(found);
  });
});
