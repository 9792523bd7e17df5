import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Faults } from "../../../src/check/faults.ts";
import { StreamJudge } from "../../../src/check/stream-judge.ts";
import { type Amf0Value, decodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { FlvDemuxer, type FlvTagEvent } from "../../../src/media/flv/demuxer.ts";
import { MessageReader } from "../../../src/media/flv/message-reader.ts";
import { type Frame, isFrame } from "../../../src/media/packet.ts";
import { clipFile } from "../../../src/outputs/history/clip-file.ts";
import { storyOf } from "../live/fakes.ts";
import { beginning, keptStream } from "./kept-stream.ts";

const NOW_MS = Date.UTC(2026, 10, 29, 14, 5);

type Kept = ReturnType<typeof keptStream>["history"];

function fileOf(history: Kept, lastMs: number): Buffer {
  const kept = history.last(lastMs);
  if (kept === null) throw new Error("nothing is kept");
  return Buffer.concat(clipFile(kept, NOW_MS).parts);
}

/** The properties of its onMetaData, and the tags that its index says it has. */
function readIndex(file: Buffer) {
  const tags = new FlvDemuxer().push(file).filter((event): event is FlvTagEvent => event.kind === "tag");
  const [, metadata] = decodeAmf0(tags[0]?.body ?? Buffer.alloc(0));
  const facts = propertiesOf(metadata);
  const { filepositions, times } = propertiesOf(facts["keyframes"]);
  return {
    facts,
    times,
    at: (filepositions as number[]).map((at) => tags.findIndex((tag) => tag.offset === at)),
  };
}

function propertiesOf(value: Amf0Value | undefined): Readonly<Record<string, Amf0Value>> {
  if (typeof value !== "object" || value === null || !("properties" in value))
    throw new Error("no properties");
  return Object.fromEntries(value.properties);
}

const gops = `${beginning} key@0 audio@0 delta@500 key@1000 audio@1000 delta@1040 audio@1023 key@2000 delta@2040`;

describe("a clip", () => {
  it("is a whole file whose time begins at 0", () => {
    const { send, history } = keptStream();
    send(gops);
    expect(storyOf(fileOf(history, 1000))).toBe(
      "header metadata@0 video-config@0 audio-config@0 " +
        "key@0 audio@0 delta@40 audio@23 key@1000 delta@1040",
    );
  });

  it("says how long and how large it is, when it was captured, and where its key frames are", () => {
    const { send, history } = keptStream();
    send(gops);
    const file = fileOf(history, 1000);
    const { facts, times, at } = readIndex(file);
    expect(facts).toMatchObject({
      ...{ duration: 1.08, filesize: file.length, width: 1280, height: 720, framerate: 25 },
      starttime: "2026-11-29T14:04:58.920Z",
    });
    expect([times, at]).toEqual([
      [0, 0, 1],
      [1, 3, 7],
    ]);
  });

  it("of sound alone has an entry each second", () => {
    const { send, history } = keptStream({ video: false });
    send(`audio-config@0 ${Array.from({ length: 25 }, (_, at) => `audio@${5000 + at * 100}`).join(" ")}`);
    const { facts, times, at } = readIndex(fileOf(history, 60_000));
    expect(facts["duration"]).toBe(2.5);
    expect([times, at]).toEqual([
      [0, 0, 1, 2],
      [1, 2, 12, 22],
    ]);
  });

  it("has views of the frames that are kept", () => {
    const { send, history } = keptStream();
    send(gops);
    const kept = history.last(0);
    if (kept === null) throw new Error("nothing is kept");
    const { parts } = clipFile(kept, NOW_MS);
    for (const frame of kept.frames) for (const part of frame.parts) expect(parts).toContain(part);
  });
});

/** The fixture's frames, from another time on. */
function* framesOf(path: string, fromMs: number) {
  const reader = new MessageReader({ video: true, audio: false });
  for (const event of new FlvDemuxer().push(readFileSync(path))) {
    const frame = event.kind === "tag" ? reader.read(event) : null;
    if (frame === null) continue;
    for (const packet of reader.packets(frame, frame.timeUs))
      yield { packet, timestampMs: fromMs + (isFrame(packet) ? msOf(packet) : 0), capturedMs: null };
  }
}

const msOf = (frame: Frame) =>
  Math.round((frame.kind === "video-frame" ? frame.decodeTimeUs : frame.presentationTimeUs) / 1000);

it("a clip of a stream with B-frames has no fault", () => {
  const { sendPackets, history } = keptStream({ audio: false });
  for (const packet of framesOf("test/fixtures/flv/b-frames.flv", 90_000)) sendPackets(packet);
  const faults = new Faults();
  const judge = new StreamJudge(faults);
  judge.push(fileOf(history, 1000), null);
  const { video } = judge.end({ isWhole: true, atMs: null });
  expect(faults.all()).toEqual([]);
  expect(video).toMatchObject({ frames: 30 });
});
