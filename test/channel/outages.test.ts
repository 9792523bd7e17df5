import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrackName, Tracks } from "../../src/media/packet.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { AAC_US, type Seen, Simulation } from "./simulation.ts";

const S = 1e6;
const HOUR = 3600 * S;

function begun(tracks: Tracks = { video: true, audio: true }, epochLimitMs?: number) {
  const seen: Seen[] = [];
  const stream = new Simulation((one) => seen.push(one), undefined, tracks, epochLimitMs);
  for (const track of namesOf(tracks)) stream.begin(track);
  stream.run(3 * S);
  return { seen, stream };
}

const namesOf = (tracks: Tracks) => (["video", "audio"] as const).filter((track) => tracks[track]);
const trackOf = ({ role }: Seen): TrackName => (role === "audio" ? "audio" : "video");
const isFrame = ({ role }: Seen) => role === "audio" || role === "key" || role === "delta";
const framesOf = (seen: readonly Seen[], track: "audio" | "video") =>
  seen.filter((one) => isFrame(one) && trackOf(one) === track);

function gaps(seen: readonly Seen[], track: "audio" | "video"): number[] {
  const times = framesOf(seen, track).map(({ timestampMs }) => timestampMs);
  return times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
}

/** How far from its moment the newest frame of a source was shown: what a viewer who stays is behind by, and a constant. */
function delayMs(seen: readonly Seen[], track: TrackName): number {
  const last = framesOf(seen, track).findLast(({ madeUs }) => madeUs !== null);
  return (last?.madeUs ?? Number.NaN) / 1000 - (last?.timestampMs ?? Number.NaN);
}

/** How long viewers got nothing of the track at the most. */
function longestWaitMs(seen: readonly Seen[], track: TrackName): number {
  const times = framesOf(seen, track).map(({ seenUs }) => seenUs / 1000);
  return Math.max(...times.slice(1).map((ms, index) => ms - (times[index] ?? 0)));
}

/** How long after its moment the newest frame of the track was, at the most, before the next one came. */
function mostBehindMs(seen: readonly Seen[], track: TrackName): number {
  const frames = framesOf(seen, track);
  const firstUs = seen[0]?.seenUs ?? 0;
  const waits = frames
    .slice(1)
    .map(({ seenUs }, n) => (seenUs - firstUs) / 1000 - (frames[n]?.timestampMs ?? 0));
  return Math.max(...waits);
}

/** How far any sound is from the multiples of a frame's length. */
function offMultiplesMs(seen: readonly Seen[]): number {
  const sounds = framesOf(seen, "audio");
  const firstMs = sounds[0]?.timestampMs ?? 0;
  return Math.max(
    ...sounds.map(({ timestampMs }, n) => Math.abs(timestampMs - firstMs - (n * AAC_US) / 1000)),
  );
}

/** Sound's timestamp less that of a picture of the same moment, for the newest frames. */
function soundLagMs(seen: readonly Seen[]): number {
  const [sound, picture] = (["audio", "video"] as const).map((track) => {
    const last = framesOf(seen, track).at(-1);
    if (last?.madeUs === null || last === undefined) throw new Error(`the last ${track} is filled`);
    return last.timestampMs - last.madeUs / 1000;
  });
  return (sound ?? Number.NaN) - (picture ?? Number.NaN);
}

describe("while the microphone is gone", () => {
  it("silence keeps its time, and the sound goes on after it, its settings first", () => {
    const { seen, stream } = begun();
    stream.lose("audio");
    stream.run(10 * S);
    stream.begin("audio");
    stream.run(5 * S);
    const sounds = framesOf(seen, "audio");
    expect(sounds.filter(({ madeUs }) => madeUs === null).length).toBeGreaterThan(450);
    expect(offMultiplesMs(seen)).toBeLessThanOrEqual(1);
    const back = seen.findLastIndex(({ role }) => role === "audio-config");
    expect(seen[back + 1]).toMatchObject({ role: "audio", timestampMs: seen[back]?.timestampMs });
    expect(seen[back + 1]?.madeUs).not.toBeNull();
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
    expect(seen.filter(({ role }) => role === "metadata")).toHaveLength(1);
    expect(seen.filter(({ role }) => role === "audio-config")).toHaveLength(2);
  });
});

