import { expect, it } from "vitest";
import { Planner } from "../../src/channel/plan.ts";
import { asDetected } from "../../src/devices/media.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import { noFilters } from "../../src/ffmpeg/video-filters.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { cacheFolder } from "../cache-folder.ts";

it("what can be found out while a device is waited for does not end the wait: an ffmpeg that is not to be had", async () => {
  const video = {
    size: null,
    fps: null,
    bitrateKbps: null,
    gopSeconds: 1,
    encoder: "auto",
    copy: false,
    filters: noFilters,
  } as const;
  const planner = new Planner(
    {
      ...{
        device: { kind: "test", text: "test", shown: "test" },
        audio: "none",
        loop: false,
        inputFormat: null,
        controls: [],
        how: asDetected,
        tracks: anyTracks,
      },
      ...{ readyTimeoutMs: 1000, video, ffmpeg: "/nowhere/ffmpeg" },
    },
    thisMachine({}),
    new EncoderCache(cacheFolder),
  );
  await expect(planner.ffmpeg()).rejects.toMatchObject({ reason: "noFfmpeg" });
  await expect(planner.prepare()).resolves.toBeUndefined();
});
