import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import type { makeMp4 } from "../../../src/recordings/mp4.ts";
import type { Segment } from "../../../src/recordings/segment.ts";
import { storyOf } from "../../outputs/live/fakes.ts";
import { flvFile, patterned, START_MS } from "../../recordings/fake-recordings.ts";
import { bytesOf, Recorded } from "./recorded.ts";

const OPENING = "metadata@0 video-config@0 audio-config@0";

let made = 0;
let recorded: Recorded;
let segment: Segment;

/** The same bytes, which a player would not take. */
const make: typeof makeMp4 = async (flv, { file }) => {
  made += 1;
  const pieces: Uint8Array[] = [];
  for await (const piece of flv) pieces.push(piece);
  await writeFile(file, Buffer.concat(pieces));
};

/** Which never ends by itself. */
const slow: typeof makeMp4 = async (_flv, { signal }) =>
  await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

function failsWith(error: Error): typeof makeMp4 {
  return async () => {
    throw error;
  };
}

beforeAll(async () => {
  recorded = await Recorded.start({}, { make, maxBytes: 100_000 });
});
let startMs = START_MS;
beforeEach(() => {
  made = 0;
  startMs += 86_400_000; // what one test has made is none of the next one's
  recorded.recordings.reset();
  segment = recorded.recordings.add(flvFile(`${OPENING} key@0 delta@40`), { durationMs: 80, startMs });
});
afterAll(() => recorded.stop());

const ofSegment = () => `/recordings/cam/${segment.id}.mp4`;
const ask = (path: string, headers = "") => recorded.ask(path, headers);

describe("a segment as MP4", () => {
  it("is made once, and has ranges, tags and dates", async () => {
    const client = await ask(ofSegment());
    expect([client.status, client.header("content-type")]).toEqual([200, "video/mp4"]);
    expect(storyOf(bytesOf(client))).toBe(`header ${OPENING} key@0 delta@40`);
    const etag = client.header("etag") ?? "";
    const part = await ask(ofSegment(), `Range: bytes=0-2\r\nIf-Range: ${etag}\r\n`);
    expect([part.status, part.body, part.header("etag")]).toEqual([206, "FLV", etag]);
    expect((await ask(ofSegment(), `If-None-Match: ${etag}\r\n`)).status).toBe(304);
    expect((await ask(ofSegment(), `If-Modified-Since: ${client.header("last-modified")}\r\n`)).status).toBe(
      304,
    );
    expect((await ask(`${ofSegment()}?download`)).header("content-disposition")).toBe(
      `attachment; filename="cam-${segment.id}.mp4"`,
    );
    expect(made).toBe(1);
  });

  it("is not made for HEAD, which hears of its length once it is there", async () => {
    const before = await recorded.ask(ofSegment(), "", "HEAD");
    expect([before.status, before.header("content-type"), before.header("content-length"), made]).toEqual([
      ...[200, "video/mp4", null, 0],
    ]);
    const { body } = await ask(ofSegment());
    const after = await recorded.ask(ofSegment(), "", "HEAD");
    expect([after.status, after.header("content-length"), after.body]).toEqual([
      200,
      String(body.length),
      "",
    ]);
  });

  it("that takes a while is to be asked for again", async () => {
    const other = await Recorded.start({}, { make: slow, waitMs: 1 });
    const { id } = other.recordings.add(flvFile(`${OPENING} key@0`));
    const client = await other.ask(`/recordings/cam/${id}.mp4`);
    expect([client.status, client.body, client.header("retry-after")]).toEqual([
      ...[503, "the .mp4 is being made; try again in 10 seconds\n", "10"],
    ]);
    await other.stop();
  });
});

describe("what cannot be made", () => {
  let other: Recorded;
  let path: string;
  const failing = async (error: Error) => {
    other = await Recorded.start({}, { make: failsWith(error) });
    path = `/recordings/cam/${other.recordings.add(flvFile(`${OPENING} key@0`)).id}.mp4`;
    const client = await other.ask(path);
    await other.stop();
    return [client.status, client.body];
  };

  it("by ffmpeg is said without its words, which may name paths", async () => {
    expect(await failing(new UserError("failure", "cannot write /secret/path"))).toEqual([
      ...[500, "cannot make the .mp4 (failure)\n"],
    ]);
    expect(await failing(new UserError("noFfmpeg", "none"))).toEqual([
      500,
      "cannot make the .mp4 (noFfmpeg)\n",
    ]);
  });

  it("by the cache's disk is said as well", async () => {
    const error = Object.assign(new Error("/secret/path"), { code: "ENOSPC" });
    expect(await failing(error)).toEqual([500, "cannot make the .mp4 (ENOSPC)\n"]);
  });

  it("since it is too large is said before anything is read", async () => {
    const { id } = recorded.recordings.add(patterned(50_001));
    const client = await recorded.ask(`/recordings/cam/${id}.mp4`);
    expect([client.status, client.body]).toEqual([400, "too large for an .mp4: ask for less, or for .flv\n"]);
    expect(recorded.recordings.reads).toEqual([]);
  });

  it("since it is too long is said as well", async () => {
    recorded.recordings.add(flvFile(`${OPENING} key@0`), { durationMs: 3_600_000 });
    const client = await recorded.ask("/recordings/cam/play.mp4");
    expect([client.status, client.body]).toEqual([
      400,
      "an .mp4 has at most an hour: ask for less, or for .flv\n",
    ]);
    const hour = `from=${startMs}&to=${startMs + 3_600_000}`;
    expect((await ask(`/recordings/cam/play.mp4?${hour}`)).status).toBe(200);
  });
});

describe("what was recorded between two moments, as MP4", () => {
  it("is one file, whose tag stays the same as long as it does", async () => {
    const { id } = recorded.recordings.add(flvFile(`${OPENING} key@0 delta@40`), {
      ...{ durationMs: 80, state: "recording" },
    });
    const path = `/recordings/cam/play.mp4?to=${startMs + 160}`;
    const whole = await ask(path);
    expect(storyOf(bytesOf(whole))).toBe(`header ${OPENING} key@0 delta@40 key@80 delta@120`);
    const sooner = await ask(`/recordings/cam/play.mp4?to=${startMs + 100}`);
    expect(storyOf(bytesOf(sooner))).toBe(`header ${OPENING} key@0 delta@40 key@80`);

    const longer = flvFile(`${OPENING} key@0 delta@40 delta@80`);
    recorded.recordings.files.set(recorded.recordings.segments[1]?.file ?? "", longer);
    recorded.recordings.change(id, { bytes: longer.length, durationMs: 120 });
    const tag = (client: typeof whole) => client.header("etag");
    expect(tag(await ask(`/recordings/cam/play.mp4?to=${startMs + 100}`))).toBe(tag(sooner));
    const all = await ask("/recordings/cam/play.mp4");
    expect(storyOf(bytesOf(all))).toBe(`header ${OPENING} key@0 delta@40 key@80 delta@120 delta@160`);
    recorded.recordings.change(id, { state: "done" });
    expect(tag(await ask(`/recordings/cam/play.mp4?to=${startMs + 100}`))).toBe(tag(sooner));
  });
});
