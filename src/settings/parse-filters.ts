import type { ControlSetting } from "../devices/control.ts";
import { type Crop, type Rotation, rotations } from "../ffmpeg/video-filters.ts";
import { parseSize, refuse } from "./parse.ts";

export function parseRotation(text: string): Rotation {
  const found = rotations.find((rotation) => String(rotation) === text);
  return found ?? refuse("is not a rotation: use 90, 180 or 270", "90");
}

/** `640x480` in the middle, `640x480+100+50` with its left upper corner at 100, 50. */
export function parseCrop(text: string): Crop {
  const [, size = "", x, y] = /^([^+]*)(?:\+(\d{1,4})\+(\d{1,4}))?$/.exec(text) ?? [];
  if (!/^\d{1,6}x\d{1,6}$/i.test(size))
    refuse("is not an area: use WIDTHxHEIGHT or WIDTHxHEIGHT+X+Y", "640x480+100+50");
  return {
    ...parseSize(size),
    at: x === undefined || y === undefined ? null : { x: Number(x), y: Number(y) },
  };
}

const MAX_FILTER_LENGTH = 4000;

/** ffmpeg's own syntax, which ffmpeg judges. */
export function parseVideoFilter(text: string): string {
  if (text.trim() === "" || text.length > MAX_FILTER_LENGTH)
    refuse("is not an ffmpeg filter: use up to 4000 characters of ffmpeg's syntax", "hqdn3d");
  return text;
}

const MAX_CONTROLS = 64;

/** `auto_exposure=1,gain=30`: set in this order. */
export function parseControls(text: string): readonly ControlSetting[] {
  const controls = text.split(",").map((one) => {
    const [, name, value] = /^\s*([a-z0-9_]{1,64})=\s*(\S.{0,199})$/is.exec(one) ?? [];
    if (name === undefined || value === undefined) return refuse("is not NAME=VALUE", "brightness=128");
    return { name: name.toLowerCase(), value: value.trim() };
  });
  if (controls.length > MAX_CONTROLS)
    refuse(`sets too many controls: use up to ${MAX_CONTROLS}`, "brightness=128");
  return controls;
}
