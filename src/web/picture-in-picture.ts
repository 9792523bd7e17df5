import type { StreamViewer } from "./stream-viewer.ts";

/** A small window of its own takes a `<video>`: as long as there is one, the player that has a video plays. */
export class PictureInPicture {
  readonly #video: HTMLVideoElement;
  readonly #viewer: StreamViewer;
  readonly #onChange: () => void;
  /** A second request would be refused, as it needs a press of its own, and take the video from the first. */
  #isOpening = false;

  constructor(video: HTMLVideoElement, viewer: StreamViewer, onChange: () => void) {
    this.#video = video;
    this.#viewer = viewer;
    this.#onChange = onChange;
    video.addEventListener("leavepictureinpicture", () => this.#left());
  }

  get isOn(): boolean {
    return document.pictureInPictureElement === this.#video;
  }

  /** Nothing where the browser has no such window, as Firefox has none for a page's button. */
  async toggle(): Promise<void> {
    if (!document.pictureInPictureEnabled || this.#isOpening) return;
    if (this.isOn) return await document.exitPictureInPicture();
    this.#isOpening = true;
    this.#viewer.preferVideo(true);
    await this.#ready();
    try {
      await this.#video.requestPictureInPicture();
      this.#onChange();
    } catch {
      this.#left(); // not allowed here, or pressed too long ago
    }
    this.#isOpening = false;
  }

  /** The window takes a video only when it knows its size. */
  async #ready(): Promise<void> {
    if (this.#video.readyState >= HTMLMediaElement.HAVE_METADATA) return;
    await new Promise((resolve) => this.#video.addEventListener("loadedmetadata", resolve, { once: true }));
  }

  #left(): void {
    this.#viewer.preferVideo(false);
    this.#onChange();
  }
}
