import { describe, expect, it } from "vitest";
import { Demand } from "../../../src/outputs/demand.ts";
import type { Hub } from "../../../src/outputs/live/hub.ts";
import { LiveOutput } from "../../../src/outputs/live/live-output.ts";
import { picture, videoConfig } from "../../media/flv/packets.ts";
import { FakeSink, somebody } from "./fakes.ts";

const stream = (audio: boolean) => ({ tracks: { video: true, audio }, rates: {}, encoderName: "test" });

function live() {
  const demand = new Demand();
  const hubs: Hub[] = [];
  const output = new LiveOutput({ name: "cam", demand, onHub: (hub) => hubs.push(hub) });
  const key = () =>
    output.write([
      { packet: videoConfig, timestampMs: 0, capturedMs: null },
      { packet: picture([Uint8Array.of(0x65)], true), timestampMs: 0, capturedMs: null },
    ]);
  return { output, demand, hubs, key };
}

describe("a live stream that begins again", () => {
  it("with the same tracks does so in the same hub, which counts on and lets nobody in before its key frame", () => {
    const { output, hubs, key } = live();
    output.begin(stream(false));
    key();
    const sink = new FakeSink();
    hubs[0]?.join(sink, somebody);
    output.begin(stream(false));
    expect([sink.state, hubs[0]?.admission, hubs[0]?.totals.departures]).toEqual(["ended", "not-ready", 1]);
    key();
    expect([hubs.length, hubs[0]?.admission]).toEqual([1, "open"]);
  });

  it("with other tracks has another hub, which has those who wait", () => {
    const { output, hubs, key } = live();
    output.begin(stream(true));
    let woken = 0;
    output.keyWaiters.hold(() => (woken += 1));
    output.begin(stream(false));
    expect([hubs.length, hubs[1]?.keyWaiters.count, woken]).toEqual([2, 1, 0]);
    key();
    expect(woken).toBe(1);
  });

  it("is over for those who wait, too, where it never began", () => {
    const { output } = live();
    let woken = 0;
    output.keyWaiters.hold(() => (woken += 1));
    output.end();
    expect(woken).toBe(1);
  });
});

it("the demand has those who watch, and those who wait to", () => {
  const { output, demand, hubs, key } = live();
  output.begin(stream(false));
  const [hub] = hubs as [Hub];
  const counts: number[] = [];
  const count = () => counts.push(demand.count);
  const letGo = hub.hold(() => undefined);
  hub.hold(() => undefined);
  count();
  letGo();
  letGo();
  count();
  key(); // wakes the other
  count();
  const first = hub.join(new FakeSink(), somebody);
  hub.join(new FakeSink(), { ...somebody, id: 2 });
  count();
  hub.leave(first);
  hub.leave(first);
  count();
  output.startEpoch();
  count();
  expect(counts).toEqual([2, 1, 0, 2, 1, 0]);
});
