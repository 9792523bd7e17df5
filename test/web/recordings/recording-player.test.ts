import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RecordingPlayer } from "../../../src/web/recordings/recording-player.ts";
import { FakeElement } from "../dom.ts";
import { installMediaElement } from "../mpegts.ts";
import { segment } from "./segment.ts";

/** A `<video>` that loads what the test says, and plays as soon as it may. */
class RecordedVideo extends FakeElement {
  static readonly made: RecordedVideo[] = [];
  src = "";
  readyState = 0;
  duration = 60;
  currentTime = 0;
  playbackRate = 1;
  seeking = false;
  paused = true;
  ended = false;
  volume = 1;
  readonly error = null;
  override readonly classList = { add: () => undefined, remove: () => undefined };

  constructor() {
    super("video");
    RecordedVideo.made.push(this);
  }

  load(): void {
    this.readyState = 0;
  }

  async play(): Promise<void> {
    this.paused = false;
  }

  override pause(): void {
    this.paused = true;
  }

  loaded(): void {
    this.readyState = 4;
    for (const event of ["loadedmetadata", "loadeddata"]) this.tell(event);
  }
}

beforeEach(() => {
  installMediaElement();
  vi.stubGlobal("document", {
    createElement: (tag: string) => (tag === "video" ? new RecordedVideo() : new FakeElement(tag)),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  RecordedVideo.made.splice(0);
});

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
