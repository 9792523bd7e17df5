import { describe, expect, it } from "vitest";
import { decodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { encodeClockBody, readClock } from "../../../src/media/flv/clock-body.ts";
import { encodeClock } from "../../../src/media/flv/clock-tag.ts";

const clock = { streamMs: 1234, wallMs: 1_700_000_000_123.5 };

describe("the server's clock in the stream", () => {
  it("is a cue point", () => {
    expect(decodeAmf0(encodeClockBody(clock))).toEqual([
      "onCuePoint",
      {
        kind: "object",
        properties: [
          ["name", "clock"],
          ["time", 1.234],
          ["type", "event"],
          ["parameters", { kind: "object", properties: [["wallMs", 1_700_000_000_123.5]] }],
        ],
      },
    ]);
  });

  it("is read as it was written, and no other script tag is taken for it", () => {
    const [name, value] = decodeAmf0(encodeClockBody(clock));
    expect(readClock(name, value)).toEqual(clock);
    expect(readClock("onMetaData", value)).toBeNull();
    expect(readClock("onCuePoint", { kind: "object", properties: [["name", "goal"]] })).toBeNull();
    expect(readClock("onCuePoint", 7)).toBeNull();
  });

  it("stands at time 0, as metadata does: ffmpeg makes a track of any other", () => {
    expect(encodeClock(clock)).toMatchObject({ role: "clock", timestampMs: 0 });
  });
});
