import { expect, it } from "vitest";
import { fileMedia, mediaSource, urlMedia } from "../../src/devices/media.ts";

const video = { codec: "h264", width: 320, height: 240, fps: 25 };
const told = { video, audio: null, hasDuration: true };
const untold = { video, audio: null, hasDuration: false };

/** What has no end is restarted whenever it stops; what is live comes as it comes. */
it.each([
  ["a file", fileMedia("film.mp4", false), told, { hasEnd: true, isPaced: true }],
  [
    "a file that does not say how long it is",
    fileMedia("film.h264", false),
    untold,
    { hasEnd: true, isPaced: true },
  ],
  ["a file that is played for ever", fileMedia("film.mp4", true), told, { hasEnd: false, isPaced: true }],
  ["a named pipe", fileMedia("pipe", false, "pipe"), untold, { hasEnd: true, isPaced: false }],
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
