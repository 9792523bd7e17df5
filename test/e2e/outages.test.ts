import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { parseAudioSpecificConfig, SAMPLE_RATES_HZ } from "../../src/media/aac/config.ts";
import { silentFrame } from "../../src/media/aac/silence.ts";
import { encodeAudioConfig, encodeAudioFrame } from "../../src/media/flv/audio-tag.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { decodeTimeUs, isFrame, type TrackName, trackOf } from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { fixture } from "../media/fixture.ts";
import { FakeSink, somebody } from "../outputs/live/fakes.ts";
import { mustRun } from "../run.ts";
import { decodeComplaints } from "./judges.ts";

const FRAMES = 20;

/** What ffmpeg says of a stream of silent frames, and what comes out of it. */
function decoded(
  config: Uint8Array,
  frame: Uint8Array,
): { complaints: string; peak: number; samples: number } {
  const head = parseAudioSpecificConfig(config);
  const audioConfig = { kind: "audio-config", codec: "aac", decoderConfig: config, ...head } as const;
  const tags = Array.from({ length: FRAMES }, (_, n) =>
    encodeAudioFrame({ kind: "audio-frame", codec: "aac", presentationTimeUs: 0, data: frame }, n * 21),
  );
  const flv = [
    encodeHeader({ video: false, audio: true }),
    encodeAudioConfig(audioConfig, 0)?.bytes ?? Buffer.alloc(0),
  ].concat(tags.map((tag) => tag.bytes));
  const { stdout, stderr } = spawnSync(
    "ffmpeg",
    [
      "-v",
      "warning",
      "-xerror",
      "-err_detect",
      "explode",
      "-f",
      "flv",
      "-i",
      "pipe:0",
      "-f",
      "f32le",
      "pipe:1",
    ],
    { input: Buffer.concat(flv), maxBuffer: 64e6, timeout: 20_000 },
  );
  const samples = new Float32Array(new Uint8Array(stdout).buffer);
  return {
    complaints: stderr.toString(),
    peak: samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0),
    samples: samples.length / head.channels,
  };
}

/** AudioSpecificConfig of AAC-LC: object type 2, rate, layout, 1024 samples. */
function lcConfig(rateIndex: number, channelConfiguration: number): Uint8Array {
  const bits = (2 << 11) | (rateIndex << 7) | (channelConfiguration << 3);
  return Uint8Array.of(bits >> 8, bits & 0xff);
}

const rates = SAMPLE_RATES_HZ.map((rateHz, index) => [`${rateHz} Hz stereo`, lcConfig(index, 2)] as const);
const layouts = [1, 2, 3, 4, 5, 6, 7, 11, 12].map(
  (layout) => [`layout ${layout}`, lcConfig(3, layout)] as const,
);

test.each([...rates, ...layouts])("is silence to ffmpeg at %s", (_, config) => {
  const frame = silentFrame(config);
  if (frame === null) throw new Error("no silence");
  const { complaints, peak, samples } = decoded(config, frame);
  expect(complaints).toBe("");
  expect(peak).toBe(0);
  expect(samples).toBe(FRAMES * 1024);
});

const S = 1e6;
const NUT: Readonly<Record<TrackName, string>> = { video: "video-5.1.nut", audio: "audio-5.1.nut" };

/** Recorded streams of two seconds, played in fast time one after the other; each is one run of a track's source. */
class Recording {
  readonly sink = new FakeSink();
  readonly #live = livePipeline();
  #nowUs = 1.7e15;
  #isWatched = false;

