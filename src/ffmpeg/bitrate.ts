/** A bit rate that suits the picture: 2.5 Mbit/s at 720p30, rising slower than the number of pixels. */
export function defaultBitrateKbps(size: { width: number; height: number }, fps: number): number {
  const pixelsPerSecond = size.width * size.height * Math.min(fps, 60);
  const kbps = 2500 * (pixelsPerSecond / (1280 * 720 * 30)) ** 0.75;
  return Math.round(Math.min(Math.max(kbps, 300), 20_000) / 50) * 50;
}
