import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FlvDemuxer } from "../../../src/media/flv/demuxer.ts";
import { readFileHead } from "../../../src/media/flv/file-metadata.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import { readMessageBody } from "../../../src/media/flv/message-body.ts";
import type { StreamInfo, TimedPacket } from "../../../src/outputs/output.ts";
import type { RecordState } from "../../../src/outputs/record/record-health.ts";
import { RecordOutput } from "../../../src/outputs/record/record-output.ts";
import type { RecordSettings } from "../../../src/outputs/record/record-settings.ts";
import { DiskError } from "../../../src/recordings/disk.ts";
import { RecordingDisk } from "../../../src/recordings/recording-disk.ts";
import type { Segment } from "../../../src/recordings/segment.ts";
import { until } from "../../e2e/processes.ts";
import { bytes } from "../../media/flv/hex.ts";
import { audioConfig, videoConfig, withPps } from "../../media/flv/packets.ts";
import { diskProgram } from "../../recordings/disk-program.ts";
import { BOTH, batches, EPOCH_MS, frame, settings, timed } from "./feed.ts";

const OPUS_HEAD = "4f70757348656164 01 02 3801 80bb0000 0000 00";

let program: string;
let folder: string;
let disk: RecordingDisk;

beforeAll(async () => {
  program = await diskProgram();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-record-"));
  disk = new RecordingDisk({ program });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await disk.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is recorded, and what is told of it. */
class Recording {
  readonly segments = new Map<string, Segment>();
  readonly told: string[] = [];
  readonly states: RecordState[] = [];
  readonly output: RecordOutput;

  constructor(changed: Partial<RecordSettings> = {}, stream: StreamInfo = BOTH) {
    const ours = {
      folder,
      path: "%name/%H-%M-%S",
      timeZone: "utc",
      segmentMs: 10_000,
      syncMs: 5000,
    } as const;
    this.output = new RecordOutput({
      name: "cam",
      program: "flvcast test",
      settings: { ...ours, keepMs: null, maxBytes: null, when: "always", ...changed },
      disk,
      onSegment: (segment) => {
        this.segments.set(segment.id, segment);
        this.told.push(`${segment.state} ${segment.id}`);
      },
      onLost: ({ id }) => this.told.push(`lost ${id}`),
      onState: (state) => this.states.push(state),
    });
    this.output.begin(stream);
  }

  async write(...all: readonly Iterable<readonly TimedPacket[]>[]): Promise<void> {
    for (const some of all) for (const batch of some) await this.output.write(batch);
  }

  /** All of it at once, as a disk process of today takes it in. */
  async end(): Promise<readonly string[]> {
    await this.output.end();
    return readdirSync(join(folder, "cam")).toSorted();
  }

  get pausedBecause(): string | null {
    const state = this.states.at(-1);
    return state === undefined || state === "recording" ? null : state.pausedBecause.code;
  }
}

/** The frames of a file, each with the number that it was fed with: its time in the stream. */
function framesOf(name: string, type: TagType) {
  const file = readFileSync(join(folder, "cam", name));
  return new FlvDemuxer().push(file).flatMap((tag) => {
    if (tag.kind !== "tag" || tag.type !== type || tag.body[1] !== 1) return [];
    return { ms: tag.timestampMs, number: Buffer.from(tag.body).readUIntBE(tag.body.length - 3, 3) };
  });
}

const numbers = (name: string, type: TagType) => framesOf(name, type).map(({ number }) => number);
const headOf = (name: string) => readFileHead(readFileSync(join(folder, "cam", name)));
const every = (ms: number, fromMs: number, untilMs: number) =>
  Array.from({ length: Math.ceil((untilMs - fromMs) / ms) }, (_, at) => fromMs + at * ms);

describe("segments", () => {
  it("begin at the first key frame at or after each multiple of the wall clock, and nothing is lost or double", async () => {
    const recording = new Recording();
    // the stream's 0 is at 14:04:58, so that 2000 is at 14:05:00, and 12000 at 14:05:10; key frames are every 1.2 s
    await recording.write([settings], batches({ untilMs: 16_000, keyEveryMs: 1200 }));
    const names = await recording.end();
    expect(names).toEqual(["14-04-58.flv", "14-05-00.flv", "14-05-10.flv"]);
    expect(names.flatMap((name) => numbers(name, TagType.video))).toEqual(every(40, 0, 16_000));
    expect(names.flatMap((name) => numbers(name, TagType.audio))).toEqual(every(20, 0, 16_000));
    expect(names.map((name) => numbers(name, TagType.video)[0])).toEqual([0, 2400, 12_000]);
    expect(names.map((name) => framesOf(name, TagType.video)[0]?.ms)).toEqual([0, 0, 0]);
    const heads = names.map(headOf);
    expect(heads.map((head) => head?.startMs)).toEqual([0, 2400, 12_000].map((ms) => EPOCH_MS + ms));
    expect(heads.map((head) => head?.durationMs)).toEqual([2400, 9600, 4000]);
    expect([...recording.segments.values()].map(({ id, state }) => [id, state])).toEqual([
      ["20261129T140458Z", "done"],
      ["20261129T140500Z", "done"],
      ["20261129T140510Z", "done"],
    ]);
    expect(recording.states).toEqual(["recording"]);
  });

  it("get the sound of their time, also where it comes later than the key frame that ends them", async () => {
    const recording = new Recording();
    await recording.write([settings], batches({ untilMs: 4000, soundLateMs: 140 }));
    const names = await recording.end();
    const audio = names.map((name) => framesOf(name, TagType.audio));
    expect(audio.flat().map(({ number }) => number)).toEqual(every(20, 0, 3860));
    expect(audio[0]?.at(-1)).toEqual({ ms: 1980, number: 1980 });
    expect(audio[1]?.[0]).toEqual({ ms: 0, number: 2000 });
    expect(headOf(names[0] ?? "")?.durationMs).toBe(2000);
  });

  it("of sound alone begin with any of it", async () => {
    const sound: StreamInfo = { ...BOTH, tracks: { video: false, audio: true } };
    const recording = new Recording({}, sound);
    const only = [...batches({ untilMs: 4000 })].map((batch) => batch.slice(1));
    await recording.write([settings.slice(1)], only);
    const names = await recording.end();
    expect(names).toEqual(["14-04-58.flv", "14-05-00.flv"]);
    expect(names.flatMap((name) => numbers(name, TagType.audio))).toEqual(every(20, 0, 4000));
  });

  it("change with the settings of video, so that each has one kind", async () => {
    const other = withPps(videoConfig, bytes("68 ee 3c 80"));
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: 1000 }), [[timed(other, 1000)]]);
    await recording.write(batches({ fromMs: 1000, untilMs: 3000 }));
    await recording.write([[timed(other, 3000)]], batches({ fromMs: 3000, untilMs: 4000 })); // the same ones again
    const names = await recording.end();
    expect(names).toEqual(["14-04-58.flv", "14-04-59.flv"]);
    expect(names.flatMap((name) => numbers(name, TagType.video))).toEqual(every(40, 0, 4000));
    expect(headOf("14-04-58.flv")?.durationMs).toBe(1000);
  });

  it.each([
    ["left out until the next key frame", 1400, [["aac"], ["opus"]]],
    ["in it where no other was yet", 1000, [["aac"], ["opus"], ["opus"]]],
  ])("have one codec a track: sound of another is %s", async (_, fromMs, expected) => {
    const opus = { ...audioConfig, codec: "opus", decoderConfig: bytes(OPUS_HEAD) } as const;
    const other = timed(withPps(videoConfig, bytes("68 ee 3c 80")), 1000);
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: fromMs }));
    const isNew = fromMs === 1000; // as from another publisher: video first
    const later = [...batches({ fromMs, untilMs: 4000 })].flatMap((batch, at) => {
      const [video, ...sounds] = batch.map((one) =>
        one.packet.kind === "audio-frame"
          ? { ...one, packet: { ...one.packet, codec: "opus" } as const }
          : one,
      );
      if (video === undefined || at > 0) return [batch.slice(0, 1).concat(sounds)];
      return [
        [...(isNew ? [other] : []), video],
        [timed(opus, fromMs), ...sounds],
      ];
    });
    await recording.write(later);
    const names = await recording.end();
    const codecs = names.map((name) =>
      new FlvDemuxer()
        .push(readFileSync(join(folder, "cam", name)))
        .flatMap((tag) => (tag.kind === "tag" ? [readMessageBody(tag)] : []))
        .flatMap((body) => (body.kind === "audio-frame" ? [body.codec] : [])),
    );
    expect(codecs.map((all) => [...new Set(all)])).toEqual(expected);
    const leftOut = isNew ? 0 : (2000 - fromMs) / 20;
    expect(codecs.flat().length).toBe(4000 / 20 - leftOut);
    expect(names.flatMap((name) => numbers(name, TagType.video))).toEqual(every(40, 0, 4000));
  });

  it("change with the stream's epoch, and behind a gap", async () => {
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: 1000 }));
    recording.output.startEpoch();
    await recording.write([settings], batches({ untilMs: 1000, epochMs: EPOCH_MS + 1000 }));
    const later = settings.map(({ packet }) => timed(packet, 9000));
    await recording.write([later], batches({ fromMs: 9000, untilMs: 10_000, epochMs: EPOCH_MS + 1000 }));
    expect(await recording.end()).toEqual(["14-04-58.flv", "14-04-59.flv", "14-05-08.flv"]);
    expect(headOf("14-04-59.flv")?.durationMs).toBe(1000);
  });

  it("follow the wall clock in their names, and the stream in their order, when the clock is set", async () => {
    const recording = new Recording();
    const hour = 3_600_000;
    await recording.write([settings], batches({ fromMs: 0, untilMs: 6000 }));
    await recording.write(batches({ fromMs: 6000, untilMs: 9000, epochMs: EPOCH_MS - hour }));
    await recording.write(batches({ fromMs: 9000, untilMs: 10_000, epochMs: EPOCH_MS }));
    const names = await recording.end();
    expect(names).toEqual(["13-05-04.flv", "14-04-58.flv", "14-05-00.flv", "14-05-07.flv"]);
    expect(numbers("13-05-04.flv", TagType.video)).toEqual(every(40, 6000, 9000));
    expect(headOf("13-05-04.flv")?.durationMs).toBe(3000);
  });

  it("whose name is in use get a number, and so do their ids", async () => {
    const recording = new Recording();
    await recording.write([settings], batches({ untilMs: 1000 }));
    recording.output.startEpoch();
    await recording.write([settings], batches({ untilMs: 1000 }));
    expect(await recording.end()).toEqual(["14-04-58-2.flv", "14-04-58.flv"]);
    expect([...recording.segments.keys()]).toEqual(["20261129T140458Z", "20261129T140458Z-2"]);
  });

  it("are told of as they grow", async () => {
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: 1000 }));
    await until("its beginning", () => recording.told.length === 1);
    await recording.write(batches({ fromMs: 1000, untilMs: 16_000 }));
    await recording.end();
    expect(recording.told.slice(0, -1)).toEqual(Array(16).fill("recording 20261129T140458Z"));
    expect(recording.told.at(-1)).toBe("done 20261129T140458Z");
  });
});

