import { History } from "../../../src/outputs/history/history.ts";
import { LiveOutput } from "../../../src/outputs/live/live-output.ts";
import type { TimedPacket } from "../../../src/outputs/output.ts";
import { timed } from "../timed.ts";

/** A live stream with a history, and what it said of one that is short. */
export function keptStream({ video = true, audio = true, lengthMs = 10_000, maxBytes = 1_000_000 } = {}) {
  const told: number[] = [];
  const history = new History({ maxBytes, onShort: (keptMs) => told.push(keptMs) });
  history.setLength(lengthMs);
  const live = new LiveOutput({ name: "cam", onHub: () => undefined, history });
  live.begin({ tracks: { video, audio }, rates: { framerate: 25 }, encoderName: "test" });
  return {
    ...{ history, live, told },
    /** Packets in words: `key@0 delta@40 audio@23`. */
    send: (words: string) => live.write(words.split(" ").map(timed)),
    sendPackets: (...packets: TimedPacket[]) => live.write(packets),
    /** The frames of the last so many milliseconds in words; null where there are none. */
    last: (lastMs: number) =>
      history
        .last(lastMs)
        ?.frames.map(({ role, timestampMs }) => `${role}@${timestampMs}`)
        .join(" ") ?? null,
  };
}

export const beginning = "video-config@0 audio-config@0";
