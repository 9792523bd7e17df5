import { describe, expect, it } from "vitest";
import { describedVideos } from "../../src/devices/sdp.ts";

/** `ffmpeg -loglevel verbose -i rtsp://…` of 5.1.9; the camera was ffmpeg's own RTP, x264 at 15 fps with AAC. */
const CAMERA = `[rtsp @ 0x55ba5cd52940] SDP:
v=0
o=- 0 0 IN IP4 127.0.0.1
s=No Name
t=0 0
a=tool:libavformat LIBAVFORMAT_VERSION
m=video 0 RTP/AVP 96
c=IN IP4 127.0.0.1
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QADKy0Cg/YCIAAAAMAgAAAD0eKFVA=,aO8Pyw==; profile-level-id=64000C
a=control:track1
m=audio 0 RTP/AVP 97
a=rtpmap:97 MPEG4-GENERIC/48000/1
a=control:track2
[rtsp @ 0x55ba5cd52940] setting jitter buffer size to 0
Input #0, rtsp, from 'rtsp://cam/garden':
  Stream #0:0: Video: h264 (High), yuv420p(progressive, left), 320x240 [SAR 1:1 DAR 4:3], 15 tbr, 90k tbn
  Stream #0:1: Audio: aac (LC), 48000 Hz, mono, fltp`;

/** One section of video with these lines more. */
function section(...lines: readonly string[]): string {
  return ["[rtsp @ 0x5] SDP:", "v=0", "m=video 0 RTP/AVP 96", ...lines, "Input #0, rtsp, from 'x':"].join(
    "\n",
  );
}

describe("the session description of an RTSP camera", () => {
  it("has the rate in its SPS, and says that it has one", () => {
    expect(describedVideos(CAMERA)).toEqual([{ fps: 15, hasParameterSets: true, reorders: false }]);
  });

  it("tells of B-frames in its SPS", () => {
    // x264, High: -bf 2 and -bf 0, of 320x240
    const sets = {
      reorders: "Z2QADazZQUH7ARAAAAMAEAAAAwMg8UKZYA==",
      not: "Z2QADKy0Cg/YCIAAAAMAgAAAD0eKFVA=",
    };
    const told = Object.values(sets).map((sps) =>
      describedVideos(section(`a=fmtp:96 sprop-parameter-sets=${sps},aO8Pyw==`)),
    );
    expect(told.map(([video]) => video?.reorders)).toEqual([true, false]);
  });

  it.each([
    ["none", ["a=rtpmap:96 H264/90000"], { fps: null, hasParameterSets: false, reorders: false }],
    ["a rate by name", ["a=framerate:29.97"], { fps: 29.97, hasParameterSets: false, reorders: false }],
    ["a rate of none", ["a=framerate:0"], { fps: null, hasParameterSets: false, reorders: false }],
    [
      "those of HEVC",
      ["a=fmtp:96 sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE="],
      { fps: null, hasParameterSets: true, reorders: false },
    ],
    [
      "empty ones",
      ["a=fmtp:96 sprop-parameter-sets="],
      { fps: null, hasParameterSets: false, reorders: false },
    ],
    [
      "an SPS that is cut short",
      ["a=fmtp:96 sprop-parameter-sets=Z2QA,aO8="],
      { fps: null, hasParameterSets: true, reorders: false },
    ],
    [
      "a PPS alone",
      ["a=fmtp:96 sprop-parameter-sets=aO8Pyw=="],
      { fps: null, hasParameterSets: true, reorders: false },
    ],
  ])("with %s", (_, lines, described) => {
    expect(describedVideos(section(...lines))).toEqual([described]);
  });

  it("is not there where ffmpeg shows none", () => {
    expect(describedVideos("Input #0, mpegts, from 'x':\nm=video 0")).toEqual([]);
  });
});
