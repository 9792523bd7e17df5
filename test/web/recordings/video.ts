import { vi } from "vitest";
import { FakeDocument, FakeElement } from "../dom.ts";
import { installMediaElement } from "../mpegts.ts";

/** A `<video>` that loads what the test says, and plays as soon as it may. */
export class RecordedVideo extends FakeElement {
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

  end(): void {
    this.ended = true;
    this.paused = true;
    this.tell("ended");
  }

  loaded(): void {
    this.readyState = 4;
    for (const event of ["loadedmetadata", "loadeddata"]) this.tell(event);
  }
}

/** Puts a document in place whose videos are these, until `leaveVideos()`. */
export function installVideos(): void {
  installMediaElement();
  const document = new FakeDocument();
  document.createElement = (tag) => (tag === "video" ? new RecordedVideo() : new FakeElement(tag));
  vi.stubGlobal("document", document);
}

export function leaveVideos(): void {
  vi.unstubAllGlobals();
  RecordedVideo.made.splice(0);
}
