import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Pipeline } from "../../src/channel/pipeline.ts";
import { isFrame, type VideoFrame } from "../../src/media/packet.ts";
import { FanOut } from "../../src/outputs/fan-out.ts";
import type { TimedPacket } from "../../src/outputs/output.ts";
import { videoConfig } from "../media/flv/packets.ts";

const FRAME_US = 40_000;
const GROUP = 24;
/** Shown in this order behind a key picture: I P B B, P B B, …; each number is a distance in frames. */
const shownLater = (n: number) => (n === 0 ? 1 : [3, 0, 0][(n - 1) % 3]) ?? 0;

function picture(n: number, beginUs: number): VideoFrame {
  const decodeTimeUs = beginUs + n * FRAME_US;
  const inGroup = n % GROUP;
  // the last pictures of a group are a P without the B-frames that would be shown before it
  const laterUs = inGroup > GROUP - 3 ? FRAME_US : shownLater(inGroup) * FRAME_US;
  return {
    ...{
      kind: "video-frame",
      codec: "h264",
      isKey: inGroup === 0,
      units: [Uint8Array.of(inGroup === 0 ? 0x65 : 0x41)],
    },
    ...{ decodeTimeUs, presentationTimeUs: decodeTimeUs + laterUs },
  };
}

const nothing = () => undefined;

/** A source that stands still for a while, and then sends what has queued up, faster than it came. */
function streamWithStall(frames: number, stallAt: number, stallFrames: number): readonly TimedPacket[] {
  const sent: TimedPacket[] = [];
  const live = {
    name: "seen",
    begin: nothing,
    correct: nothing,
    ready: nothing,
    startEpoch: nothing,
    end: nothing,
  };
  const outputs = new FanOut({
    live: { ...live, write: (packets) => void sent.push(...packets) },
    onFailed: nothing,
  });
  const tracks = { video: true, audio: false };
  const pipeline = new Pipeline({ outputs, tracks, rates: {}, encoderName: "test" });
  const beginUs = 1.7e15;
  let lastUs = beginUs;
  const goOnTo = (nowUs: number) => {
    for (;;) {
      const tickUs = pipeline.nextTickUs(lastUs);
      if (tickUs === null || tickUs >= nowUs) break;
      pipeline.tick(tickUs);
      lastUs = tickUs;
    }
    lastUs = nowUs;
  };
  pipeline.push([videoConfig], beginUs);
  for (let n = 0; n < frames; n++) {
    const dueUs = beginUs + n * FRAME_US;
    const queued = n >= stallAt ? beginUs + (stallAt + stallFrames) * FRAME_US + (n - stallAt) * 2000 : 0;
    const arrivalUs = Math.max(dueUs, queued);
    goOnTo(arrivalUs);
    pipeline.push([picture(n, beginUs)], arrivalUs);
  }
  return sent;
}

it("pictures that come late or are repeated are shown behind what was shown before, also with B-frames", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 120 }), (stallAt, stallFrames) => {
      const sent = streamWithStall(stallAt + stallFrames + 100, stallAt, stallFrames);
      const frames = sent.flatMap(({ packet, timestampMs }) =>
        isFrame(packet) && packet.kind === "video-frame"
          ? [
              {
                isKey: packet.isKey,
                timestampMs,
                laterMs: (packet.presentationTimeUs - packet.decodeTimeUs) / 1000,
              },
            ]
          : [],
      );
      let shownMs = -1;
      let lastMs = -1;
      let groupMs = -1;
      for (const { isKey, timestampMs, laterMs } of frames) {
        expect(timestampMs).toBeGreaterThan(lastMs);
        expect(laterMs).toBeGreaterThanOrEqual(0);
        if (isKey) groupMs = shownMs;
        expect(timestampMs + laterMs).toBeGreaterThan(groupMs);
        shownMs = Math.max(shownMs, timestampMs + laterMs);
        lastMs = timestampMs;
      }
    }),
    { numRuns: 200 },
  );
});
