import { expect, test } from "vitest";
import { encodedDespiteCopy } from "../../src/channel/session-events.ts";
import type { ProcessPlan } from "../../src/ffmpeg/plan.ts";

/** What is said of a source with these codecs, of which those are encoded that are named so. */
function told(
  [videoCodec, audioCodec]: readonly [string | null, string | null],
  { video = null, audio = null }: { readonly video?: "libx264" | null; readonly audio?: "aac" | null },
): readonly string[] {
  const plan = {
    source: {
      label: "talk.webm",
      video: videoCodec === null ? null : { codec: videoCodec },
      audio: audioCodec === null ? null : { codec: audioCodec },
    },
    video: videoCodec === null ? null : { encoder: video },
    audio: audioCodec === null ? null : { encoder: audio },
  } as unknown as ProcessPlan; // as much of a plan as is looked at
  return encodedDespiteCopy(plan).map(({ event, text }) => `${event}: ${text}`);
}

test("what FLV cannot carry is told, although it was to be copied", () => {
  expect(told(["vp9", "flac"], { video: "libx264", audio: "aac" })).toEqual([
    "video-encoded: talk.webm: FLV cannot carry vp9 video, so it is encoded despite --copy",
    "sound-encoded: talk.webm: FLV cannot carry flac audio, so it is encoded despite --copy",
  ]);
  expect(told(["h264", "pcm_alaw"], { audio: "aac" })).toEqual([
    "sound-encoded: talk.webm: most players do not play G.711 audio, so it is encoded despite --copy",
  ]);
  expect(told(["h264", "mp3"], { audio: "aac" })).toEqual([
    "sound-encoded: talk.webm: FLV cannot carry MP3 audio, so it is encoded despite --copy",
  ]);
  expect(told(["rawvideo", null], { video: "libx264" })).toEqual([
    "video-encoded: talk.webm: FLV cannot carry raw video, so it is encoded despite --copy",
  ]);
});

test("what is copied is not told, nor is a microphone's sound", () => {
  expect(told(["h264", "aac"], {})).toEqual([]);
  expect(told(["h264", "pcm_s16le"], { audio: "aac" })).toEqual([]);
});
