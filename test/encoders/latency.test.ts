import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withNormalLatency } from "../../src/encoders/latency.ts";
import type { ProbeSetup } from "../../src/encoders/probe.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { findFfmpeg } from "../../src/ffmpeg/find.ts";

const size = { width: 320, height: 240 };
const choiceOf = (name: string) => {
  const encoder = encoders.find((one) => one.name === name);
  if (encoder === undefined) throw new Error(`no ${name}`);
  const chosen = { encoder, node: null, profile: "high" as const };
  return { chosen, reason: `${name}, the first that works`, isFallback: false, isAuto: true };
};
let setup: ProbeSetup;
beforeEach(async () => {
  setup = { ffmpeg: await findFfmpeg(null), size, fps: 30 };
});
afterEach(() => vi.restoreAllMocks());

describe("normal latency", () => {
  it("is taken of the software encoder without a try", async () => {
    const choice = {
      chosen: softwareEncoder,
      reason: "libx264, as requested",
      isFallback: false,
      isAuto: false,
    };
    const known = new Map<string, boolean>();
    const { chosen, reason } = await withNormalLatency(choice, setup, known);
    expect(chosen.latency).toBe("normal");
    expect(reason).toBe("libx264, as requested, with normal latency");
    expect(known.size).toBe(0);
  });

  it("is refused, and that is said, where an encoder has low latency only", async () => {
    const { chosen, reason, isFallback } = await withNormalLatency(
      choiceOf("h264_v4l2m2m"),
      setup,
      new Map(),
    );
    expect(chosen.latency).toBeUndefined();
    expect(isFallback).toBe(true);
    expect(reason).toBe("h264_v4l2m2m, the first that works; it has low latency only");
  });

  it("is tried once of hardware, and left where it fails", async () => {
    const known = new Map<string, boolean>();
    const first = await withNormalLatency(choiceOf("h264_nvenc"), setup, known); // no GPU here, or one that works
    expect([...known.keys()]).toEqual(["h264_nvenc  320x240"]);
    const works = [...known.values()][0] === true;
    expect(first.chosen.latency).toBe(works ? "normal" : undefined);
    expect(first.isFallback).toBe(!works);
    const again = await withNormalLatency(
      choiceOf("h264_nvenc"),
      setup,
      new Map([["h264_nvenc  320x240", true]]),
    );
    expect(again.chosen.latency).toBe("normal");
  });
});
