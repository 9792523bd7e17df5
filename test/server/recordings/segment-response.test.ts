import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DiskError } from "../../../src/recordings/disk.ts";
import type { Segment } from "../../../src/recordings/segment.ts";
import { patterned } from "../../recordings/fake-recordings.ts";
import { rangeForms } from "../http/range-forms.ts";
import { bytesOf, Recorded } from "./recorded.ts";

const PIECE = 256 * 1024;
const bytes = patterned(10);

let recorded: Recorded;
let segment: Segment;
let path: string;

beforeAll(async () => {
  recorded = await Recorded.start();
});
beforeEach(() => {
  recorded.recordings.reset();
  segment = recorded.recordings.add(bytes);
  path = `/recordings/cam/${segment.id}.flv`;
});
afterAll(() => recorded.stop());

const tag = () => `"${segment.id}-10-${Math.trunc(segment.modifiedMs)}"`;
const modified = () => new Date(segment.modifiedMs).toUTCString();

describe("a segment", () => {
  it("is sent whole, with what it is known by", async () => {
    const client = await recorded.ask(path);
    expect([client.status, bytesOf(client)]).toEqual([200, Buffer.from(bytes)]);
    expect(
      ["content-type", "content-length", "accept-ranges", "etag", "last-modified", "cache-control"].map(
        (name) => client.header(name),
      ),
    ).toEqual(["video/x-flv", "10", "bytes", tag(), modified(), "private, no-cache"]);
    expect(client.header("content-disposition")).toBeNull();
  });

  it("is kept by a browser where that is asked for", async () => {
    const client = await recorded.ask(`${path}?download`);
    expect(client.header("content-disposition")).toBe(`attachment; filename="cam-${segment.id}.flv"`);
  });

  it("has ranges, in the forms that a request can carry", async () => {
    const tellable = rangeForms
      .filter(({ header, sizeBytes }) => sizeBytes === 10 && /^[\t -~]*$/.test(header))
      .filter((_, at) => at % 4 === 0); // selectRange has been asked for all of them
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const got: unknown[] = [];
    for (const { header } of tellable) {
      const { port } = recorded.served;
      const asking = get({ port, path, agent, headers: { range: header } });
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      const body = Buffer.concat(await response.toArray());
      const { statusCode = 0, headers } = response;
      got.push([statusCode, headers["content-range"] ?? null, statusCode === 416 ? 0 : body.length]);
    }
    agent.destroy();
    const expected = tellable.map(({ expected: selection }) => {
      if (selection.kind === "whole") return [200, null, 10];
      if (selection.kind === "unsatisfiable") return [416, "bytes */10", 0];
      const { first, last } = selection;
      return [206, `bytes ${first}-${last}/10`, last - first + 1];
    });
    expect(got).toEqual(expected);
    expect(got.length).toBeGreaterThan(100);
  });

  it("is sent in part", async () => {
    const client = await recorded.ask(path, "Range: bytes=2-4\r\n");
    expect([client.status, client.header("content-range"), client.header("content-length")]).toEqual([
      ...[206, "bytes 2-4/10", "3"],
    ]);
    expect([...bytesOf(client)]).toEqual([...bytes.subarray(2, 5)]);
    expect(recorded.recordings.reads).toEqual([[2, 3]]);
  });

  it("beyond its end is not there, and nothing is read", async () => {
    const client = await recorded.ask(path, "Range: bytes=10-\r\n");
    expect([client.status, client.header("content-range"), client.body]).toEqual([
      ...[416, "bytes */10", "the recording has 10 bytes\n"],
    ]);
    expect(recorded.recordings.reads).toEqual([]);
  });

  it("is asked for by HEAD without being read, and without regard to a Range (14.2)", async () => {
    const client = await recorded.ask(path, "Range: bytes=2-4\r\n", "HEAD");
    expect([client.status, client.header("content-length"), client.body]).toEqual([200, "10", ""]);
    expect([client.header("etag"), client.header("content-range")]).toEqual([tag(), null]);
    expect(recorded.recordings.reads).toEqual([]);
  });

  it("is not sent again to who has it", async () => {
    for (const condition of [`If-None-Match: W/${tag()}`, `If-Modified-Since: ${modified()}`]) {
      const client = await recorded.ask(path, `${condition}\r\n`);
      expect([client.status, client.header("etag"), client.body]).toEqual([304, tag(), ""]);
    }
    expect(recorded.recordings.reads).toEqual([]);
  });

  it("is not sent where another is asked for", async () => {
    for (const condition of ['If-Match: "x"', "If-Unmodified-Since: Sun, 29 Nov 2026 14:05:09 GMT"]) {
      const client = await recorded.ask(path, `${condition}\r\nRange: bytes=2-4\r\n`);
      expect([client.status, client.body]).toEqual([
        412,
        "the recording is not the one that the request names\n",
      ]);
    }
  });

  it.each([
    ["its tag", () => tag(), 206],
    ["its weak tag", () => `W/${tag()}`, 200],
    ["another tag", () => '"x"', 200],
    ["its date", () => modified(), 206],
    ["another date", () => "Sun, 29 Nov 2026 14:05:09 GMT", 200],
  ])("is sent in part if it is the one that If-Range names: %s", async (_what, ifRange, status) => {
    const client = await recorded.ask(path, `Range: bytes=2-4\r\nIf-Range: ${ifRange()}\r\n`);
    expect(client.status).toBe(status);
  });

  it("is not judged by a date that is there twice (13.1.3)", async () => {
    const client = await recorded.ask(path, `If-Modified-Since: ${modified()}\r\n`.repeat(2));
    expect(client.status).toBe(200);
  });

  it("without a byte is empty, whatever is asked of it", async () => {
    const { id } = recorded.recordings.add(new Uint8Array(0));
    const ask = async (range: string) =>
      await recorded.ask(`/recordings/cam/${id}.flv`, `Range: ${range}\r\n`);
    const [all, suffix] = [await ask("bytes=0-"), await ask("bytes=-5")];
    expect([all.status, all.header("content-range")]).toEqual([416, "bytes */0"]);
    expect([suffix.status, suffix.header("content-length"), suffix.body]).toEqual([200, "0", ""]);
  });

  it("changed since has another tag", async () => {
    recorded.recordings.change(segment.id, { modifiedMs: segment.modifiedMs + 1 });
    expect((await recorded.ask(path)).header("etag")).not.toBe(tag());
  });
});

