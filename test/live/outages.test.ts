import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AAC_US, type Seen, Simulation } from "./simulation.ts";

const S = 1e6;
const HOUR = 3600 * S;

function begun(): { seen: Seen[]; cast: Simulation } {
  const seen: Seen[] = [];
  const cast = new Simulation((one) => seen.push(one));
  cast.begin("video");
  cast.begin("audio");
  cast.run(3 * S);
  return { seen, cast };
}

const trackOf = ({ role }: Seen) => (role === "audio" ? "audio" : "video");
const isFrame = ({ role }: Seen) => role === "audio" || role === "key" || role === "delta";
const framesOf = (seen: readonly Seen[], track: "audio" | "video") =>
  seen.filter((one) => isFrame(one) && trackOf(one) === track);

function gaps(seen: readonly Seen[], track: "audio" | "video"): number[] {
  const times = framesOf(seen, track).map(({ timestampMs }) => timestampMs);
  return times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
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
    const { seen, cast } = begun();
    cast.lose("audio");
    cast.run(10 * S);
    cast.begin("audio");
    cast.run(5 * S);
    const sounds = framesOf(seen, "audio");
    expect(sounds.filter(({ madeUs }) => madeUs === null).length).toBeGreaterThan(450);
    const first = sounds[0]?.timestampMs ?? 0;
    sounds.forEach(({ timestampMs }, n) => {
      expect(Math.abs(timestampMs - first - (n * AAC_US) / 1000)).toBeLessThanOrEqual(1);
    });
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
    const { seen, cast } = begun();
    cast.lose("video");
    cast.run(10 * S);
    expect(
      framesOf(seen, "video")
        .slice(-10)
        .map(({ role, madeUs }) => [role, madeUs]),
    ).toEqual(Array.from({ length: 10 }, () => ["key", null]));
    cast.begin("video");
    cast.run(5 * S);
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(700);
    expect(seen.filter(({ role }) => role === "video-config")).toHaveLength(2);
    const back = seen.findLastIndex(({ role }) => role === "video-config");
    expect(seen[back + 1]).toMatchObject({ role: "key", timestampMs: seen[back]?.timestampMs });
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(2);
  });

  it("pictures that go on without a new process wait for a key frame", () => {
    const { seen, cast } = begun();
    cast.run(0.5 * S);
    cast.feed.sourceLost("video");
    const before = seen.length;
    cast.run(2 * S);
    const after = framesOf(seen.slice(before), "video").filter(({ madeUs }) => madeUs !== null);
    expect(after.length).toBeGreaterThan(20);
    expect(after[0]?.role).toBe("key");
  });
});

describe("when all is gone", () => {
  it("nothing is sent, and then the outage is closed up", () => {
    const { seen, cast } = begun();
    cast.lose("video");
    cast.lose("audio");
    cast.run(0.2 * S);
    const before = seen.length;
    const lastMs = Math.max(...seen.map(({ timestampMs }) => timestampMs));
    cast.run(10 * S);
    expect(seen).toHaveLength(before);
    cast.begin("audio");
    cast.run(0.6 * S);
    cast.begin("video");
    cast.run(5 * S);
    const next = seen.slice(before).find(isFrame);
    expect((next?.timestampMs ?? 0) - lastMs).toBeLessThanOrEqual(45);
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(1000);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(30);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
    const viewerMs = Math.max(...seen.map(({ timestampMs }) => timestampMs));
    expect(viewerMs).toBeLessThan(3000 + 5600 + 300);
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
    const { seen, cast } = begun();
    cast.wallUs += stepUs;
    cast.run(5 * S);
    cast.wallUs -= stepUs / 2;
    cast.run(5 * S);
    expect(Math.max(...gaps(seen, "video"))).toBeLessThanOrEqual(60);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(45);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(11);
  });

  it("while a device is gone, it comes back in time with the other", () => {
    const { seen, cast } = begun();
    cast.lose("audio");
    cast.run(2 * S);
    cast.wallUs += HOUR;
    cast.run(2 * S);
    cast.begin("audio");
    cast.run(2 * S);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(22);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(30);
  });

  it("a stall whose frames come in one burst is none", () => {
    const { seen, cast } = begun();
    cast.stalledUntilUs = cast.nowUs + 4 * S;
    cast.run(8 * S);
    expect(Math.max(...gaps(seen, "video"))).toBe(40);
    expect(Math.max(...gaps(seen, "audio"))).toBeLessThanOrEqual(22);
    expect(Math.abs(soundLagMs(seen))).toBeLessThan(2);
  });
});

