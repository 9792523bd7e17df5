import { saveFile } from "./download.ts";

/** Saves what is shown as a PNG, named after stream and time. */
export async function saveSnapshot(frame: CanvasImageSource, name: string, nowMs: number): Promise<void> {
  const { width, height } = sizeOf(frame);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(frame, 0, 0, width, height);
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "");
  saveFile(await canvas.convertToBlob({ type: "image/png" }), `${name}-${time}.png`);
}

function sizeOf(frame: CanvasImageSource): { readonly width: number; readonly height: number } {
  if (frame instanceof HTMLVideoElement) return { width: frame.videoWidth, height: frame.videoHeight };
  if (frame instanceof HTMLCanvasElement) return frame;
  throw new TypeError("a frame is shown on a canvas or in a video");
}