  /** Runs the sources of these tracks until they end; what has none is lost. One may hang for a time, after half a second. */
  play(tracks: readonly TrackName[], hangsUs: Partial<Record<TrackName, number>> = {}): void {
    const hungUs = this.#nowUs + S / 2;
    const packets = tracks.flatMap((track) => {
      this.#live.pipeline.sourceBegins(track);
      return new NutTrack(ownClock()).push(fixture(NUT[track]), this.#nowUs);
    });
    const wayUs = { "video-config": 0, "video-frame": 10_000, "audio-config": 0, "audio-frame": 80_000 };
    const arriving = packets.map((packet) => {
      const arrivalUs = (isFrame(packet) ? decodeTimeUs(packet) : this.#nowUs) + wayUs[packet.kind];
      const releasedUs = hungUs + (hangsUs[trackOf(packet)] ?? 0);
      return { packet, arrivalUs: arrivalUs > hungUs ? Math.max(arrivalUs, releasedUs) : arrivalUs };
    });
    for (const { packet, arrivalUs } of arriving.toSorted((a, b) => a.arrivalUs - b.arrivalUs)) {
      this.wait(arrivalUs - this.#nowUs);
      this.#live.pipeline.push([packet], this.#nowUs);
      this.#watch();
    }
    for (const track of tracks) this.#live.pipeline.sourceLost(track);
  }

  wait(us: number): void {
    const untilUs = this.#nowUs + us;
    while (this.#nowUs < untilUs) {
      this.#nowUs = Math.min(this.#nowUs + 50_000, untilUs);
      this.#live.pipeline.tick(this.#nowUs);
    }
  }

  #watch(): void {
    if (this.#isWatched || !this.#live.hub.isReady) return;
    this.#isWatched = true;
    this.#live.hub.join(this.sink, somebody);
  }
}

describe("a recording of a viewer who stayed through everything", () => {
  test("decodes without a complaint, and its times only grow", async () => {
    const recording = new Recording();
    recording.play(["video", "audio"]);
    recording.play(["video"]);
    recording.play(["audio"]);
    recording.wait(10 * S);
    recording.play(["audio"]);
    recording.play(["video", "audio"]);
    recording.play(["video"]);
    recording.play(["video", "audio"], { video: 1.3 * S });
    recording.play(["video", "audio"], { audio: 1.3 * S });
    const folder = await mkdtemp(join(tmpdir(), "flvcast-outages-"));
    try {
      const path = join(folder, "stayed.flv");
      await writeFile(path, recording.sink.bytes);
      expect(await decodeComplaints(path)).toBe("");
      const times = { v: await timesOf(path, "v"), a: await timesOf(path, "a") };
      for (const track of [times.v, times.a]) {
        const steps = track.slice(1).map((time, index) => time - (track[index] ?? 0));
        expect(Math.min(...steps)).toBeGreaterThan(0);
        expect(Math.max(...steps)).toBeLessThanOrEqual(1);
        expect(track.at(-1)).toBeGreaterThan(25.5);
        expect(track.at(-1)).toBeLessThan(26.5);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("pictures that go on after a hang", () => {
  test("are seen as they were made, from the last key picture of those that came late", async () => {
    const recording = new Recording();
    recording.play(["video", "audio"], { video: 1.3 * S });
    const folder = await mkdtemp(join(tmpdir(), "flvcast-hang-"));
    try {
      const path = join(folder, "hung.flv");
      await writeFile(path, recording.sink.bytes);
      const made = await picturesOf(fileURLToPath(new URL(`../fixtures/${NUT.video}`, import.meta.url)));
      const seen = await picturesOf(path);
      // 25 a second, a key picture each second, hung from the thirteenth on until the moment of those has passed
      const missing = made.flatMap((picture, index) => (seen.includes(picture) ? [] : [index]));
      expect(missing).toEqual(Array.from({ length: 12 }, (_, n) => 13 + n));
      expect(seen.length).toBeGreaterThan(made.length - missing.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** What a decoder makes of each picture, as a hash. */
async function picturesOf(path: string): Promise<readonly string[]> {
  const { stdout } = await mustRun(
    ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough"].concat([
      ...["-f", "framehash", "-hash", "adler32", "-"],
    ]),
  );
  const frames = stdout.split("\n").filter((line) => /^\d/.test(line));
  return frames.map((line) => line.split(",").at(-1) ?? "");
}

/** In seconds. */
async function timesOf(path: string, track: "v" | "a"): Promise<readonly number[]> {
  const { stdout } = await mustRun(
    ["ffprobe", "-v", "error", "-select_streams", track].concat([
      ...["-show_entries", "packet=dts_time", "-of", "csv=p=0", path],
    ]),
  );
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map(Number.parseFloat);
}