describe("while the camera is gone", () => {
  it("its last key frame is shown again, and its new pictures begin with settings and a key frame", () => {
    const { seen, stream } = begun();
    stream.lose("video");
    stream.run(10 * S);
    expect(
      framesOf(seen, "video")
        .slice(-10)
        .map(({ role, madeUs }) => [role, madeUs]),
    ).toEqual(Array.from({ length: 10 }, () => ["key", null]));
    stream.begin("video");
    stream.run(5 * S);
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(700);
    expect(seen.filter(({ role }) => role === "video-config")).toHaveLength(2);
    const back = seen.findLastIndex(({ role }) => role === "video-config");
    expect(seen[back + 1]).toMatchObject({ role: "key", timestampMs: seen[back]?.timestampMs });
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(2);
  });

  it("pictures that go on without a new process bring again what they build on, after the key frame that was shown", () => {
    const { seen, stream } = begun();
    stream.group = 100;
    stream.run(1.5 * S);
    stream.stall(3 * S, ["video"]);
    const before = seen.length;
    stream.run(2.9 * S);
    const during = framesOf(seen.slice(before), "video");
    expect(new Set(during.map(({ role }) => role))).toEqual(new Set(["key"]));
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(1100);
    const back = seen.length;
    stream.run(0.2 * S);
    const [key, ...others] = framesOf(seen.slice(back), "video");
    expect(key).toMatchObject({ role: "key", madeUs: null });
    const isAgain = others.map(({ madeUs }) => madeUs === null);
    expect(isAgain.indexOf(false)).toBe(13); // half a second of a group
    expect(isAgain.lastIndexOf(true)).toBe(12);
    stream.run(5 * S);
    expect(Math.min(...gaps(seen, "video"))).toBeGreaterThan(0);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(2);
  });

  it("pictures that go on wait for a key frame where the group was too long to keep", () => {
    const { seen, stream } = begun({ video: true, audio: true });
    stream.group = 1000;
    stream.run(20 * S);
    stream.stall(3 * S, ["video"]);
    const before = seen.length;
    stream.run(25 * S);
    const after = framesOf(seen.slice(before), "video").filter(({ madeUs }) => madeUs !== null);
    expect(after[0]?.role).toBe("key");
  });
});

