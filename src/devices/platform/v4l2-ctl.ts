import type { Mode } from "../device.ts";
import { codingOf, distinctModes, formatOfFourcc, type V4l2Node } from "./v4l2-format.ts";

/** What makes v4l2-ctl (v4l-utils) tell all that is read here. */
export const v4l2CtlArguments = (node: string): readonly string[] => [
  ...["-d", node],
  "--info",
  "--list-formats-ext",
];

/** Bits of v4l2_capability.device_caps: linux/videodev2.h. */
const VIDEO_CAPTURE = 0x0000_0001;
const VIDEO_OUTPUT = 0x0000_0002;
const VIDEO_M2M_MPLANE = 0x0000_4000;
const VIDEO_M2M = 0x0000_8000;
const STREAMING = 0x0400_0000;
/** The picture's way is to be built in the media controller first (Pi and Intel sensors): libcamera does that. */
const IO_MC = 0x2000_0000;

/** Reads `v4l2-ctl --info --list-formats-ext`; null where it could not open the node. */
export function parseV4l2Ctl(stdout: string): V4l2Node | null {
  // `Capabilities` is the whole device's, its other nodes' too. Kernels before 3.3 have only that.
  const line =
    /^\s*Device Caps\s*: 0x([0-9a-f]{8})$/im.exec(stdout) ??
    /^\s*Capabilities\s*: 0x([0-9a-f]{8})$/im.exec(stdout);
  if (line === null) return null;
  const bits = Number.parseInt(line[1] ?? "0", 16);
  const has = (bit: number) => (bits & bit) !== 0;
  if (has(VIDEO_M2M) || has(VIDEO_M2M_MPLANE) || has(IO_MC)) return { kind: "other" };
  if (has(VIDEO_CAPTURE) && has(STREAMING)) return { kind: "capture", modes: parseFormats(stdout) };
  return { kind: has(VIDEO_OUTPUT) ? "output" : "other" };
}

function parseFormats(stdout: string): readonly Mode[] {
  const modes: Mode[] = [];
  let format: Pick<Mode, "format" | "coding"> | null = null;
  let sizes: Mode["sizes"] | null = null;
  let rates: Mode["rates"] = { kind: "unknown" };
  const endSize = () => {
    if (format !== null && sizes !== null) modes.push({ ...format, sizes, rates });
    sizes = null;
    rates = { kind: "unknown" };
  };
  for (const line of stdout.split("\n")) {
    // `[0]: 'MJPG' (Motion-JPEG, compressed)`, and before v4l-utils 1.18 `Pixel Format: 'MJPG' (compressed)`
    const fourcc = /^\s*(?:\[\d+\]|Pixel Format)\s*: '(.{4})'/.exec(line)?.[1];
    if (fourcc !== undefined) {
      endSize();
      const name = formatOfFourcc(fourcc);
      format = name === null ? null : { format: name, coding: codingOf(name, line.includes("compressed")) };
    } else if (/^\s*Size: /.test(line)) {
      endSize();
      sizes = sizesOf(line);
    } else {
      rates = addInterval(rates, line);
    }
  }
  endSize();
  return distinctModes(modes);
}

/** `Size: Discrete 640x480`, `Size: Stepwise 32x32 - 2592x1944 with step 2/2`, `Size: Continuous 1x1 - 8192x8192` */
function sizesOf(line: string): Mode["sizes"] | null {
  const [width = 0, height = 0, maxWidth = 0, maxHeight = 0, stepX, stepY] = numbersIn(line);
  if (line.includes("Discrete")) return width && height ? { kind: "discrete", width, height } : null;
  if (!maxWidth || !maxHeight) return null; // some drivers list 0x0 - 0x0
  return {
    kind: "stepwise",
    min: { width, height },
    max: { width: maxWidth, height: maxHeight },
    step: { width: stepX || 1, height: stepY || 1 },
  };
}

/** `Interval: Discrete 0.033s (30.000 fps)`, `Interval: Stepwise 0.010s - 1.000s with step 0.001s (1.000-100.000 fps)` */
function addInterval(rates: Mode["rates"], line: string): Mode["rates"] {
  const interval = /^\s*Interval: .*\(([\d.]+)(?:-([\d.]+))? fps\)/.exec(line);
  const [one, other] = [Number(interval?.[1]), Number(interval?.[2])];
  if (one >= 0 && other > 0) return { kind: "range", minFps: one, maxFps: other };
  if (!(one > 0) || rates.kind === "range") return rates;
  const known = rates.kind === "discrete" ? rates.fps : [];
  return { kind: "discrete", fps: [...new Set([...known, one])].toSorted((a, b) => b - a) };
}

const numbersIn = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
