import { expect, it } from "vitest";
import {
  allOpenOptions,
  asDetected,
  fileMedia,
  fromSegment,
  mediaSource,
  type OpenHow,
  pipeMedia,
  urlMedia,
} from "../../src/devices/media.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";

const video = { index: 0, codec: "h264", size: { width: 320, height: 240 }, fps: 25, programs: [] };
const told = { demuxer: "mov", videos: [video], audios: [], hasDuration: true };
const untold = { ...told, demuxer: "flv", hasDuration: false };
const feed = { attach: () => () => undefined, attachToProbe: () => () => undefined, close: () => undefined };

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

it("a still image is shown again and again", () => {
  const image = { ...told, demuxer: "image2" };
  expect(mediaSource(fileMedia("still.jpg", true), image)).toMatchObject({
    inputOptions: ["-loop", "1", "-re"],
    hasEnd: false,
  });
});

it("a video that is to be turned is encoded as high as it was wide", () => {
  const turned = { ...told, videos: [{ ...video, rotation: 90, pixelAspect: { width: 16, height: 11 } }] };
  const source = mediaSource(fileMedia("phone.mp4", false), turned);
  expect(source.video).toMatchObject({ size: { width: 240, height: 320 }, rotation: 90 });
  expect(source.video?.filters.slice(-2)).toEqual(["pad=240:320:-1:-1:eval=frame", "setsar=11/16"]);
});

/** Whose clock its stamps are of, and when its silence is a stall. */
it.each([
  ["mpjpeg", "http://host/stream", { clock: "none", silence: ["-rw_timeout", "300000000"] }],
  ["h264", "http://host/stream.h264", { clock: "none", silence: ["-rw_timeout", "300000000"] }],
  ["jpeg_pipe", "http://host/still.jpg", { clock: "none", silence: ["-rw_timeout", "300000000"] }],
  ["flv", "http://host/live.flv", { clock: "live", silence: ["-rw_timeout", "10000000"] }],
  ["rtsp", "rtsp://host/1", { clock: "rtp", silence: ["-timeout", "60000000"] }],
])("%s at %s", (demuxer, url, expected) => {
  const { clock, inputOptions, stall } = mediaSource(urlMedia(url, url, 7), { ...untold, demuxer });
  expect({ clock, silence: inputOptions.slice(-2) }).toEqual(expected);
  expect(stall).toBeUndefined();
});

it("a pipe of pictures has no clock, a file of them is played at its own", () => {
  const pictures = { ...untold, demuxer: "mjpeg" };
  expect(mediaSource(pipeMedia("pipe", feed), pictures).clock).toBe("none");
  expect(mediaSource(fileMedia("film.mjpeg", false), pictures)).toMatchObject({
    clock: "own",
    stall: { kind: "never" },
  });
});

it.each([
  ["hls", 6000, 30_000],
  ["dash", 2000, 10_000],
  ["hls", null, 50_000],
])(
  "live %s with segments of %s ms is paced, and may be silent for five of them",
  (demuxer, segmentMs, silenceMs) => {
    const url = urlMedia("http://host/live", "live", 7);
    const source = mediaSource(url, { ...untold, demuxer }, anyTracks, { isLive: false, segmentMs });
    expect(source).toMatchObject({ clock: "live", hasEnd: false, stall: { kind: "after", silenceMs } });
    expect(source.inputOptions).toContain("-re");
  },
);

it("what its server's answer shows to be live is neither paced nor over at its end", () => {
  const url = urlMedia("http://host/live.flv", "live", 7);
  const source = mediaSource(url, told, anyTracks, { isLive: true, segmentMs: null });
  expect(source).toMatchObject({ clock: "live", hasEnd: false });
  expect(source.inputOptions).not.toContain("-re");
});

it("a live playlist is begun at another segment each time", () => {
  const source = mediaSource(urlMedia("http://host/live", "live", 7), { ...untold, demuxer: "hls" });
  const again = fromSegment(fromSegment(source, 2), 4);
  expect(again.inputOptions).toEqual([...source.inputOptions, "-live_start_index", "4"]);
});

/** Before `-i`; the options are those of the ffmpeg of this version. */
it.each<[string, number, Partial<OpenHow>, readonly string[]]>([
  ["rtsp://cam/1", 7, {}, ["-rtsp_flags", "prefer_tcp", "-timeout", "10000000"]],
  ["RTSPS://cam/1", 5, { rtspTransport: "udp" }, ["-rtsp_transport", "udp", "-timeout", "10000000"]],
  ["rtsp://cam/1", 4, { rtspTransport: "tcp" }, ["-rtsp_transport", "tcp", "-stimeout", "10000000"]],
  [
    "http://cam/1",
    7,
    { demuxer: "mpjpeg", rtspTransport: "udp" },
    ["-f", "mpjpeg", "-rw_timeout", "10000000"],
  ],
  ["rtp://239.0.0.1:5004", 7, { demuxer: "rtp" }, ["-f", "rtp"]],
])("%s is opened by ffmpeg %s", (url, version, how, options) => {
  expect(allOpenOptions(urlMedia(url, "it", version, { ...asDetected, ...how }))).toEqual(options);
});

it("a format that is given is ffmpeg's, for a file and a pipe, too", () => {
  const how = { ...asDetected, demuxer: "h264" };
  for (const media of [fileMedia("-x", false, how), pipeMedia("-x", feed, how)])
    expect(allOpenOptions(media)).toEqual(["-f", "h264"]);
  expect([fileMedia("-x", false).url, pipeMedia("-x", feed).url]).toEqual(["file:-x", "pipe:0"]);
});

it("a film on a server is paced by its own clock, and its network may be silent for ten seconds", () => {
  const { clock, stall, inputOptions } = mediaSource(urlMedia("http://host/film.mp4", "film", 7), told);
  expect({ clock, stall, inputOptions }).toEqual({
    ...{ clock: "own", stall: { kind: "never" } },
    inputOptions: ["-re", "-rw_timeout", "10000000"],
  });
});

it.each([
  ["a live playlist", "hls", false, "hls"],
  ["a playlist that ends", "hls", true, undefined],
  ["a live manifest", "dash", false, undefined],
  ["another live stream", "flv", false, undefined],
])("%s (%s, with an end: %s) goes on behind its last segment: %s", (_, demuxer, hasDuration, segments) => {
  const source = mediaSource(urlMedia("http://host/live", "live", 7), { ...told, demuxer, hasDuration });
  expect(source.segments).toBe(segments);
});

it("of a stream the track is taken as it is listed, and no more is said of it than that", () => {
  const audio = { index: 1, codec: "aac", programs: [] };
  const source = mediaSource(fileMedia("film.mp4", false), { ...told, audios: [audio] });
  expect(source).toMatchObject({ label: "film.mp4", device: null });
  expect(source.video).toEqual({
    ...{ map: "0:V:0", codec: "h264", passesThrough: false, colorMatrix: null, fps: 25, slowestFps: null },
    ...{
      size: { width: 320, height: 240 },
      filters: source.video?.filters,
      gpuFilters: source.video?.gpuFilters,
    },
  });
  expect(source.audio).toEqual({ map: "0:a:0", codec: "aac", filters: [] });
  const other = {
    ...told,
    videos: [{ ...video, size: null, isInterlaced: true as const }],
    audios: [{ ...audio, hasUnknownFormat: true as const }],
  };
  expect(mediaSource(fileMedia("film.mp4", false), other)).toMatchObject({
    video: { size: null, isInterlaced: true },
    audio: { hasUnknownFormat: true },
  });
});
