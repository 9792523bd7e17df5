import type { Size } from "../devices/picture.ts";

/** What a camera's driver did instead of what was requested; ffmpeg accepts it and continues. */
export type DriverChange =
  | { readonly kind: "size"; readonly from: Size; readonly to: Size }
  | { readonly kind: "rate"; readonly fromFps: number; readonly toFps: number }
  /** The driver has one rate, and does not say which was asked for. */
  | { readonly kind: "fixed-rate" }
  /** Its timestamps are of no clock that ffmpeg knows: they cannot be put on the wall clock. */
  | { readonly kind: "unknown-clock" };

/**
 * Reads one line of ffmpeg's stderr; null where it tells no change. The texts are libavdevice/v4l2.c's, the same from
 * 5.1 to 9.0. A changed size and rate are said at `-loglevel info`, the other two at `warning` too.
 */
export function driverChangeOf(line: string): DriverChange | null {
  const size = /The V4L2 driver changed the video from (\d+)x(\d+) to (\d+)x(\d+)/.exec(line);
  if (size !== null) {
    const [fromWidth, fromHeight, toWidth, toHeight] = numbers(size);
    return {
      kind: "size",
      from: { width: fromWidth, height: fromHeight },
      to: { width: toWidth, height: toHeight },
    };
  }
  const rate = /The driver changed the time per frame from (\d+)\/(\d+) to (\d+)\/(\d+)/.exec(line);
  if (rate !== null) {
    const [fromTicks, fromPerS, toTicks, toPerS] = numbers(rate);
    if (fromTicks * toTicks * toPerS === 0) return null; // a driver's nonsense: no rate at all
    return { kind: "rate", fromFps: fromPerS / fromTicks, toFps: toPerS / toTicks };
  }
  if (line.includes("The driver does not permit changing the time per frame")) return { kind: "fixed-rate" };
  return /(^|\] )Unknown timestamps$/.test(line) ? { kind: "unknown-clock" } : null;
}

function numbers(match: RegExpExecArray): readonly [number, number, number, number] {
  const [, a, b, c, d] = match.map(Number);
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0];
}

/** The change in one line for the user; `label` is the camera as the user called it. */
export function driverChangeLine(label: string, change: DriverChange): string {
  switch (change.kind) {
    case "size":
      return `${label} does not support ${asSize(change.from)} and sends ${asSize(change.to)}`;
    case "rate":
      return `${label} does not support ${asRate(change.fromFps)} fps and sends ${asRate(change.toFps)}`;
    case "fixed-rate":
      return `${label} has a fixed frame rate, which --fps cannot change`;
    case "unknown-clock":
      return `${label} timestamps frames with an unknown clock`;
  }
}

const asSize = ({ width, height }: Size) => `${width}x${height}`;
const asRate = (fps: number) => String(Number(fps.toFixed(2)));