describe("when all is gone", () => {
  const streams: readonly (readonly [string, Tracks])[] = [
    ["a camera and a microphone", { video: true, audio: true }],
    ["a camera alone", { video: true, audio: false }],
    ["a microphone alone", { video: false, audio: true }],
  ];
  it.each(streams)("of %s, the stream goes on in real time, and is no later after it", (_, tracks) => {
    const { seen, stream } = begun(tracks);
    const before = namesOf(tracks).map((track) => delayMs(seen, track));
    for (const track of namesOf(tracks)) stream.lose(track);
    stream.run(60 * S);
    for (const track of namesOf(tracks)) {
      stream.begin(track);
      stream.run(0.6 * S);
    }
    stream.run(5 * S);
    namesOf(tracks).forEach((track, index) => {
      expect(longestWaitMs(seen, track)).toBeLessThanOrEqual(400);
      expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
      expect(Math.max(...gaps(seen, track))).toBeLessThanOrEqual(400);
      expect(Math.abs(delayMs(seen, track) - (before[index] ?? Number.NaN))).toBeLessThan(22);
    });
    expect(offMultiplesMs(seen)).toBeLessThanOrEqual(1);
    expect(Math.abs(namesOf(tracks).length === 2 ? soundLagMs(seen) : 0)).toBeLessThan(22);
  });

  it.each([0.01, 0.1, 0.25, 0.5, 1])("for %d s, nothing goes back", (outageS) => {
    const { seen, stream } = begun();
    stream.lose("video");
    stream.lose("audio");
    stream.run(outageS * S);
    stream.begin("audio");
    stream.begin("video");
    stream.run(3 * S);
    for (const track of ["video", "audio"] as const) {
      expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
      expect(Math.max(...gaps(seen, track))).toBeLessThanOrEqual(400);
    }
    expect(offMultiplesMs(seen)).toBeLessThanOrEqual(1);
  });

  it.each(streams)("of %s, an epoch ends and the next begins", (_, tracks) => {
    const { seen, stream } = begun(tracks, 20_000);
    for (const track of namesOf(tracks)) stream.lose(track);
    stream.run(50 * S);
    expect(stream.epochs).toBe(3);
    const starts = seen.flatMap(({ role }, index) => (role === "metadata" ? [index] : []));
    for (const start of starts) {
      const epoch = seen.slice(
        start,
        starts.find((next) => next > start),
      );
      expect(epoch.find(isFrame)?.timestampMs).toBeLessThan(tracks.video ? 1 : 100); // one joins at any sound
      expect(epoch.find(isFrame)?.role).toBe(tracks.video ? "key" : "audio");
      for (const track of namesOf(tracks)) {
        expect(Math.min(...gaps(epoch, track))).toBeGreaterThan(0);
        expect(Math.max(...gaps(epoch, track))).toBeLessThanOrEqual(400);
        expect(framesOf(epoch, track).at(-1)?.timestampMs).toBeLessThanOrEqual(20_200);
      }
    }
  });

  it("silence of hours, for which this process stood still, is not sent at once", () => {
    const { seen, stream } = begun();
    stream.lose("video");
    stream.lose("audio");
    const before = seen.length;
    stream.skip(2 * HOUR);
    stream.run(2 * S);
    expect(seen.length - before).toBeLessThan(150);
    expect(Math.max(...gaps(seen, "audio"))).toBeGreaterThan(7.1e6);
    expect(Math.min(...gaps(seen, "audio"))).toBeGreaterThan(0);
  });
});

describe("when a source that lives sends nothing", () => {
  const stalls: readonly (readonly [string, readonly TrackName[]])[] = [
    ["the microphone", ["audio"]],
    ["the camera", ["video"]],
    ["both", ["video", "audio"]],
  ];
  it.each(stalls)("viewers get what %s owes within a second, and are not behind afterwards", (_, tracks) => {
    const { seen, stream } = begun();
    const before = tracks.map((track) => delayMs(seen, track));
    stream.stall(4 * S, tracks);
    stream.run(8 * S);
    tracks.forEach((track, index) => {
      expect(longestWaitMs(seen, track)).toBeLessThanOrEqual(1300);
      expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
      expect(delayMs(seen, track)).toBeCloseTo(before[index] ?? Number.NaN, -1);
    });
    expect(offMultiplesMs(seen)).toBeLessThanOrEqual(1);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
  });

  it.each(stalls)("and %s catches up slowly, viewers do not wait for it", (_, tracks) => {
    const { seen, stream } = begun();
    stream.stall(4 * S, tracks);
    stream.spacing = 0.45;
    stream.run(15 * S);
    for (const track of tracks) {
      expect(mostBehindMs(seen, track)).toBeLessThan(1200);
      expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
    }
    const end = seen.filter(({ seenUs }) => seenUs > stream.nowUs - 2 * S);
    for (const track of tracks)
      expect(framesOf(end, track).every(({ madeUs }) => madeUs !== null)).toBe(true);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
  });

  it.each([1, 0.2])("a camera of %d pictures a second is not taken for one", (fps) => {
    const seen: Seen[] = [];
    const stream = new Simulation((one) => seen.push(one));
    stream.distanceUs.video = S / fps;
    stream.begin("video");
    stream.begin("audio");
    stream.run(100 * S);
    expect(framesOf(seen, "video").every(({ madeUs }) => madeUs !== null)).toBe(true);
    expect(framesOf(seen, "video").length).toBeGreaterThanOrEqual(100 * fps - 1);
  });

  it("a source that is late for good is followed", () => {
    const { seen, stream } = begun();
    stream.stall(3 * S);
    stream.run(3 * S);
    stream.wayUs.video += 2 * S;
    stream.wayUs.audio += 2 * S;
    stream.run(20 * S);
    const end = seen.filter(({ seenUs }) => seenUs > stream.nowUs - 5 * S);
    for (const track of ["video", "audio"] as const) {
      expect(framesOf(end, track).every(({ madeUs }) => madeUs !== null)).toBe(true);
      expect(framesOf(end, track).length).toBeGreaterThan(120);
    }
  });

  it("what comes in bursts is not filled", () => {
    const { seen, stream } = begun();
    for (let burst = 0; burst < 20; burst++) {
      stream.stall(0.75 * S);
      stream.run(0.76 * S);
    }
    expect(framesOf(seen, "video").every(({ madeUs }) => madeUs !== null)).toBe(true);
    expect(framesOf(seen, "audio").every(({ madeUs }) => madeUs !== null)).toBe(true);
  });
});

