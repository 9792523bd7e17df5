import { expect, it } from "vitest";
import { fileMedia, mediaSource, pipeMedia, urlMedia } from "../../src/devices/media.ts";

const video = { index: 0, codec: "h264", size: { width: 320, height: 240 }, fps: 25, programs: [] };
const told = { videos: [video], audios: [], hasDuration: true };
const untold = { ...told, hasDuration: false };
const feed = { attach: () => () => undefined, attachToProbe: () => () => undefined, close: () => undefined };

/** What has no end is begun anew whenever it stops; what is live comes as it comes. */
it.each([
  ["a file", fileMedia("film.mp4", false), told, { hasEnd: true, isPaced: true }],
  [
    "a file that does not say how long it is",
    fileMedia("film.h264", false),
    untold,
    { hasEnd: true, isPaced: true },
  ],
  ["a file that is played for ever", fileMedia("film.mp4", true), told, { hasEnd: false, isPaced: true }],
  ["a named pipe", pipeMedia("pipe", feed), untold, { hasEnd: true, isPaced: false }],
  ["a film on a server", urlMedia("http://host/film.mp4", "film", 7), told, { hasEnd: true, isPaced: true }],
  [
    "a live stream of a server",
    urlMedia("http://host/live.flv", "live", 7),
    untold,
    { hasEnd: false, isPaced: false },
  ],
  ["a network camera", urlMedia("rtsp://host/1", "camera", 7), untold, { hasEnd: false, isPaced: false }],
])("%s", (_, media, streams, expected) => {
  const { hasEnd, inputOptions } = mediaSource(media, streams);
  expect({ hasEnd, isPaced: inputOptions.includes("-re") }).toEqual(expected);
});
