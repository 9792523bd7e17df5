import { deinterlaces, flips, rotations } from "../ffmpeg/video-filters.ts";
import { type OptionTable, switchOption } from "./option.ts";
import {
  parseControls,
  parseCrop,
  parseDeinterlace,
  parseFlip,
  parseRotation,
  parseVideoFilter,
} from "./parse-filters.ts";
import type { FilterValues } from "./settings.ts";

/** What is done to the video before it is encoded, and what the camera itself is set to. */
export const filterOptions: OptionTable<FilterValues> = {
  deinterlace: {
    flag: "deinterlace",
    group: "Video and audio",
    metavar: "WHEN",
    help: "deinterlace: auto (if the input says it is interlaced), on (e.g. for an analog capture card that does not say so) or off",
    fallbackText: "auto",
    fallback: "auto",
    suggestions: { words: deinterlaces },
    parse: parseDeinterlace,
  },
  rotate: {
    flag: "rotate",
    group: "Video and audio",
    metavar: "DEGREES",
    help: "rotate the video clockwise: 90, 180 or 270",
    fallbackText: null,
    fallback: null,
    suggestions: { words: rotations.map(String) },
    parse: parseRotation,
  },
  flip: {
    flag: "flip",
    group: "Video and audio",
    metavar: "DIRECTION",
    help: "mirror the video: horizontal or vertical",
    fallbackText: null,
    fallback: null,
    suggestions: { words: flips },
    parse: parseFlip,
  },
  crop: {
    flag: "crop",
    group: "Video and audio",
    metavar: "WIDTHxHEIGHT[+X+Y]",
    help: "crop the video after --rotate and --flip, in pixels; without +X+Y, keep the center",
    fallbackText: null,
    fallback: null,
    parse: parseCrop,
  },
  videoFilter: {
    flag: "video-filter",
    group: "Video and audio",
    metavar: "FILTER",
    help: "ffmpeg video filters to apply after --crop, e.g. eq=brightness=0.1,hqdn3d",
    fallbackText: null,
    fallback: null,
    parse: parseVideoFilter,
  },
  overlayTime: switchOption("overlay-time", "Video and audio", "show the date and time in the video"),
  controls: {
    flag: "control",
    group: "Video and audio",
    metavar: "NAME=VALUE",
    help: "set a camera control, e.g. brightness=128; flvcast devices CAMERA lists them (Linux, needs v4l2-ctl)",
    fallbackText: null,
    fallback: [],
    isList: true,
    parse: parseControls,
  },
};