describe("a write", () => {
  it("has video with the sound before it, and sound alone every 100 ms", async () => {
    const recording = new Recording();
    await recording.write([settings], batches({ untilMs: 40 }));
    const written: number[] = [];
    const begin = disk.begin.bind(disk);
    vi.spyOn(disk, "begin").mockImplementation((...args) => {
      const writer = begin(...args);
      const append = writer.append.bind(writer);
      vi.spyOn(writer, "append").mockImplementation((tags, parts) => {
        written.push(parts.length);
        return append(tags, parts);
      });
      return writer;
    });
    recording.output.startEpoch();
    await recording.write([settings], batches({ untilMs: 40 }));
    expect(written).toEqual([7]); // header, metadata, settings, the key frame and two frames of sound
    for (let ms = 40; ms < 1000; ms += 20) await recording.output.write([timed(frame("audio", ms), ms)]);
    expect(written.length).toBeGreaterThanOrEqual(9);
    expect(written.length).toBeLessThanOrEqual(11);
    await recording.end();
  });

  it("waits for nothing: not for the file, not for the disk", async () => {
    const recording = new Recording();
    for (const batch of [settings, ...batches({ untilMs: 4000 })])
      expect(recording.output.write(batch)).toBeUndefined();
    expect(await recording.end()).toHaveLength(2);
  });
});

