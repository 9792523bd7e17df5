import { describe, expect, it } from "vitest";
import { parseStreams } from "../../src/devices/streams.ts";

/** `ffmpeg -hide_banner -i FILE`, 5.1.9. */
const MP4 = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'cup.mp4':
  Metadata:
    major_brand     : mp42
  Duration: 00:00:08.10, start: 0.000000, bitrate: 1555 kb/s
  Stream #0:0[0x1](zho): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo, fltp, 238 kb/s (default)
  Stream #0:1[0x2](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, smpte170m/smpte170m/bt709, progressive), 640x480 [SAR 1:1 DAR 4:3], 1290 kb/s, 26.78 fps, 26.78 tbr, 26777 tbn (default)
At least one output file must be specified`;

describe("ffmpeg's listing of an input", () => {
  it("names a file's tracks, their codecs, size and rate", () => {
    expect(parseStreams(MP4)).toEqual({
      demuxer: "mov",
      videos: [{ index: 1, codec: "h264", size: { width: 640, height: 480 }, fps: 26.78, programs: [] }],
      audios: [{ index: 0, codec: "aac", programs: [], sampleRateHz: 48_000 }],
      hasDuration: true,
    });
  });

  it.each([
    ["      displaymatrix: rotation of -90.00 degrees", { rotation: 90 }], // ffmpeg 5.1, `-metadata:s:v rotate=270`
    ["      Display Matrix: rotation of 180.00 degrees", { rotation: 180 }], // 9.0
    ["      displaymatrix: rotation of 0.00 degrees", {}],
  ])("tells how a video is to be turned: %s", (line, expected) => {
    const side = ["    Side data:", line, "At least one output file must be specified"].join("\n");
    const { videos } = parseStreams(MP4.replace(/At least.*/, side)) ?? { videos: [] };
    const upright = { index: 1, codec: "h264", size: { width: 640, height: 480 }, fps: 26.78, programs: [] };
    expect(videos).toEqual([{ ...upright, ...expected }]);
  });

  it("tells the shape of pixels that are not square", () => {
    const anamorphic = MP4.replace("SAR 1:1 DAR 4:3", "SAR 16:11 DAR 64:33");
    expect(parseStreams(anamorphic)?.videos).toMatchObject([{ pixelAspect: { width: 16, height: 11 } }]);
  });

  it.each([
    // ffmpeg 5.1 and 9.0 of `-vf tinterlace=interleave_top,fieldorder=tff -flags +ildct+ilme`, as MPEG-2 and as H.264
    [
      "mpeg2video (4:2:2) ([2][0][0][0] / 0x0002), yuv422p(tv, top first), 352x288 [SAR 1:1 DAR 11:9], 25 fps",
      true,
    ],
    [
      "h264 (High) (avc1 / 0x31637661), yuv420p(top first), 352x288 [SAR 1:1 DAR 11:9], 47 kb/s, 25 fps",
      true,
    ],
    [
      "h264 (High), yuv420p(tv, smpte170m/smpte170m/bt709, bottom coded first (swapped)), 720x576, 25 fps",
      true,
    ],
    [
      "h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 320x180 [SAR 1:1 DAR 16:9], 37 kb/s, 25 fps",
      false,
    ],
  ])("says whether the video is of fields: %s", (words, isInterlaced) => {
    const streams = parseStreams(`Input #0, x, from 'x':\n  Stream #0:0[0x1](und): Video: ${words}\n`);
    expect(streams?.videos[0]?.isInterlaced ?? false).toBe(isInterlaced);
  });

  it("says of which sound nothing tells the format, and takes a camera's rate from its description", () => {
    // ffmpeg 5.1 of MPEG-TS whose AAC never came
    const aac = "  Stream #0:1[0x101]: Audio: aac ([15][0][0][0] / 0x000F), 0 channels";
    const h264 = "  Stream #0:0: Video: h264 (High), yuv420p(progressive, left), 320x240, 15 tbr, 90k tbn";
    const sdp =
      "[rtsp @ 0x5] SDP:\nm=video 0 RTP/AVP 96\na=framerate:15\na=fmtp:96 sprop-parameter-sets=Z2QA";
    expect(parseStreams(`${sdp}\nInput #0, rtsp, from 'x':\n${h264}\n${aac}`)).toMatchObject({
      videos: [{ fps: 15, hasParameterSets: true }],
      audios: [{ codec: "aac", hasUnknownFormat: true }],
    });
  });

  it("takes a cover picture for no video", () => {
    const listing = `Input #0, mp3, from 'song.mp3':
  Duration: 00:03:20.78, start: 0.000000, bitrate: 80 kb/s
  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 80 kb/s
  Stream #0:1: Video: mjpeg (Baseline), yuvj420p(pc), 300x300 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn (attached pic)`;
    expect(parseStreams(listing)).toMatchObject({
      videos: [],
      audios: [{ index: 0, codec: "mp3", programs: [] }],
      hasDuration: true,
    });
  });

  it("takes a text file for no video, although ffmpeg would draw it", () => {
    const listing = `Input #0, tty, from 'notes.txt':
  Duration: 00:00:00.04, bitrate: 2 kb/s
  Stream #0:0: Video: ansi, pal8, 640x400, 25 fps, 25 tbr, 25 tbn`;
    expect(parseStreams(listing)).toMatchObject({ videos: [], audios: [], hasDuration: true });
  });

  it("knows a live stream by its missing duration", () => {
    const listing = `Input #0, rtsp, from 'rtsp://cam/1':
  Duration: N/A, start: 0.080000, bitrate: N/A
  Stream #0:0: Video: h264 (Main), yuv420p(progressive), 1920x1080, 25 tbr, 90k tbn`;
    expect(parseStreams(listing)).toEqual({
      demuxer: "rtsp",
      videos: [{ index: 0, codec: "h264", size: { width: 1920, height: 1080 }, fps: null, programs: [] }],
      audios: [],
      hasDuration: false,
    });
  });

  it("knows a live stream by a duration of zero, too: ffmpeg's own FLV, as a server sends it", () => {
    const listing = `Input #0, live_flv, from 'http://127.0.0.1:8080/live.flv':
  Duration: 00:00:00.00, start: 0.080000, bitrate: N/A
  Stream #0:0: Video: h264 (High), yuv420p(progressive), 160x120 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 1k tbn`;
    expect(parseStreams(listing)).toMatchObject({ hasDuration: false });
  });

  it("has the variants of HLS, each with its program; a stream of two programs is listed with each", () => {
    const listing = `Input #0, hls, from 'http://127.0.0.1/master.m3u8':
  Duration: N/A, start: 1.400000, bitrate: 0 kb/s
  Program 0
    Metadata:
      variant_bitrate : 44000
  Stream #0:0: Video: h264 (High) ([27][0][0][0] / 0x001B), yuv420p, 160x120 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 90k tbn
  Stream #0:2: Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, mono, fltp
  Program 1
  Stream #0:1: Video: h264 (High) ([27][0][0][0] / 0x001B), yuv420p, 640x480 [SAR 1:1 DAR 4:3], 25 fps, 25 tbr, 90k tbn
  Stream #0:2: Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, mono, fltp
  No Program
  Stream #0:3: Video: mpeg2video (Main), yuv420p, 320x240, 25 fps`;
    const streams = parseStreams(listing);
    expect(streams?.videos.map(({ index, programs }) => [index, programs])).toEqual([
      [0, [0]],
      [1, [1]],
      [3, []],
    ]);
    expect(streams?.audios).toEqual([
      { index: 2, codec: "aac", isMono: true, programs: [0, 1], sampleRateHz: 48_000 },
    ]);
  });

  it("has video whose size is not known yet, as of a camera before its first key frame", () => {
    const listing = `Input #0, rtsp, from 'rtsp://cam/1':
  Duration: N/A, start: 0.080000, bitrate: N/A
  Stream #0:0: Video: h264, none, 90k tbr, 90k tbn`;
    expect(parseStreams(listing)?.videos).toEqual([
      { index: 0, codec: "h264", size: null, fps: null, programs: [] },
    ]);
  });

  it("is missing when ffmpeg could not open the input", () => {
    expect(parseStreams("/etc/passwd: Invalid data found when processing input")).toBeNull();
  });
});