describe("when the system's clock is set", () => {
  it.each([
    ["an hour forward", HOUR],
    ["an hour back", -HOUR],
    ["by years", 10 * 365 * 24 * HOUR],
    ["two seconds forward", 2 * S],
    ["two seconds back", -2 * S],
  ])("%s, viewers see nothing of it", (_, stepUs) => {
    const { seen, stream } = begun();
    stream.wallUs += stepUs;
    stream.run(5 * S);
    stream.wallUs -= stepUs / 2;
    stream.run(5 * S);
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(60);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(45);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(11);
  });

  it("while a device is gone, it comes back in time with the other", () => {
    const { seen, stream } = begun();
    stream.lose("audio");
    stream.run(2 * S);
    stream.wallUs += HOUR;
    stream.run(2 * S);
    stream.begin("audio");
    stream.run(2 * S);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(30);
  });

  const stalls: readonly (readonly TrackName[])[] = [["audio"], ["video"], ["video", "audio"]];
  it.each(stalls.flatMap((tracks) => [3.3, 3.56, 3.9, 4.1].map((stallS) => [tracks, stallS] as const)))(
    "just before a stall of %s about as long (%d s), nothing stays of it",
    (tracks, stallS) => {
      const { seen, stream } = begun();
      stream.wallUs += 4 * S;
      stream.stall(stallS * S, tracks);
      stream.run(12 * S);
      expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
      for (const track of ["video", "audio"] as const) {
        expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
        expect(Math.max(...gaps(seen, track))).toBeLessThanOrEqual(1300);
        const lastMs = framesOf(seen, track).at(-1)?.timestampMs ?? Number.NaN;
        expect(Math.abs(lastMs - 15_000)).toBeLessThan(500);
      }
    },
  );

  it("a stall whose frames come in one burst is none", () => {
    const { seen, stream } = begun();
    stream.stall(0.7 * S);
    stream.run(8 * S);
    expect(Math.max(...gaps(seen, "video"))).toBe(40);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(22);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(2);
  });
});

type Event =
  | { readonly kind: "lose" | "begin"; readonly track: "video" | "audio" }
  | { readonly kind: "set"; readonly byUs: number }
  | { readonly kind: "stall"; readonly forUs: number; readonly tracks: readonly TrackName[] };

const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("lose" as const, "begin" as const),
    track: fc.constantFrom("video" as const, "audio" as const),
  }),
  fc.record({
    kind: fc.constant("set" as const), // a first frame may have waited three seconds: less cannot be told from that
    byUs: fc
      .constantFrom(-1, 1)
      .chain((sign) => fc.integer({ min: 4 * S, max: 40 * HOUR }).map((us) => sign * us)),
  }),
  fc.record({
    kind: fc.constant("stall" as const),
    forUs: fc.integer({ min: 0, max: 4 * S }),
    tracks: fc.subarray(["video", "audio"] as const),
  }),
);
const schedules = fc.array(fc.tuple(events, fc.integer({ min: 0, max: 4 * S })), {
  minLength: 1,
  maxLength: 25,
});

