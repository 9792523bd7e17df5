import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LostTracks } from "../../src/channel/lost-tracks.ts";
import type { Packet, Tracks } from "../../src/media/packet.ts";
import { audioConfig, videoConfig } from "../media/flv/packets.ts";
import { livePipeline } from "./live-pipeline.ts";
import { frameOf } from "./simulation.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks(); // before the timers: else a fake one is put back
  vi.useRealTimers();
});

const BOTH: Tracks = { video: true, audio: true };

const nowUs = () => 1e12 + performance.now() * 1000;

/** A stream whose frames come in time, 25 and 50 a second, and how often it was looked whether one is missing. */
function begin(tracks: Tracks = BOTH) {
  const { pipeline } = livePipeline({ tracks });
  const lost = new LostTracks({ pipeline, tracks, nowUs });
  const ticks = vi.spyOn(pipeline, "tick");
  const send = (packet: Packet) => {
    pipeline.push([packet], nowUs());
    lost.watch();
  };
  if (tracks.video) send(videoConfig);
  if (tracks.audio) send(audioConfig);
  let step = 0;
  const play = (seconds: number, playing: Tracks = tracks) => {
    for (const end = step + seconds * 50; step < end; step += 1) {
      if (playing.video && step % 2 === 0) send(frameOf("video", nowUs(), nowUs(), step % 50 === 0));
      if (playing.audio) send(frameOf("audio", nowUs(), nowUs(), true));
      vi.advanceTimersByTime(20);
    }
  };
  const looked = () => {
    const count = ticks.mock.calls.length;
    ticks.mockClear();
    return count;
  };
  return { lost, play, looked };
}

it("nothing is looked for before the stream has begun", () => {
  const { looked } = begin();
  vi.advanceTimersByTime(60_000);
  expect([looked(), vi.getTimerCount()]).toEqual([0, 0]);
});

it.each([
  ["both tracks", BOTH],
  ["video alone", { video: true, audio: false }],
  ["sound alone", { video: false, audio: true }],
])("while %s come, nobody wakes up to look", (_, tracks) => {
  const { play, looked } = begin(tracks);
  play(60);
  expect(looked()).toBe(0);
  expect(vi.getTimerCount()).toBe(1);
});

it("a track of which nothing comes is found within its time, and filled until it is back", () => {
  const { play, looked } = begin();
  play(5);
  looked();
  play(0.8, { video: true, audio: false });
  expect(looked()).toBeLessThanOrEqual(2);
  play(1.2, { video: true, audio: false });
  expect(looked()).toBeGreaterThan(15); // twenty times a second
  play(1);
  looked();
  play(8);
  expect(looked()).toBeLessThanOrEqual(10);
});

it("a track that is lost is filled at once", () => {
  const { lost, play, looked } = begin();
  play(5);
  looked();
  lost.miss(["video"]);
  vi.advanceTimersByTime(200);
  expect(looked()).toBe(4);
  lost.back(["video"]);
  vi.advanceTimersByTime(200);
  expect(looked()).toBe(4);
});

it.each<[string, (lost: LostTracks) => void]>([
  ["once every track has ended", (lost) => lost.end(["video", "audio"])],
  ["once it is stopped", (lost) => lost.stop()],
])("nothing is filled %s", (_, end) => {
  const { lost, play, looked } = begin();
  play(5);
  lost.miss(["video"]);
  end(lost);
  looked();
  vi.advanceTimersByTime(60_000);
  lost.miss(["audio"]);
  lost.watch();
  expect([looked(), vi.getTimerCount()]).toEqual([0, 0]);
});
