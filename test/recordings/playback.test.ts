import { describe, expect, it } from "vitest";
import { decodeAmf0, encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { closeFileMetadata, openFileMetadata } from "../../src/media/flv/file-metadata.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import { playback } from "../../src/recordings/playback.ts";
import { cutsOf, type Span } from "../../src/recordings/span.ts";
import { storyOf, tags } from "../outputs/live/fakes.ts";
import { FakeRecordings, flvFile, START_MS } from "./fake-recordings.ts";

const OPENING = "metadata@0 video-config@0 audio-config@0";
const FRAMES = "key@0 audio@5 delta@40 audio@45 key@80 audio@85 delta@120 audio@125";
const MEDIA_MS = 160;

async function played(recordings: FakeRecordings, span: Partial<Span> = {}): Promise<Buffer> {
  const cuts = cutsOf(recordings.list(), { fromMs: 0, toMs: Number.POSITIVE_INFINITY, ...span });
  const pieces: Uint8Array[] = [];
  for await (const piece of playback(recordings, cuts)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function storyOfPlayed(recordings: FakeRecordings, span: Partial<Span> = {}): Promise<string> {
  return storyOf(await played(recordings, span));
}

/** What onMetaData says. */
function metadataOf(flv: Uint8Array): Readonly<Record<string, unknown>> {
  const script = new FlvDemuxer().push(flv).find((event) => event.kind === "tag");
  const [, value] = script?.kind === "tag" ? decodeAmf0(script.body) : [];
  const properties =
    typeof value === "object" && value !== null && "properties" in value ? value.properties : [];
  return Object.fromEntries(properties);
}

function recorded(...stories: readonly string[]): FakeRecordings {
  const recordings = new FakeRecordings();
  for (const story of stories) recordings.add(flvFile(story), { durationMs: MEDIA_MS });
  return recordings;
}

/** When a frame is, of 25 in a second. */
const at = (frame: number) => Math.floor((frame * 1000) / 25);

describe("one segment", () => {
  it("is played as it is", async () => {
    expect(await storyOfPlayed(recorded(`${OPENING} ${FRAMES}`))).toBe(`header ${OPENING} ${FRAMES}`);
  });

  it.each([
    [0, "key@0 audio@5 delta@40 audio@45 key@80 audio@85 delta@120 audio@125"],
    [79, "key@0 audio@5 delta@40 audio@45 key@80 audio@85 delta@120 audio@125"],
    [80, "key@0 audio@5 delta@40 audio@45"],
    [130, "key@0 audio@5 delta@40 audio@45"],
  ])("from its %d ms on begins at the key frame at or before, at 0", async (fromMs, frames) => {
    const recordings = recorded(`${OPENING} ${FRAMES}`);
    expect(await storyOfPlayed(recordings, { fromMs: START_MS + fromMs })).toBe(
      `header ${OPENING} ${frames}`,
    );
  });

  it.each([
    [40, "key@0 audio@5"],
    [41, "key@0 audio@5 delta@40 audio@45"],
    [999, FRAMES],
  ])("is played up to its %d ms", async (toMs, frames) => {
    const recordings = recorded(`${OPENING} ${FRAMES}`);
    expect(await storyOfPlayed(recordings, { toMs: START_MS + toMs })).toBe(`header ${OPENING} ${frames}`);
  });

  it("that is being recorded is played as far as it is whole", async () => {
    const recordings = recorded(`${OPENING} ${FRAMES}`);
    const [segment] = recordings.segments;
    recordings.change(segment?.id ?? "", { state: "recording", bytes: (segment?.bytes ?? 0) - 1 });
    expect(await storyOfPlayed(recordings)).toBe(`header ${OPENING} ${FRAMES.replace(" audio@125", "")}`);
  });

  it.each([
    ["its index", true],
    ["its tags", false],
  ])("is begun in the middle by %s", async (_what, hasIndex) => {
    const story = `video-config@0 audio-config@0 key@0 ${"audio@1 ".repeat(20_000)}key@80 delta@120`;
    const { file, middle } = indexed(story, hasIndex);
    const recordings = new FakeRecordings();
    recordings.add(file, { durationMs: MEDIA_MS });
    const expected = `header ${OPENING} key@0 delta@40`;
    expect(await storyOfPlayed(recordings, { fromMs: START_MS + 100 })).toBe(expected);
    const starts = recordings.reads.map(([start]) => start);
    expect(starts.at(-1)).toBe(middle);
    expect(starts.length).toBe(hasIndex ? 2 : 4); // else all before it is read, in two pieces
  });

  it("with an index that lies is played as far as that makes sense", async () => {
    const { file } = indexed("video-config@0 audio-config@0 key@0 delta@40 key@80", true, 3);
    const recordings = new FakeRecordings();
    recordings.add(file, { durationMs: MEDIA_MS });
    recordings.add(flvFile(`${OPENING} key@0`), { durationMs: MEDIA_MS });
    expect(await storyOfPlayed(recordings, { fromMs: START_MS + 100 })).toBe(`header ${OPENING} key@0`);
  });

  it("of sound alone is begun at any frame", async () => {
    const recordings = new FakeRecordings();
    const story = "metadata@0 audio-config@0 audio@0 audio@20 audio@40";
    recordings.add(flvFile(story, { video: false, audio: true }), { durationMs: 60 });
    expect(await storyOfPlayed(recordings, { fromMs: START_MS + 39, toMs: START_MS + 40 })).toBe(
      "header metadata@0 audio-config@0 audio@0",
    );
  });
});

describe("several segments", () => {
  it("are one: time goes on a frame after the last, and settings are not repeated", async () => {
    const recordings = recorded(
      `${OPENING} ${FRAMES}`,
      `${OPENING} key@0 audio@6 delta@40`,
      `${OPENING} key@0`,
    );
    expect(await storyOfPlayed(recordings)).toBe(
      `header ${OPENING} ${FRAMES} key@160 audio@166 delta@200 key@240`,
    );
  });

  it("with a gap between them are one as well", async () => {
    const recordings = recorded(`${OPENING} ${FRAMES}`);
    recordings.add(flvFile(`${OPENING} key@0 delta@40`), { startMs: START_MS + 3_600_000 });
    expect(await storyOfPlayed(recordings)).toBe(`header ${OPENING} ${FRAMES} key@160 delta@200`);
  });

  it("never lead back in time, however long the sound of one goes on", async () => {
    const recordings = recorded(`${OPENING} key@0 delta@40 audio@300`, `${OPENING} key@0 audio@1`);
    expect(await storyOfPlayed(recordings)).toBe(
      `header ${OPENING} key@0 delta@40 audio@300 key@300 audio@301`,
    );
  });

  it("have their settings where these have changed", async () => {
    const recordings = recorded(`${OPENING} key@0 delta@40`);
    const other = encodeTag(TagType.video, 0, [Uint8Array.of(0x17, 0, 0, 0, 0, 2)]);
    const [metadata, , audio, key] = tags(`${OPENING} key@0`).map(({ bytes }) => bytes);
    const parts = [encodeHeader({ video: true, audio: true }), metadata, other, audio, key];
    recordings.add(Buffer.concat(parts.filter((part) => part !== undefined)));
    expect(await storyOfPlayed(recordings)).toBe(`header ${OPENING} key@0 delta@40 video-config@80 key@80`);
  });

  it("are begun in the middle of one, and end in the middle of another", async () => {
    const recordings = recorded(`${OPENING} ${FRAMES}`, `${OPENING} ${FRAMES}`, `${OPENING} ${FRAMES}`);
    const [, second, third] = recordings.segments;
    const span = { fromMs: (second?.startMs ?? 0) + 90, toMs: (third?.startMs ?? 0) + 50 };
    expect(await storyOfPlayed(recordings, span)).toBe(
      `header ${OPENING} key@0 audio@5 delta@40 audio@45 key@80 audio@85 delta@120 audio@125`,
    );
  });

  it("of which one has no frame are those that have", async () => {
    const recordings = recorded(`${OPENING} key@0`, OPENING, `${OPENING} key@0`);
    recordings.add(new Uint8Array(0));
    recordings.add(Buffer.from("not a video"));
    expect(await storyOfPlayed(recordings)).toBe(`header ${OPENING} key@0 key@0`);
  });

  it("go on behind one that is damaged", async () => {
    const recordings = new FakeRecordings();
    const whole = flvFile(`${OPENING} ${FRAMES}`);
    recordings.add(Buffer.concat([whole.subarray(0, whole.length - 10), Buffer.alloc(100, 0xff)]));
    recordings.add(flvFile(`${OPENING} key@0`));
    expect(await storyOfPlayed(recordings)).toBe(
      `header ${OPENING} ${FRAMES.replace(" audio@125", "")} key@160`,
    );
  });

  it("of a day are as long as they are together, to the millisecond", async () => {
    const frames = Array.from(
      { length: 250 },
      (_, frame) => `${frame % 50 === 0 ? "key" : "delta"}@${at(frame)}`,
    );
    const recordings = recorded(...Array.from({ length: 144 }, () => `${OPENING} ${frames.join(" ")}`));
    const story = (await storyOfPlayed(recordings)).split(" ").slice(4);
    const times = story.map((word) => Number(word.split("@")[1]));
    expect(times).toEqual(Array.from({ length: 144 * 250 }, (_, frame) => at(frame)));
  });
});

describe("what is said of it", () => {
  it("is when it begins, and how long it is", async () => {
    const recordings = new FakeRecordings();
    const { file } = indexed("video-config@0 audio-config@0 key@0 delta@40 key@80 delta@120", true);
    recordings.add(file, { durationMs: MEDIA_MS });
    recordings.add(file, { durationMs: MEDIA_MS });
    const span = { fromMs: START_MS + 100, toMs: START_MS + MEDIA_MS + 40 };
    expect(metadataOf(await played(recordings, span))).toEqual({
      ...{ duration: 0.12, starttime: new Date(START_MS + 80).toISOString(), width: 640 },
    });
  });
});

/** A file as it is on the disk: with an index, or room for one; `off` bytes beside where its key frame is. */
function indexed(
  story: string,
  hasIndex: boolean,
  off = 0,
): { readonly file: Buffer; readonly middle: number } {
  const streamMetadata = encodeAmf0("onMetaData", { kind: "ecma-array", properties: [["width", 640]] });
  const metadata = openFileMetadata(streamMetadata, START_MS, 10);
  const bytes = tags(story).map((tag) => tag.bytes);
  const header = encodeHeader({ video: true, audio: true });
  const before = bytes.slice(0, story.split(" ").lastIndexOf("key@80"));
  const middle = Buffer.concat([header, metadata, ...before]).length;
  const keyFrames = [{ position: middle + off, timeMs: 80 }];
  const index = { durationMs: MEDIA_MS, fileBytes: 0, keyFrames, isRepaired: false };
  const closed = hasIndex ? closeFileMetadata(metadata, index) : metadata;
  return { file: Buffer.concat([header, closed ?? metadata, ...bytes]), middle };
}