describe("a disk that fails", () => {
  it("pauses the recording, which is told, tried again every ten seconds, and goes on at a key frame", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const recording = new Recording({ segmentMs: 1000 });
    await recording.write([settings], batches({ untilMs: 1000 }));
    await until("its start", () => recording.states.length === 1);
    rmSync(folder, { recursive: true });
    await recording.write(batches({ fromMs: 1000, untilMs: 3000 }));
    await until("the pause", () => recording.pausedBecause === "ENOENT");
    const begin = vi.spyOn(disk, "begin");
    vi.advanceTimersByTime(9_000);
    await recording.write(batches({ fromMs: 3000, untilMs: 4000 }));
    expect(begin).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_100);
    await disk.scan({ name: "cam", folder, path: "%name" }); // makes the folder
    await recording.write(batches({ fromMs: 4040, untilMs: 5000 }));
    expect(begin).not.toHaveBeenCalled(); // no key frame
    await recording.write(batches({ fromMs: 5000, untilMs: 6000 }));
    await until("the start after it", () => recording.states.at(-1) === "recording");
    expect(await recording.end()).toEqual(["14-05-03.flv"]);
    expect(recording.states).toHaveLength(3);
  });

  it("process that dies costs what is left of a GOP; what it had written is repaired", async () => {
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: 1400 }));
    await until("its beginning", () => recording.states.length === 1);
    await until("all of it", () => recording.told.length > 0);
    await disk.space(folder); // answered behind what was sent before, which is on the disk then
    process.kill(disk.pid ?? Number.NaN, "SIGKILL");
    await until("the pause", () => recording.pausedBecause === "EPIPE");
    await recording.write(batches({ fromMs: 1400, untilMs: 3000 }));
    await until("the repair", () => recording.told.includes("repaired 20261129T140458Z"));
    const names = await recording.end();
    expect(names).toEqual(["14-04-58.flv", "14-05-00.flv"]);
    const lost = every(40, 0, 3000).filter(
      (ms) => !names.flatMap((name) => numbers(name, TagType.video)).includes(ms),
    );
    expect(lost.every((ms) => ms >= 1000 && ms < 2000)).toBe(true);
  });

  it("is left alone while the recording is held, which goes on at the next key frame", async () => {
    const recording = new Recording({ segmentMs: 3_600_000 });
    await recording.write([settings], batches({ untilMs: 1000 }));
    recording.output.pause(new DiskError("ENOSPC", "less than 1 GB is left"));
    await recording.write(batches({ fromMs: 1000, untilMs: 2400 }));
    expect(recording.pausedBecause).toBe("ENOSPC");
    recording.output.resume();
    await recording.write(batches({ fromMs: 2400, untilMs: 4000 }));
    expect(await recording.end()).toEqual(["14-04-58.flv", "14-05-01.flv"]);
    expect(numbers("14-05-01.flv", TagType.video)).toEqual(every(40, 3000, 4000));
  });
});
