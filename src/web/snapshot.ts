/** Saves what is shown as a PNG, named after stream and time. */
export async function saveSnapshot(picture: CanvasImageSource, name: string, nowMs: number): Promise<void> {
  const { width, height } = sizeOf(picture);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  const url = URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "")}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser reads it after the click
}

function sizeOf(picture: CanvasImageSource): { readonly width: number; readonly height: number } {
  if (picture instanceof HTMLVideoElement) return { width: picture.videoWidth, height: picture.videoHeight };
  if (picture instanceof HTMLCanvasElement) return picture;
  throw new TypeError("a picture is shown on a canvas or in a video");
}