describe("a segment that is being recorded", () => {
  beforeEach(() => recorded.recordings.change(segment.id, { state: "recording" }));

  it("has ranges of what there is, and does not say how long it will be (14.4)", async () => {
    const client = await recorded.ask(path, "Range: bytes=2-\r\n");
    expect([client.status, client.header("content-range")]).toEqual([206, "bytes 2-9/*"]);
    expect(bytesOf(client)).toHaveLength(8);
    const beyond = await recorded.ask(path, "Range: bytes=10-\r\n");
    expect([beyond.status, beyond.header("content-range")]).toEqual([416, "bytes */10"]);
  });

  it("is sent as far as it is there", async () => {
    recorded.recordings.change(segment.id, { bytes: 7 }); // of the file's ten, three are not known to be whole
    const client = await recorded.ask(path);
    expect([client.status, client.header("content-length"), bytesOf(client).length]).toEqual([200, "7", 7]);
  });

  it("has a tag that grows with it, and no date, which may be that of two states of it", async () => {
    const before = await recorded.ask(path);
    expect(before.header("last-modified")).toBeNull();
    recorded.recordings.change(segment.id, { state: "done" });
    const after = await recorded.ask(path);
    expect(after.header("etag")).not.toBe(before.header("etag"));
    expect(after.header("last-modified")).toBe(modified());
  });

  it("cannot be had as MP4 yet", async () => {
    const client = await recorded.ask(path.replace(".flv", ".mp4"));
    expect([client.status, client.body]).toEqual([
      ...[409, "this segment is still being recorded: use .flv, or play.mp4 with from and to\n"],
    ]);
  });
});

