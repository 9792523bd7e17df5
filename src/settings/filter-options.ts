import { deinterlaces, flips, rotations } from "../ffmpeg/video-filters.ts";
import { grouped, switchOption, wordOf } from "./option.ts";
import { parseControls, parseCrop, parseRotation, parseVideoFilter } from "./parse-filters.ts";
import type { FilterValues } from "./settings.ts";

/** What is done to the video before it is encoded, and what the camera itself is set to. */
export const filterOptions = grouped<FilterValues>("Video and audio", {
  deinterlace: {
    flag: "deinterlace",
    metavar: "WHEN",
    help: "deinterlace: auto (if the input says it is interlaced), on (e.g. for an analog capture card that does not say so) or off",
    fallbackText: "auto",
    fallback: "auto",
    ...wordOf(deinterlaces),
  },
  rotate: {
    flag: "rotate",
    metavar: "DEGREES",
    help: "rotate the video clockwise: 90, 180 or 270",
    fallback: null,
    suggestions: { words: rotations.map(String) },
    parse: parseRotation,
  },
  flip: {
    flag: "flip",
    metavar: "DIRECTION",
    help: "mirror the video: horizontal or vertical",
    fallback: null,
    ...wordOf(flips),
  },
  crop: {
    flag: "crop",
    metavar: "WIDTHxHEIGHT[+X+Y]",
    help: "crop the video after --rotate and --flip, in pixels; without +X+Y, keep the center",
    fallback: null,
    parse: parseCrop,
  },
  videoFilter: {
    flag: "video-filter",
    metavar: "FILTER",
    help: "ffmpeg video filters to apply after --crop, e.g. eq=brightness=0.1,hqdn3d",
    fallback: null,
    parse: parseVideoFilter,
  },
  overlayTime: switchOption("overlay-time", "show the date and time in the video"),
  controls: {
    flag: "control",
    metavar: "NAME=VALUE",
    help: "set a camera control, e.g. brightness=128; flvcast devices CAMERA lists them (Linux, needs v4l2-ctl)",
    fallback: [],
    isList: true,
    parse: parseControls,
  },
});
