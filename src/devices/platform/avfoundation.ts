import type { Mode } from "../device.ts";

/** What `-f avfoundation -list_devices true` lists: libavdevice/avfoundation.m, avf_read_header. */
export interface AvfoundationListing {
  readonly cameras: readonly AvfoundationEntry[];
  readonly screens: readonly AvfoundationEntry[];
  readonly microphones: readonly AvfoundationEntry[];
}

export interface AvfoundationEntry {
  /** Its place among the video (cameras and screens together) or the audio devices. */
  readonly index: number;
  readonly name: string;
  /** The system's id, which only an ffmpeg newer than 9.0 tells: of a USB camera, it has the socket in it. */
  readonly uid: string | null;
  /** The device's own serial number, where it has one. */
  readonly serial: string | null;
}

/** Reads a listing without its line prefixes. Whatever is no line of it is passed over. */
export function parseAvfoundationListing(lines: readonly string[]): AvfoundationListing {
  const cameras: AvfoundationEntry[] = [];
  const screens: AvfoundationEntry[] = [];
  const microphones: AvfoundationEntry[] = [];
  let section: "video" | "audio" | null = null;
  for (const line of lines) {
    const header = /^AVFoundation (video|audio) devices:/.exec(line)?.[1];
    if (header !== undefined) section = header === "video" ? "video" : "audio";
    const entry = parseEntry(line);
    if (entry === null || section === null) continue;
    if (section === "audio") microphones.push(entry);
    else (isScreen(entry) ? screens : cameras).push(entry);
  }
  return { cameras, screens, microphones };
}

function parseEntry(line: string): AvfoundationEntry | null {
  const [, index, words] = /^\[(\d{1,4})\] (.+)$/.exec(line) ?? [];
  if (index === undefined || words === undefined) return null;
  const [, name = words, uid = null, serial = null] =
    /^(.*?) {2}\[uid:(.*?)\](?: \[serial:(.*)\])?$/.exec(words) ?? [];
  return { index: Number(index), name, uid, serial };
}

const isScreen = ({ name }: AvfoundationEntry) => /^Capture screen \d+$/.test(name);

/**
 * Reads the `Supported modes:` that follow a refused size or rate, one a line: `  1280x720@[1.000000 30.000000]fps`.
 * ffmpeg takes a rate only if it is within 0.01 of a range's upper end (configure_video_device: 24 was refused where
 * 1 to 30 was offered), so the upper ends are the rates. What the camera sends has been decoded by the system: the
 * pictures are raw, in the first of its pixel formats.
 */
export function parseAvfoundationModes(lines: readonly string[]): readonly Mode[] {
  const ratesOfSize = new Map<string, Set<number>>();
  for (const line of lines) {
    const [, size, maxFps] = /^\s*(\d{1,5}x\d{1,5})@\[\d+\.\d+ (\d{1,4}\.\d{1,9})\]fps$/.exec(line) ?? [];
    if (size === undefined || maxFps === undefined) continue;
    const rates = ratesOfSize.get(size) ?? new Set();
    ratesOfSize.set(size, rates.add(Math.round(Number(maxFps) * 1000) / 1000)); // 30.00003 is 30
  }
  return [...ratesOfSize].map(([size, rates]) => {
    const [width = 0, height = 0] = size.split("x").map(Number);
    return {
      format: "rawvideo",
      coding: "raw",
      sizes: { kind: "discrete", width, height },
      rates: { kind: "discrete", fps: [...rates].toSorted((a, b) => b - a) },
    };
  });
}

/** Why macOS keeps a camera from this program, in the system's language; null where it does not. */
export function refusalOf(lines: readonly string[]): string | null {
  const refusals = lines.map((line) => /^Failed to create AV capture input device: (.+)$/.exec(line)?.[1]);
  return refusals.find((why) => why !== undefined) ?? null;
}