describe("a long segment", () => {
  const long = patterned(20 * PIECE + 5);
  let longPath: string;

  beforeEach(() => {
    longPath = `/recordings/cam/${recorded.recordings.add(long).id}.flv`;
  });

  it("is read piece by piece", async () => {
    const client = await recorded.ask(longPath);
    expect(bytesOf(client).equals(long)).toBe(true);
    expect(recorded.recordings.reads).toEqual([
      ...Array.from({ length: 20 }, (_, at) => [at * PIECE, PIECE]),
      [20 * PIECE, 5],
    ]);
  });

  it("is read as its client takes it", async () => {
    const { reads } = recorded.recordings;
    const pieces = 256; // more than any system buffers
    const { id } = recorded.recordings.add(Buffer.alloc(pieces * PIECE));
    const client = recorded.begin(`/recordings/cam/${id}.flv`);
    client.socket.pause();
    let before = -1;
    const hasStopped = () => before === (before = reads.length);
    await expect.poll(hasStopped, { interval: 200 }).toBe(true);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThan(pieces);
    client.socket.resume();
    await client.closed();
    expect(reads).toHaveLength(pieces);
  });

  it("is not read any more when its client has left", async () => {
    const other = await Recorded.start();
    const { id } = other.recordings.add(long);
    const client = other.begin(`/recordings/cam/${id}.flv`);
    let letGo: (() => void) | null = null;
    other.recordings.beforeRead = async (reads) => {
      if (reads === 3) await new Promise<void>((resolve) => (letGo = resolve));
    };
    await expect.poll(() => other.recordings.reads.length).toBe(4);
    client.socket.destroy();
    await other.stop(); // which waits for the connection's end
    (letGo as (() => void) | null)?.(); // TypeScript does not see it assigned
    await new Promise(setImmediate);
    expect(other.recordings.reads).toHaveLength(4);
  });

  it("ends with the connection when the disk fails in the middle", async () => {
    recorded.recordings.beforeRead = async (reads) => {
      if (reads === 3) throw new DiskError("EIO", "broken");
    };
    const client = await recorded.ask(longPath);
    expect([client.status, client.header("content-length")]).toEqual([200, String(long.length)]);
    expect(bytesOf(client).length).toBeLessThanOrEqual(3 * PIECE);
  });

  it("that is shorter than it should be ends with the connection", async () => {
    recorded.recordings.files.set(
      (recorded.recordings.segments.at(-1) as Segment).file,
      long.subarray(0, PIECE),
    );
    const client = await recorded.ask(longPath);
    expect([client.status, bytesOf(client).length]).toEqual([200, PIECE]);
  });
});

it.each([
  ["EIO", 503, "the disk of the recordings fails (EIO); try again in 10 seconds\n", "10"],
  ["ETIMEDOUT", 503, "the disk of the recordings fails (ETIMEDOUT); try again in 10 seconds\n", "10"],
  ["ENOENT", 404, "recording not found: it may have been deleted\n", null],
])("where the first read fails with %s, the answer is %d", async (code, status, body, retryAfter) => {
  recorded.recordings.beforeRead = async () => {
    throw new DiskError(code, "/secret/path");
  };
  const client = await recorded.ask(path);
  expect([client.status, client.body, client.header("retry-after")]).toEqual([status, body, retryAfter]);
});

it("a bug in reading is told of, and costs its request alone", async () => {
  const onError = vi.fn<(error: Error, request: string) => void>();
  const other = await Recorded.start({ onError });
  const { id } = other.recordings.add(patterned(2 * PIECE));
  other.recordings.beforeRead = async (reads) => {
    if (reads === 1) throw new TypeError("a bug");
  };
  await other.ask(`/recordings/cam/${id}.flv?token=x`);
  expect(onError.mock.calls).toEqual([[new TypeError("a bug"), `GET /recordings/cam/${id}.flv`]]);
  await other.stop();
});
