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
    group: "Picture and sound",
    metavar: "WHEN",
    help: "make whole frames of fields: auto (where the input says that it has fields), on (an analogue grabber that does not say so), off",
    fallbackText: "auto",
    fallback: "auto",
    suggestions: { words: deinterlaces },
    parse: parseDeinterlace,
  },
  rotate: {
    flag: "rotate",
    group: "Picture and sound",
    metavar: "DEGREES",
    help: "turn the video clockwise: 90, 180 or 270",
    fallbackText: null,
    fallback: null,
    suggestions: { words: rotations.map(String) },
    parse: parseRotation,
  },
  flip: {
    flag: "flip",
    group: "Picture and sound",
    metavar: "DIRECTION",
    help: "mirror the video: horizontal or vertical",
    fallbackText: null,
    fallback: null,
    suggestions: { words: flips },
    parse: parseFlip,
  },
  crop: {
    flag: "crop",
    group: "Picture and sound",
    metavar: "WIDTHxHEIGHT[+X+Y]",
    help: "keep this part of the video, counted in pixels after --rotate and --flip; without +X+Y, the middle",
    fallbackText: null,
    fallback: null,
    parse: parseCrop,
  },
  videoFilter: {
    flag: "video-filter",
    group: "Picture and sound",
    metavar: "FILTER",
    help: "any ffmpeg video filters, in ffmpeg's syntax: eq=brightness=0.1,hqdn3d; they come after --crop",
    fallbackText: null,
    fallback: null,
    parse: parseVideoFilter,
  },
  overlayTime: switchOption("overlay-time", "Picture and sound", "draw the date and time onto the video"),
  controls: {
    flag: "control",
    group: "Picture and sound",
    metavar: "NAME=VALUE",
    help: "set a control of the camera, each time it is opened: brightness=128; flvcast devices CAMERA lists them (Linux, with v4l2-ctl)",
    fallbackText: null,
    fallback: [],
    isList: true,
    parse: parseControls,
  },
};
