import { make } from "./elements.ts";
import type { Surface } from "./player.ts";

/** Where frames are shown: a canvas for the one player, a video for the other. */
export class SurfaceElement implements Surface {
  readonly canvas: HTMLCanvasElement;
  readonly video: HTMLVideoElement;
  readonly element: HTMLElement;

  /** `label`: what a screen reader says of the video. */
  constructor(label: string) {
    const attributes = { role: "img", "aria-label": label };
    this.canvas = make("canvas", { class: "picture", attributes });
    this.video = make("video", { class: "picture", attributes: { ...attributes, playsinline: "" } });
    this.video.muted = true;
    this.video.disableRemotePlayback = true; // else managed media sources do not open
    this.element = make("div", { class: "surface" }, this.canvas, this.video);
  }

  /** Which of the two has the picture; the other one may still show its last. */
  show(player: "low-latency" | "mse" | null): void {
    this.canvas.hidden = player !== "low-latency";
    this.video.hidden = player !== "mse";
  }
}
