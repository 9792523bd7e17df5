import type { Mode } from "../device.ts";
import type { Size } from "../picture.ts";

/** One device of `-f dshow -list_devices true`: libavdevice/dshow.c, dshow_cycle_devices. */
export interface DshowEntry {
  readonly name: string;
  /** `@device_pnp_\\?\usb#vid_046d…`: the device's path, with which it can be opened, too. */
  readonly alternativeName: string | null;
  readonly sends: readonly ("video" | "audio")[];
}

/**
 * Reads a listing without its line prefixes, in both styles. Since ffmpeg 5 each line says what the device sends:
 * `"X" (video)`, `(audio)`, `(audio, video)`, or `(none)` where nothing asks for it yet; before, headers did.
 */
export function parseDshowListing(lines: readonly string[]): readonly DshowEntry[] {
  const entries: DshowEntry[] = [];
  let section: "video" | "audio" | null = null;
  for (const line of lines) {
    const header = /^DirectShow (video|audio) devices/.exec(line)?.[1];
    if (header !== undefined) section = header === "video" ? "video" : "audio";

    const alternativeName = /^\s*Alternative name "(.*)"$/.exec(line)?.[1];
    const last = entries.at(-1);
    if (alternativeName !== undefined && last?.alternativeName === null) {
      entries[entries.length - 1] = { ...last, alternativeName };
    }

    const [, name, types] = /^ ?"(.+)"(?: \(([a-z, ]+)\))?$/.exec(line) ?? [];
    if (name === undefined || (types === undefined && section === null)) continue;
    entries.push({ name, alternativeName: null, sends: typesOf(types ?? section ?? "") });
  }
  return entries.map((entry) => (entry.sends.length > 0 ? entry : { ...entry, sends: typesByClass(entry) }));
}

function typesOf(words: string): DshowEntry["sends"] {
  return (["video", "audio"] as const).filter((type) => words.includes(type));
}

/** CLSID_AudioInputDeviceCategory; what is listed and not of it is of the video category. */
const AUDIO_CLASS = "33d9a762-90c8-11d0-bd43-00a0c911ce86";

/** A virtual camera that nobody feeds has no media type, but stands in its category. */
function typesByClass({ alternativeName }: DshowEntry): DshowEntry["sends"] {
  if (alternativeName === null) return [];
  return alternativeName.toLowerCase().includes(AUDIO_CLASS) ? ["audio"] : ["video"];
}

const LINE =
  /^\s*(pixel_format|vcodec)=(\w+)\s+min s=(\d{1,5})x(\d{1,5}) fps=(\S+) max s=(\d{1,5})x(\d{1,5}) fps=(\S+)(?: \(.*\))?$/;

/**
 * Reads what `-list_options true` tells of a camera, one combination a line (dshow_cycle_formats), each often twice:
 * `  pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30`. What has no name in ffmpeg (`unknown compression
 * type 0x…`) could not be captured and is left out.
 */
export function parseDshowModes(lines: readonly string[]): readonly Mode[] {
  const modes = new Map<string, { readonly mode: Omit<Mode, "rates">; readonly rates: [number, number][] }>();
  for (const line of lines) {
    const [, key, format, ...numbers] = LINE.exec(line) ?? [];
    if (key === undefined || format === undefined) continue;
    const [minWidth = 0, minHeight = 0, fps1 = 0, maxWidth = 0, maxHeight = 0, fps2 = 0] =
      numbers.map(Number);
    const id = [format, minWidth, minHeight, maxWidth, maxHeight].join(" ");
    const min = { width: minWidth, height: minHeight };
    const max = { width: maxWidth, height: maxHeight };
    const known = modes.get(id) ?? {
      mode: { format, coding: codingOf(key, format), sizes: sizesOf(min, max) },
      rates: [],
    };
    known.rates.push([Math.min(fps1, fps2), Math.max(fps1, fps2)]);
    modes.set(id, known);
  }
  return [...modes.values()].map(({ mode, rates }) => ({ ...mode, rates: ratesOf(rates) }));
}

function codingOf(key: string, format: string): Mode["coding"] {
  if (key === "pixel_format") return "raw";
  return format === "mjpeg" || format === "h264" ? format : "other";
}

function sizesOf(min: Size, max: Size): Mode["sizes"] {
  const isOne = min.width === max.width && min.height === max.height;
  // The steps in between are not told: ffmpeg lets the driver decide.
  return isOne ? { kind: "discrete", ...max } : { kind: "stepwise", min, max, step: { width: 1, height: 1 } };
}

function ratesOf(ranges: readonly (readonly [number, number])[]): Mode["rates"] {
  const valid = ranges.filter(([min, max]) => min > 0 && Number.isFinite(max)); // a driver's 0 comes out as `inf`
  if (valid.length === 0) return { kind: "unknown" };
  const rounded = valid.map(
    ([min, max]) => [Math.round(min * 1000) / 1000, Math.round(max * 1000) / 1000] as const,
  );
  if (rounded.every(([min, max]) => min === max)) {
    return { kind: "discrete", fps: [...new Set(rounded.map(([, fps]) => fps))].toSorted((a, b) => b - a) };
  }
  const minFps = Math.min(...rounded.map(([min]) => min));
  const maxFps = Math.max(...rounded.map(([, max]) => max));
  return { kind: "range", minFps, maxFps };
}