type Event =
  | { readonly kind: "lose" | "begin"; readonly track: "video" | "audio" }
  | { readonly kind: "set"; readonly byUs: number }
  | { readonly kind: "stall"; readonly forUs: number };

const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("lose" as const, "begin" as const),
    track: fc.constantFrom("video" as const, "audio" as const),
  }),
  fc.record({
    kind: fc.constant("set" as const),
    byUs: fc
      .constantFrom(-1, 1)
      .chain((sign) => fc.integer({ min: 4 * S, max: 40 * HOUR }).map((us) => sign * us)),
  }),
  fc.record({ kind: fc.constant("stall" as const), forUs: fc.integer({ min: 0, max: 400_000 }) }),
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

function happen(cast: Simulation, event: Event): void {
  switch (event.kind) {
    case "lose":
      return cast.has(event.track) ? cast.lose(event.track) : undefined;
    case "begin":
      return cast.begin(event.track);
    case "set":
      cast.wallUs += event.byUs;
      return;
    case "stall":
      cast.stalledUntilUs = cast.nowUs + event.forUs;
  }
}

describe("whatever happens, in whatever order", () => {
  it("each track's time grows without gaps, both stay together, and the viewer stays live", () => {
    fc.assert(
      fc.property(
        schedules,
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 1, max: 1e6 }),
        (schedule, jitterUs, seed) => {
          const seen: Seen[] = [];
          const cast = new Simulation((one) => seen.push(one), generator(seed));
          cast.jitterUs = jitterUs;
          cast.begin("video");
          cast.begin("audio");
          cast.run(2 * S);
          let onAirUs = 2 * S;
          for (const [event, us] of schedule) {
            happen(cast, event);
            cast.run(us);
            if (cast.has("video") || cast.has("audio")) onAirUs += us;
          }
          for (const track of ["video", "audio"] as const) if (!cast.has(track)) cast.begin(track);
          cast.run(4 * S);
          onAirUs += 4 * S;
          for (const track of ["video", "audio"] as const) {
            expect(Math.min(...gaps(seen, track))).toBeGreaterThan(0);
            expect(Math.max(...gaps(seen, track))).toBeLessThanOrEqual(1000);
          }
          expect(Math.abs(soundLagMs(seen))).toBeLessThan(30);
          const viewerMs = Math.max(...seen.map(({ timestampMs }) => timestampMs));
          expect(viewerMs).toBeLessThan(onAirUs / 1000 + 1000);
          expect(viewerMs).toBeGreaterThan(onAirUs / 1000 - 1000 - schedule.length * 200);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("in sixty days", () => {
  it("of ten thousand restarts and a clock that is set, nothing grows and nothing goes back", () => {
    const DAYS_US = 60 * 24 * HOUR;
    const RESTARTS = 10_000;
    const last = { video: -1, audio: -1 };
    let maxMs = 0;
    let tags = 0;
    let epochs = 0;
    const random = generator(1);
    const cast = new Simulation((one) => {
      tags += 1;
      if (cast.epochs !== epochs) {
        epochs = cast.epochs;
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
    cast.jitterUs = 30_000;
    cast.begin("video");
    cast.begin("audio");
    const beganUs = cast.nowUs;
    const heaps: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      const track = random() < 0.5 ? "video" : "audio";
      if (random() < 0.5) cast.lose(track);
      cast.run(random() * 0.3 * S);
      cast.begin(track);
      if (random() < 0.1) cast.wallUs += (random() - 0.5) * 48 * HOUR;
      cast.run(random() * 0.5 * S);
      cast.skip(Math.max(beganUs + ((restart + 1) * DAYS_US) / RESTARTS - cast.nowUs, 0));
      if (restart % 2000 === 1999) heaps.push(process.memoryUsage().heapUsed);
    }
    expect(cast.nowUs - beganUs).toBeGreaterThanOrEqual(DAYS_US);
    expect(tags).toBeGreaterThan(RESTARTS * 20);
    expect(maxMs).toBeGreaterThan(2 ** 24);
    expect(maxMs).toBeLessThan(2 ** 31);
    expect(cast.epochs).toBe(3);
    expect(heaps.at(-1)).toBeLessThan((heaps[0] ?? 0) + 64e6);
  }, 120_000);
});
