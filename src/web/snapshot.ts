/** Saves what is shown as a PNG, named after stream and time. */
export async function saveSnapshot(frame: CanvasImageSource, name: string, nowMs: number): Promise<void> {
  const { width, height } = sizeOf(frame);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(frame, 0, 0, width, height);
  const url = URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "")}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser reads it after the click
}

function sizeOf(frame: CanvasImageSource): { readonly width: number; readonly height: number } {
  if (frame instanceof HTMLVideoElement) return { width: frame.videoWidth, height: frame.videoHeight };
  if (frame instanceof HTMLCanvasElement) return frame;
  throw new TypeError("a picture is shown on a canvas or in a video");
}
