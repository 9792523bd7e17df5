import { expect, it } from "vitest";
import type { InputStreams } from "../../src/devices/streams.ts";
import { anyTracks, chooseTracks, type TrackChoice } from "../../src/devices/track-choice.ts";

/** `160x120@0`: size and program. */
function streamsOf(videos: readonly string[], audioPrograms: readonly (readonly number[])[]): InputStreams {
  return {
    demuxer: "hls",
    videos: videos.map((text, index) => {
      const [, width, height, program] = /^(?:(\d+)x(\d+))?@(\d*)$/.exec(text) ?? [];
      return {
        index,
        codec: "h264",
        size: width === undefined ? null : { width: Number(width), height: Number(height) },
        fps: 25,
        programs: program === "" ? [] : [Number(program)],
      };
    }),
    audios: audioPrograms.map((programs, at) => ({ index: videos.length + at, codec: "aac", programs })),
    hasDuration: false,
  };
}

const hls = streamsOf(["160x120@0", "1280x720@1", "640x480@2"], [[0], [1], [2]]);
const camera = streamsOf(["640x480@"], [[]]);
const choices: readonly [string, InputStreams, Partial<TrackChoice>, (string | null)[]][] = [
  ["one video and one audio, by kind", camera, {}, ["0:V:0", "0:a:0"]],
  ["the largest variant with its audio", hls, {}, ["0:1", "0:4"]],
  ["the largest that fits --size", hls, { size: { width: 640, height: 480 } }, ["0:2", "0:5"]],
  ["the largest where none fits", hls, { size: { width: 64, height: 48 } }, ["0:1", "0:4"]],
  [
    "one that is wide enough but too high does not fit",
    hls,
    { size: { width: 640, height: 120 } },
    ["0:V:0", "0:a:0"],
  ],
  ["a variant by its height", hls, { variant: { height: 480 } }, ["0:2", "0:5"]],
  ["a variant by its number", hls, { variant: { number: 0 } }, ["0:V:0", "0:a:0"]],
  ["a mapped video with its own audio", hls, { map: { video: 2, audio: null } }, ["0:2", "0:5"]],
  ["a mapped audio with the largest video", hls, { map: { video: null, audio: 0 } }, ["0:1", "0:a:0"]],
  [
    "audio that is in no program, where the video's has none",
    streamsOf(["64x48@1"], [[]]),
    {},
    ["0:V:0", "0:a:0"],
  ],
  ["an audio that all programs share", streamsOf(["64x48@0", "128x96@1"], [[0, 1]]), {}, ["0:1", "0:a:0"]],
  ["the first of two of one size", streamsOf(["64x48@0", "64x48@1"], [[0], [1]]), {}, ["0:V:0", "0:a:0"]],
  ["any size is larger than one that is not known", streamsOf(["@0", "64x48@1"], []), {}, ["0:1", null]],
  ["audio alone", streamsOf([], [[]]), {}, [null, "0:a:0"]],
];

it.each(choices)("takes %s", (_, streams, choice, expected) => {
  const { video, audio } = chooseTracks(streams, { ...anyTracks, ...choice });
  expect([video?.specifier ?? null, audio?.specifier ?? null]).toEqual(expected);
});

it.each([
  [
    hls,
    { variant: { height: 1080 } },
    "no variant 1080p; the input has 0 (160x120), 1 (1280x720), 2 (640x480)",
  ],
  [hls, { variant: { number: 3 } }, "no variant 3; the input has 0 (160x120), 1 (1280x720), 2 (640x480)"],
  [
    hls,
    { map: { video: 3, audio: null } },
    "no video track 3 (--map v:3); the input has video tracks 0 to 2",
  ],
  [
    streamsOf(["64x48@"], []),
    { map: { video: null, audio: 0 } },
    "no audio track 0 (--map a:0); the input has no audio",
  ],
] as const)("refuses what the input does not have, and says what it has", (streams, choice, message) => {
  expect(() => chooseTracks(streams, { ...anyTracks, ...choice })).toThrow(message);
});
