import { describe, expect, it } from "vitest";
import { UnacceptableError } from "../../src/settings/parse.ts";
import {
  parseControls,
  parseCrop,
  parseRotation,
  parseVideoFilter,
} from "../../src/settings/parse-filters.ts";
import { startOptions } from "../../src/settings/start-options.ts";

const parseFlip = startOptions.flip.parse;

describe("what is done to the video", () => {
  it.each<[(text: string) => unknown, string, unknown]>([
    [parseRotation, "270", 270],
    [parseFlip, "vertical", "vertical"],
    [parseCrop, "640x480", { width: 640, height: 480, at: null }],
    [parseCrop, "640X480+0+50", { width: 640, height: 480, at: { x: 0, y: 50 } }],
    [parseVideoFilter, "eq=brightness=0.1,hqdn3d", "eq=brightness=0.1,hqdn3d"],
    [parseControls, "brightness=128", [{ name: "brightness", value: "128" }]],
    [
      parseControls,
      "auto_exposure=1, gain=-3,title=a b",
      [
        { name: "auto_exposure", value: "1" },
        { name: "gain", value: "-3" },
        { name: "title", value: "a b" },
      ],
    ],
  ])("%o of %s", (parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each<[(text: string) => unknown, string, RegExp]>([
    [parseRotation, "45", /not a rotation/],
    [parseRotation, "-90", /not a rotation/],
    [parseFlip, "both", /use horizontal or vertical/],
    [parseCrop, "640", /WIDTHxHEIGHT\+X\+Y/],
    [parseCrop, "640x480-1+0", /WIDTHxHEIGHT/],
    [parseCrop, "641x480", /odd/],
    [parseCrop, "8x8", /out of range/],
    [parseVideoFilter, " ", /not an ffmpeg filter/],
    [parseVideoFilter, "x".repeat(4001), /not an ffmpeg filter/],
    [parseControls, "brightness", /not NAME=VALUE/],
    [parseControls, "brightness=1,,gain=2", /not NAME=VALUE/],
    [parseControls, "a b=1", /not NAME=VALUE/],
    [parseControls, "gain= ", /not NAME=VALUE/],
    [parseControls, Array.from({ length: 65 }, () => "gain=1").join(","), /too many/],
  ])("%o refuses %s", (parse, text, why) => {
    expect(() => parse(text)).toThrow(UnacceptableError);
    expect(() => parse(text)).toThrow(why);
  });
});
