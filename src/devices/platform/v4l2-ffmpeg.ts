import type { Mode } from "../device.ts";
import { codingOf, distinctModes, type V4l2Node } from "./v4l2-format.ts";

/** What makes ffmpeg list a V4L2 node's formats; its exit code says nothing (libavdevice/v4l2.c). */
export const v4l2ListArguments = (node: string): readonly string[] => [
  ...["-hide_banner", "-nostdin"],
  ...["-f", "v4l2"],
  ...["-list_formats", "all"],
  ...["-i", node],
];

/** Reads what ffmpeg wrote to stderr; null where it could not open the node. Rates are not in it. */
export function parseV4l2Listing(stderr: string): V4l2Node | null {
  const lines = stderr.split("\n").map((line) => LISTED.exec(line)?.groups);
  const listed = lines.filter((line) => line !== undefined);
  if (listed.length > 0) return { kind: "capture", modes: distinctModes(listed.flatMap(modesOf)) };
  if (/Cannot open video device/.test(stderr)) return null;
  if (/Not a video capture device|VIDIOC_G_INPUT/.test(stderr)) return { kind: "output" };
  return { kind: "other" }; // a metadata node has nothing to list
}

/** `[video4linux2,v4l2 @ 0x…] Compressed:       mjpeg :          Motion-JPEG : Emulated : 640x360 1280x720` */
const LISTED = /(?<kind>Raw {7}|Compressed): +(?<format>\S+) : .*:(?<sizes>[^:]*)$/;

function modesOf(listed: Readonly<Record<string, string>>): Mode[] {
  const { kind = "", format = "", sizes = "" } = listed;
  if (format === "Unsupported") return [];
  const rest = {
    format,
    coding: codingOf(format, kind === "Compressed"),
    rates: { kind: "unknown" },
  } as const;
  return [
    ...[...sizes.matchAll(/ (\d+)x(\d+)/g)].map(([, width, height]) => ({
      ...rest,
      sizes: { kind: "discrete", width: Number(width), height: Number(height) } as const,
    })),
    ...[...sizes.matchAll(/\{(\d+)-(\d+), (\d+)\}x\{(\d+)-(\d+), (\d+)\}/g)].map((range) => ({
      ...rest,
      sizes: stepwise(range.slice(1).map(Number)),
    })),
  ];
}

function stepwise(range: readonly number[]): Mode["sizes"] {
  const [minWidth = 0, maxWidth = 0, stepWidth, minHeight = 0, maxHeight = 0, stepHeight] = range;
  return {
    kind: "stepwise",
    min: { width: minWidth, height: minHeight },
    max: { width: maxWidth, height: maxHeight },
    step: { width: stepWidth || 1, height: stepHeight || 1 },
  };
}
