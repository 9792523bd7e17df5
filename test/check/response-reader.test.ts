import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { ResponseReader } from "../../src/check/response-reader.ts";

/** What is read of an answer in these pieces; the server closes behind it. */
function read(...pieces: readonly string[]) {
  const faults = new Faults();
  const reader = new ResponseReader(faults);
  const body = pieces.flatMap((piece) => reader.push(Buffer.from(piece, "latin1")));
  const { state } = reader;
  reader.close();
  reader.end();
  return {
    status: reader.head?.status ?? null,
    body: Buffer.concat(body).toString("latin1"),
    state,
    framing: reader.framing,
    found: faults.all().map(({ id, detail }) => `${id}: ${detail}`),
  };
}

const cut = (bytes: string) => bytes.match(/./gs) ?? [];

const answer = (...headers: readonly string[]) => ["HTTP/1.1 200 OK", ...headers, "", ""].join("\r\n");

describe("the body of an answer", () => {
  test.each<[string, string, object]>([
    ["Content-Length", `${answer("Content-Length: 3")}abc`, { framing: "content-length", state: "over" }],
    ["a Content-Length of 15 digits", `${answer("Content-Length: 000000000000003")}abc`, { state: "over" }],
    [
      "chunks",
      `${answer("Transfer-Encoding: Chunked")}3\r\nabc\r\n0\r\n\r\n`,
      { framing: "chunked", state: "over" },
    ],
    ["the end of the connection", `${answer()}abc`, { framing: "close", state: "open" }],
    ["lines without CR", "HTTP/1.1 200 OK\n\nabc", { framing: "close" }],
    ["no reason behind the status", "HTTP/1.1 200\r\n\r\nabc", { framing: "close" }],
  ])("by %s is read however it is cut", (_, bytes, expected) => {
    const sound = { status: 200, body: "abc", found: [], ...expected };
    expect(read(bytes)).toMatchObject(sound);
    expect(read(...cut(bytes))).toMatchObject(sound);
  });

  test.each<[string, string, object]>([
    [
      "of a Content-Length of 0 is over at once",
      answer("Content-Length: 0"),
      { body: "", state: "over", found: [] },
    ],
    [
      "that ends a byte early is told so",
      `${answer("Content-Length: 4")}abc`,
      { body: "abc", state: "open", found: ["http-content-length-short: 1 bytes missing"] },
    ],
    [
      "that goes on a byte too long is told so",
      `${answer("Content-Length: 2")}abc`,
      { body: "ab", state: "over", found: ["bytes-after-end: 1 bytes"] },
    ],
    [
      "of chunks that goes on is told so",
      `${answer("Transfer-Encoding: chunked")}0\r\n\r\nabc`,
      { body: "", state: "over", found: ["bytes-after-end: 3 bytes"] },
    ],
    [
      "of a Content-Length of 16 digits is read to the end of the connection",
      `${answer("Content-Length: 0000000000000003")}abcd`,
      { body: "abcd", framing: "close", found: ['http-content-length-malformed: "0000000000000003"'] },
    ],
    [
      "of a negative Content-Length is read to the end of the connection",
      `${answer("Content-Length: -1")}abc`,
      { body: "abc", framing: "close", found: ['http-content-length-malformed: "-1"'] },
    ],
    [
      "of another encoding is read to the end of the connection",
      `${answer("Transfer-Encoding: gzip")}abc`,
      { body: "abc", framing: "close", found: ["http-transfer-encoding: gzip"] },
    ],
    [
      "of two lengths is read by its chunks",
      `${answer("Content-Length: 9", "Transfer-Encoding: chunked")}1\r\na\r\n0\r\n\r\n`,
      { body: "a", framing: "chunked", found: ["http-two-lengths: Transfer-Encoding, and Content-Length 9"] },
    ],
    [
      "of chunks in HTTP/1.0 is read, and told of",
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
      { body: "a", found: ["http-chunked-in-1.0: HTTP/1.0"] },
    ],
  ])("%s", (_, bytes, expected) => {
    expect(read(bytes)).toMatchObject(expected);
  });
});

describe("the head of an answer", () => {
  test.each([
    ["HTTP/2 200\r\n\r\n", 'http-malformed: it starts with "HTTP/2 200"'],
    ["SSH-2.0-x\r\n", 'http-malformed: it starts with "SSH-2.0-x?"'],
    ["\x15\x03\x01", 'http-malformed: it starts with "???"'],
    ["", "http-no-response: the connection closed after 0 bytes"],
    ["HTTP/1.1 2", "http-no-response: the connection closed after 10 bytes"],
  ])("is none in %j", (bytes, finding) => {
    expect(read(bytes)).toMatchObject({ status: null, body: "", found: [finding] });
  });

  test("has 64 KiB at most", () => {
    const start = "HTTP/1.1 200 OK\r\nX: ";
    const long = start.padEnd(64 * 1024, "x");
    expect(read(long, "\r\n\r\n").found).toEqual([]);
    const found = ["http-head-too-large: 65537 bytes without an end"];
    expect(read(`${long}x`, "\r\n\r\n").found).toEqual(found);
    expect(read(`${long}x\r\n\r\n`).found).toEqual(found);
  });

  test("has its own names and values, and others are told of", () => {
    const faults = new Faults();
    const reader = new ResponseReader(faults);
    reader.push(Buffer.from(answer("Server:  a ", "server:b:c", "X y: 1", ": 2", "none"), "latin1"));
    expect(reader.head?.headers).toEqual(new Map([["server", ["a", "b:c"]]]));
    expect(faults.all()).toMatchObject([{ id: "http-header-malformed", detail: '"X y:"', count: 3 }]);
  });

  test("comes behind 32 interim answers at most", () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    expect(read(`${interim.repeat(32)}${answer()}abc`)).toMatchObject({
      status: 200,
      body: "abc",
      found: [],
    });
    expect(read(...cut(`${interim.repeat(32)}${answer()}abc`))).toMatchObject({ status: 200, body: "abc" });
    expect(read(`${interim.repeat(33)}${answer()}`)).toMatchObject({
      status: null,
      state: "broken",
      found: ["http-no-response: 33 interim responses (1xx) and no final one"],
    });
  });

  test.each([
    [100, 200],
    [199, 200],
    [101, 101],
    [200, 200],
    [404, 404],
  ])("of status %d before one of 200 makes an answer of %d", (first, status) => {
    expect(read(`HTTP/1.1 ${first} X\r\n\r\n`, answer()).status).toBe(status);
  });

  test.each([
    [300, false],
    [301, true],
    [302, true],
    [303, true],
    [304, false],
    [305, false],
    [307, true],
    [308, true],
    [309, false],
  ])("of status %d is a redirect: %j", (status, isRedirect) => {
    const reader = new ResponseReader(new Faults());
    reader.push(Buffer.from(`HTTP/1.1 ${status} X\r\n\r\n`));
    expect(reader.isRedirect).toBe(isRedirect);
  });
});
