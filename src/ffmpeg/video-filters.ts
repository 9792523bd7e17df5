import type { Size } from "../devices/picture.ts";
import { UserError } from "../errors.ts";

/** What the user wants done to the video before it is encoded, in this order; sizes are in pixels. */
export interface VideoFilters {
  /** Whole pictures of fields; `auto` where the input says that it has fields. */
  readonly deinterlace: Deinterlace;
  /** Degrees, clockwise. */
  readonly rotate: Rotation | null;
  readonly flip: Flip | null;
  /** Of the video as it is by then. */
  readonly crop: Crop | null;
  /** In ffmpeg's syntax. */
  readonly videoFilter: string | null;
  /** The time of day is drawn onto it, after it was scaled. */
  readonly overlayTime: boolean;
}

export const deinterlaces = ["auto", "on", "off"] as const;
export type Deinterlace = (typeof deinterlaces)[number];

export const rotations = [90, 180, 270] as const;
export type Rotation = (typeof rotations)[number];

export const flips = ["horizontal", "vertical"] as const;
export type Flip = (typeof flips)[number];

export interface Crop extends Size {
  /** Of its left upper corner; null for the middle. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

export const noFilters: VideoFilters = {
  ...{ deinterlace: "auto", rotate: null, flip: null, crop: null, videoFilter: null, overlayTime: false },
};

/** Whether anything is to be done whatever the input, which takes an encoder. */
export function hasFilters(filters: VideoFilters): boolean {
  const { deinterlace, rotate, flip, crop, videoFilter, overlayTime } = filters;
  if (deinterlace === "on") return true;
  return rotate !== null || flip !== null || crop !== null || videoFilter !== null || overlayTime;
}

/** Fields become pictures, as many as there were; the filter holds back one. Those that are whole stay so, unless `on`. */
export function deinterlacing(deinterlace: Deinterlace, isInterlaced: boolean): readonly string[] {
  if (deinterlace === "off" || (deinterlace === "auto" && !isInterlaced)) return [];
  return [`bwdif=mode=send_frame:deint=${deinterlace === "on" ? "all" : "interlaced"}`];
}

/** The filters that change the video's geometry, and the user's own after them. */
export function geometryFilters({ rotate, flip, crop, videoFilter }: VideoFilters): readonly string[] {
  return [
    ...(rotate === null ? [] : [ROTATE[rotate]]),
    ...(flip === null ? [] : [FLIP[flip]]),
    ...(crop === null ? [] : [cropFilter(crop)]),
    ...(videoFilter === null ? [] : [videoFilter]),
  ];
}

const ROTATE: Readonly<Record<Rotation, string>> = {
  90: "transpose=clock",
  180: "hflip,vflip",
  270: "transpose=cclock",
};

const FLIP: Readonly<Record<Flip, string>> = { horizontal: "hflip", vertical: "vflip" };

function cropFilter({ width, height, at }: Crop): string {
  return at === null ? `crop=${width}:${height}` : `crop=${width}:${height}:${at.x}:${at.y}`;
}

/**
 * How large the video is after rotation and crop; null where that is not known.
 * @throws UserError where the crop is not within the video
 */
export function sizeAfter(size: Size | null, { rotate, crop, videoFilter }: VideoFilters): Size | null {
  const rotated = size && (isQuarterTurn(rotate) ? turned(size) : size);
  if (crop !== null && rotated !== null) {
    const needed = extentOf(crop);
    if (needed.width > rotated.width || needed.height > rotated.height)
      throw new UserError(
        "usage",
        `--crop ${cropText(crop)} does not fit into ${rotated.width}x${rotated.height}; choose a smaller area`,
      );
  }
  if (videoFilter !== null) return null; // nobody knows what it makes of the size
  return crop === null ? rotated : { width: crop.width, height: crop.height };
}

/** What size a device is asked for, so that this one comes of it; null where any will do. */
export function sizeBefore(size: Size | null, { rotate }: VideoFilters): Size | null {
  return size !== null && isQuarterTurn(rotate) ? turned(size) : size;
}

/** What a device must send at least. */
export function leastSize(filters: VideoFilters): Size | null {
  return filters.crop === null ? null : sizeBefore(extentOf(filters.crop), filters);
}

const isQuarterTurn = (rotate: Rotation | null) => rotate === 90 || rotate === 270;
const turned = ({ width, height }: Size): Size => ({ width: height, height: width });
const extentOf = ({ width, height, at }: Crop): Size => ({
  width: width + (at?.x ?? 0),
  height: height + (at?.y ?? 0),
});

function cropText({ width, height, at }: Crop): string {
  return `${width}x${height}${at === null ? "" : `+${at.x}+${at.y}`}`;
}

/** Draws the time of day in the upper left corner; `font` is a file, null for the one that fontconfig takes. */
export function timeOverlay(font: string | null): string {
  return [
    "drawtext=text='%{localtime}'",
    ...(font === null ? [] : [`fontfile='${font.replaceAll("\\", "/").replaceAll(":", "\\:")}'`]),
    ...["x=h/45", "y=h/45", "fontsize='max(h/24,14)'", "fontcolor=white"],
    ...["box=1", "boxcolor=black@0.5", "boxborderw=4"],
  ].join(":");
}