/** Park and Miller's. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

function happen(stream: Simulation, event: Event): void {
  switch (event.kind) {
    case "lose":
      return stream.has(event.track) ? stream.lose(event.track) : undefined;
    case "begin":
      return stream.begin(event.track);
    case "set":
      stream.wallUs += event.byUs;
      return;
    case "stall":
      stream.stall(event.forUs, event.tracks);
  }
}

const seed = Number(process.env["OUTAGES_SEED"] ?? Date.now() % 2 ** 31);

describe(`whatever happens, in whatever order (OUTAGES_SEED=${seed})`, () => {
  it("each track's time grows without gaps, both stay together, and the viewer stays live", () => {
    fc.assert(
      fc.property(
        schedules,
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 1, max: 1e6 }),
        (schedule, jitterUs, jitterSeed) => {
          const seen: Seen[] = [];
          const stream = new Simulation((one) => seen.push(one), generator(jitterSeed));
          stream.jitterUs = jitterUs;
          stream.begin("video");
          stream.begin("audio");
          stream.run(2 * S);
          let onAirUs = 2 * S;
          for (const [event, us] of schedule) {
            happen(stream, event);
            stream.run(us);
            onAirUs += us;
          }
          for (const track of ["video", "audio"] as const) if (!stream.has(track)) stream.begin(track);
          stream.run(8 * S);
          onAirUs += 8 * S;
          for (const track of ["video", "audio"] as const) {
            expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
            expect(Math.max(...gaps(seen, track))).toBeLessThanOrEqual(1300);
          }
          expect(Math.abs(soundLagMs(seen))).toBeLessThan(30);
          const viewerMs = Math.max(...seen.map(({ timestampMs }) => timestampMs));
          expect(viewerMs).toBeLessThan(onAirUs / 1000 + 500);
          expect(viewerMs).toBeGreaterThan(onAirUs / 1000 - 500);
        },
      ),
      { seed, numRuns: 50 },
    );
  });
});

describe("in sixty days", () => {
  it("of four thousand restarts and a clock that is set, nothing grows and nothing goes back", () => {
    const DAYS_US = 60 * 24 * HOUR;
    const RESTARTS = 4000;
    const last = { video: -1, audio: -1 };
    let maxMs = 0;
    let tags = 0;
    let epochs = 0;
    const random = generator(1);
    const stream = new Simulation((one) => {
      tags += 1;
      if (stream.epochs !== epochs) {
        epochs = stream.epochs;
        last.video = -1;
        last.audio = -1;
      }
      if (!isFrame(one)) return;
      const track = trackOf(one);
      if (one.timestampMs <= last[track])
        throw new Error(`${track} went from ${last[track]} to ${one.timestampMs}`);
      last[track] = one.timestampMs;
      maxMs = Math.max(maxMs, one.timestampMs);
    }, random);
    stream.jitterUs = 30_000;
    stream.begin("video");
    stream.begin("audio");
    const beganUs = stream.nowUs;
    const heaps: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      const track = random() < 0.5 ? "video" : "audio";
      if (random() < 0.5) stream.lose(track);
      stream.run(random() * 0.3 * S);
      stream.begin(track);
      if (random() < 0.1) stream.wallUs += (random() - 0.5) * 48 * HOUR;
      stream.run(random() * 0.5 * S);
      stream.skip(Math.max(beganUs + ((restart + 1) * DAYS_US) / RESTARTS - stream.nowUs, 0));
      if (restart % 1000 === 999) {
        collectGarbage();
        heaps.push(process.memoryUsage().heapUsed);
      }
    }
    expect(stream.nowUs - beganUs).toBeGreaterThanOrEqual(DAYS_US);
    expect(tags).toBeGreaterThan(RESTARTS * 20);
    expect(maxMs).toBeGreaterThan(2 ** 24);
    expect(maxMs).toBeLessThan(2 ** 31);
    expect(stream.epochs).toBe(3);
    expect(heaps.at(-1)).toBeLessThan((heaps[0] ?? 0) + 1e6);
  });
});
