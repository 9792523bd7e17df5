import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../src/encoders/refusals.ts";

interface Recorded {
  readonly ffmpeg: string;
  readonly case: string;
  readonly lines: readonly string[];
}

const recorded: readonly Recorded[] = JSON.parse(readFileSync("test/fixtures/encoder-refusals.json", "utf8"));

/** What each of the recorded failures means, whichever ffmpeg it is from. */
const meanings: Readonly<Record<string, { readonly reason: string; readonly mayBeProfile?: true }>> = {
  "h264_nvenc, no driver": { reason: "no NVIDIA driver" },
  "h264_vaapi, a node that is not there or that may not be opened": { reason: "libva cannot open it" },
  "h264_vaapi, no driver": { reason: "no VA-API driver for it" },
  "h264_vaapi, the driver's init fails": { reason: "its VA-API driver fails to start" },
  "h264_vaapi, the driver's config fails": { reason: "its driver rejects H.264" },
  "h264_vaapi, the driver's context fails": { reason: "its driver fails to start encoding" },
  "h264_vaapi, the driver's first encode fails": { reason: "its driver fails on the first frame" },
  "h264_vaapi, the driver's first sync fails": { reason: "its driver accepts no frames" },
  "h264_vaapi, a profile that the driver lacks": {
    reason: "the GPU, or its driver, does not encode H.264",
    mayBeProfile: true,
  },
  "h264_qsv, no runtime": { reason: "no Intel Quick Sync runtime, or no Intel GPU" },
  "h264_v4l2m2m, none": { reason: "no free H.264 encoder among /dev/video*" },
  "h264_amf, not built in": { reason: "not in this ffmpeg" },
  "h264_nvenc, an option it does not have": { reason: "this ffmpeg is too old" },
};

describe("what ffmpeg says of an encoder", () => {
  it("was recorded of three versions", () => {
    expect(new Set(recorded.map(({ ffmpeg }) => ffmpeg))).toEqual(new Set(["5.1.9", "7.1.5", "9.0.2"]));
    expect(recorded).toHaveLength(3 * Object.keys(meanings).length);
  });

  it.each(recorded.map((one) => [one.ffmpeg, one.case, one.lines] as const))(
    "%s, %s, has its meaning",
    (_, name, lines) => {
      const { reason, fix, mayBeProfile } = refusalOf(lines, "h264");
      expect({ reason, mayBeProfile }).toEqual({ mayBeProfile: false, ...meanings[name] });
      expect(fix.length).toBeGreaterThan(10);
    },
  );

  it.each([
    // libavcodec/nvenc.c
    [
      "[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: out of memory (10): (no details)",
      /no free NVENC session/,
    ],
    [
      "[h264_nvenc @ 0x1] Driver does not support the required nvenc API version. Required: 12.1 Found: 11.1",
      /too old/,
    ],
    // libavcodec/vaapi_encode.c
    [
      "[h264_vaapi @ 0x1] Hardware does not support encoding at size 8192x8192 (constraints: …).",
      /this size/,
    ],
    ["[h264_vaapi @ 0x1] Driver does not support any RC mode compatible with selected options", /bit rate/],
    [
      "[h264_vaapi @ 0x1] No usable encoding entrypoint found for profile VAProfileH264High (7)",
      /no full H.264 encoder/,
    ],
    ["[h264_qsv @ 0x1] Selected ratecontrol mode is unsupported", /no bit rate control/],
    // nyanmisaka/ffmpeg-rockchip, issue 136
    ["[h264_rkmpp @ 0x559f31ec70] Failed to init MPP context: -1", /Rockchip's MPP fails to start/],
    // libavcodec/videotoolboxenc.c
    ["[h264_videotoolbox @ 0x1] Error: cannot create compression session: -12908", /VideoToolbox/],
    ["[h264_amf @ 0x1] DLL libamfrt64.so.1 failed to open", /no AMD driver/],
  ])("%s", (line, reason) => {
    expect(refusalOf([line], "h264").reason).toMatch(reason);
  });

  it("that nobody knows is passed on, without its context, and another profile is tried", () => {
    const lines = [
      "[vost#0:0/h264_x @ 0x1] [enc:h264_x @ 0x2] Error while opening encoder",
      "[h264_x @ 0x1] Flux.",
    ];
    expect(refusalOf(lines, "h264")).toMatchObject({ reason: 'ffmpeg says "Flux"', mayBeProfile: true });
    expect(refusalOf([], "h264").reason).toBe("ffmpeg failed without a reason");
  });

  it("never breaks the reading", () => {
    const anyLines = fc.property(fc.array(fc.string()), (lines) => refusalOf(lines, "h264").reason !== "");
    expect(() => fc.assert(anyLines, { numRuns: 200 })).not.toThrow();
  });
});

it.each([
  ["[h264_vaapi @ 0x1] No usable encoding entrypoint found for profile VAProfileH264High", true, false],
  ["[h264_qsv @ 0x1] Current profile is unsupported", true, false],
  ["[h264_qsv @ 0x1] Current resolution is unsupported", false, false],
  ["[h264_qsv @ 0x1] Selected ratecontrol mode is unsupported", false, false],
  ["[h264_qsv @ 0x1] Current RateControl Mode is unsupported", false, false],
  ["[h264_vaapi @ 0x1] Driver does not support any RC mode compatible with it", false, false],
  ["[h264_vaapi @ 0x1] Driver does not support CBR RC mode", false, false],
  ["[h264_amf @ 0x1] Encoder creation error", true, false],
  ["[h264_amf @ 0x1] DLL libamfrt64.so.1 failed to open", false, true],
  ["[h264_v4l2m2m @ 0x1] Could not find a valid device", false, true],
  ["[h264_videotoolbox @ 0x1] Error: cannot create compression session: -12903", false, false],
])("%s: another profile may help (%s), there is no such thing here (%s)", (line, mayBeProfile, isAbsent) => {
  const refusal = refusalOf(["it is hot", line], "h264");
  expect(refusal).toMatchObject({ mayBeProfile, isAbsent });
  expect(refusal.reason).not.toMatch(/ffmpeg says/);
});

it.each([
  ["hevc", "the GPU, or its driver, does not encode H.265", "VAProfileHEVC…"],
  ["av1", "the GPU, or its driver, does not encode AV1", "VAProfileAV1…"],
] as const)("of an encoder for %s, its own codec is told", (codec, reason, profile) => {
  const refusal = refusalOf(["[hevc_vaapi @ 0x1] No usable encoding profile found."], codec);
  expect(refusal).toMatchObject({ reason, fix: expect.stringContaining(profile) as string });
});
