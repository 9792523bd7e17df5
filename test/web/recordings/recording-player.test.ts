import { afterEach, beforeEach, expect, it } from "vitest";
import { RecordingPlayer } from "../../../src/web/recordings/recording-player.ts";
import { segment } from "./segment.ts";
import { installVideos, leaveVideos, RecordedVideo } from "./video.ts";

beforeEach(installVideos);
afterEach(leaveVideos);

const MINUTE_MS = 60_000;
const ignored = () => undefined;

function player() {
  const segments = [segment(0, MINUTE_MS), segment(10 * MINUTE_MS, MINUTE_MS)];
  return new RecordingPlayer("Recording of cam0", {
    urlOf: ({ id }) => new URL(`http://cam/recordings/cam0/${id}.mp4`),
    segments: () => segments,
    ...{ onChange: ignored, onSkip: ignored, onFailure: ignored, onPlayRefused: ignored },
  });
}

const playing = () =>
  RecordedVideo.made
    .filter(({ paused }) => !paused)
    .map(({ src }) => new URL(src).pathname.split("/").at(-1));
const loaded = (id: string) => RecordedVideo.made.find(({ src }) => src.includes(`/${id}.mp4`))?.loaded();

it("plays one segment at a time: the other one stands still once it is shown no more", () => {
  const one = player();
  one.play();
  one.seek(0);
  loaded("s0");
  expect([one.segment?.id, playing()]).toEqual(["s0", ["s0.mp4"]]);
  one.seek(10 * MINUTE_MS);
  loaded("s600000");
  expect([one.segment?.id, playing()]).toEqual(["s600000", ["s600000.mp4"]]);
});

it("does not play a segment that is no longer wanted once it is loaded", () => {
  const one = player();
  one.play();
  one.seek(0);
  loaded("s0");
  one.seek(10 * MINUTE_MS);
  one.seek(30_000);
  loaded("s600000");
  expect([one.segment?.id, playing()]).toEqual(["s0", ["s0.mp4"]]);
});
