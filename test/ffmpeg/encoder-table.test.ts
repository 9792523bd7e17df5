import { expect, it, test } from "vitest";
import { type Profile, profilesOf } from "../../src/ffmpeg/encoder.ts";
import { encoders, encodersOf } from "../../src/ffmpeg/encoder-table.ts";

const goal = { bitrateKbps: 2500, fps: 30, gopSeconds: 2, forcesKeyFrames: false, slowestFps: 30 };
const byCount = "-g 60";
const byTime = "-g 120 -force_key_frames expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+1.983))";
const held = "-b:v 2500k -maxrate 2500k -bufsize 2500k";
const main = "-profile:v main";
const nvencRest = `-rc cbr -delay 0 -zerolatency 1 -bf 0 ${held} -forced-idr 1 ${byCount}`;

/**
 * The whole of what each encoder is told. Where each is from: go2rtc internal/ffmpeg/ffmpeg.go, Frigate
 * frigate/ffmpeg_presets.py, Jellyfin MediaBrowser.Controller/MediaEncoding/EncodingHelper.cs, and the option tables of
 * ffmpeg's libavcodec: what is named at a row.
 */
test.each<[name: string, node: string | null, before: string, filters: string, args: string]>([
  // go2rtc and Frigate: -preset p2 -tune ll -profile high -bf 0; nvenc.c: delay, zerolatency, forced-idr
  [
    "h264_nvenc",
    null,
    "",
    "format=yuv420p",
    `-c:v h264_nvenc -preset p2 -tune ll -profile:v high -rc cbr -delay 0 -zerolatency 1 -bf 0 ${held} -forced-idr 1 ${byCount}`,
  ],
  // go2rtc and Frigate: -sei:v 0 -bf 0 -vf format=nv12,hwupload; Jellyfin: key frames forced by time
  [
    "h264_vaapi",
    "/dev/dri/renderD128",
    "-vaapi_device /dev/dri/renderD128",
    "format=nv12,hwupload",
    `-c:v h264_vaapi -profile:v high -sei:v 0 -bf 0 ${held} ${byCount}`,
  ],
  // go2rtc and Frigate: -async_depth 1 -bf 0; Jellyfin: key frames by -g, -mbbrc below 1 Mbit/s; hwcontext_qsv.c: child_device
  [
    "h264_qsv",
    "/dev/dri/renderD128",
    "-init_hw_device qsv=gpu:hw,child_device=/dev/dri/renderD128",
    "format=nv12",
    `-c:v h264_qsv -preset veryfast -profile:v high -async_depth 1 -bf 0 ${held} -forced_idr 1 ${byCount}`,
  ],
  // go2rtc: -profile high -bf 0; Jellyfin: -b:v alone; videotoolboxenc.c: realtime, forced key frames
  [
    "h264_videotoolbox",
    null,
    "",
    "format=nv12",
    `-c:v h264_videotoolbox -profile:v high -realtime 1 -bf 0 -b:v 2500k ${byCount}`,
  ],
  // go2rtc: -bf 0; Frigate: -pix_fmt yuv420p; v4l2_m2m_enc.c: profiles by number
  [
    "h264_v4l2m2m",
    null,
    "",
    "format=yuv420p",
    `-c:v h264_v4l2m2m -profile:v 100 -pix_fmt yuv420p -bf 0 ${held} ${byCount}`,
  ],
  // Frigate: -profile high -g; Jellyfin: -quality speed -rc cbr; amfenc_h264.c: usage
  [
    "h264_amf",
    null,
    "",
    "format=nv12",
    `-c:v h264_amf -usage ultralowlatency -quality speed -profile:v high -rc cbr -bf 0 ${held} ${byCount}`,
  ],
  // Frigate: -profile high; nyanmisaka/ffmpeg-rockchip libavcodec/rkmppenc.h: rc_mode
  [
    "h264_rkmpp",
    null,
    "",
    "format=nv12",
    `-c:v h264_rkmpp -rc_mode CBR -profile:v high -bf 0 ${held} ${byCount}`,
  ],
  // go2rtc: -preset superfast -tune zerolatency -profile high -pix_fmt yuv420p
  [
    "libx264",
    null,
    "",
    "",
    `-c:v libx264 -preset superfast -tune zerolatency -profile:v high -pix_fmt yuv420p -sc_threshold 0 -bf 0 ${held} ${byCount}`,
  ],
  ["hevc_nvenc", null, "", "format=yuv420p", `-c:v hevc_nvenc -preset p2 -tune ll ${main} ${nvencRest}`],
  ["av1_nvenc", null, "", "format=yuv420p", `-c:v av1_nvenc -preset p2 -tune ll ${nvencRest}`],
  [
    "hevc_vaapi",
    "/dev/dri/renderD128",
    "-vaapi_device /dev/dri/renderD128",
    "format=nv12,hwupload",
    `-c:v hevc_vaapi ${main} -sei:v 0 -bf 0 ${held} ${byCount}`,
  ],
  [
    "av1_vaapi",
    "/dev/dri/renderD128",
    "-vaapi_device /dev/dri/renderD128",
    "format=nv12,hwupload",
    `-c:v av1_vaapi ${main} -bf 0 ${held} ${byCount}`,
  ],
  ...(["hevc_qsv", "av1_qsv"] as const).map((name): [string, string, string, string, string] => [
    name,
    "/dev/dri/renderD128",
    "-init_hw_device qsv=gpu:hw,child_device=/dev/dri/renderD128",
    "format=nv12",
    `-c:v ${name} -preset veryfast ${main} -async_depth 1 -bf 0 ${held} -forced_idr 1 ${byCount}`,
  ]),
  [
    "hevc_videotoolbox",
    null,
    "",
    "format=nv12",
    `-c:v hevc_videotoolbox ${main} -realtime 1 -bf 0 -b:v 2500k ${byCount}`,
  ],
  // v4l2_m2m_enc.c: no profile of HEVC
  ["hevc_v4l2m2m", null, "", "format=yuv420p", `-c:v hevc_v4l2m2m -pix_fmt yuv420p -bf 0 ${held} ${byCount}`],
  // amfenc_av1.c: no usage ultralowlatency before ffmpeg 7
  [
    "hevc_amf",
    null,
    "",
    "format=nv12",
    `-c:v hevc_amf -usage ultralowlatency -quality speed ${main} -rc cbr -bf 0 ${held} ${byCount}`,
  ],
  [
    "av1_amf",
    null,
    "",
    "format=nv12",
    `-c:v av1_amf -usage lowlatency -quality speed ${main} -rc cbr -bf 0 ${held} ${byCount}`,
  ],
  // rkmppenc.h: tier high by default
  [
    "hevc_rkmpp",
    null,
    "",
    "format=nv12",
    `-c:v hevc_rkmpp -rc_mode CBR ${main} -tier main -bf 0 ${held} ${byCount}`,
  ],
  [
    "libx265",
    null,
    "",
    "",
    `-c:v libx265 -preset ultrafast -tune zerolatency ${main} -pix_fmt yuv420p -bf 0 -x265-params scenecut=0:log-level=error ${held} -forced-idr 1 ${byCount}`,
  ],
  [
    "libsvtav1",
    null,
    "",
    "",
    `-c:v libsvtav1 -preset 12 -svtav1-params pred-struct=1:rc=2:rtc=1 -pix_fmt yuv420p -bf 0 -b:v 2500k ${byCount}`,
  ],
  [
    "libaom-av1",
    null,
    "",
    "",
    `-c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0 -row-mt 1 -pix_fmt yuv420p -bf 0 ${held} ${byCount}`,
  ],
])("%s on %s is told %j, %j and %j", (name, node, before, filters, args) => {
  const encoder = encoders.find((one) => one.name === name);
  expect(encoder?.openOptions(node).join(" ")).toBe(before);
  expect(encoder?.filters.join(",")).toBe(filters);
  expect(encoder?.arguments(goal, bestOf(name)).join(" ")).toBe(args);
});

function bestOf(name: string): Profile {
  const encoder = encoders.find((one) => one.name === name);
  if (encoder === undefined) throw new Error(`no encoder ${name}`);
  return profilesOf[encoder.codec][0];
}

it.each(encoders.map(({ name, arguments: args }) => [name, args] as const))(
  "%s makes key frames by time where forced ones come, else by the slowest rate",
  (_, args) => {
    expect(args({ ...goal, forcesKeyFrames: true }, "high").join(" ")).toContain(byTime);
    const slow = args({ ...goal, slowestFps: 7.5 }, "high");
    expect(slow[slow.indexOf("-g") + 1]).toBe("15");
    expect(slow).not.toContain("-force_key_frames");
  },
);

it.each([
  [29.97, 1, "60", "0.983"],
  [25, 0.5, "25", "0.480"],
  [30, 2, "120", "1.983"],
  [0.5, 1, "1", "0.001"],
])("at %d fps and a key frame every %d s, -g is %s and one is due after %s s", (fps, gopSeconds, g, dueS) => {
  const args = encoders[0]?.arguments({ ...goal, fps, gopSeconds, forcesKeyFrames: true }, "high") ?? [];
  expect(args[args.indexOf("-g") + 1]).toBe(g);
  expect(args[args.indexOf("-force_key_frames") + 1]).toContain(`prev_forced_t+${dueS})`);
});

it("h264_vaapi hands out each frame at once where its probe got all of them", () => {
  const vaapi = encoders.find(({ name }) => name === "h264_vaapi");
  expect(vaapi?.holdsNoFrameSince).toBe(5); // ffmpeg 4.4 has no -async_depth for it
  expect(vaapi?.arguments({ ...goal, forcesKeyFrames: true, holdsNoFrame: true }, "high").join(" ")).toBe(
    `-c:v h264_vaapi -profile:v high -sei:v 0 -bf 0 -async_depth 1 ${held} ${byTime}`,
  );
});

it.each([
  ["h264", "h264_nvenc h264_vaapi h264_qsv h264_videotoolbox h264_v4l2m2m h264_amf h264_rkmpp libx264"],
  ["hevc", "hevc_nvenc hevc_vaapi hevc_qsv hevc_videotoolbox hevc_v4l2m2m hevc_amf hevc_rkmpp libx265"],
  ["av1", "av1_nvenc av1_vaapi av1_qsv av1_amf libsvtav1 libaom-av1"],
] as const)("has an entry for each of %s, the CPU's last", (codec, names) => {
  expect(encodersOf[codec].map(({ name }) => name).join(" ")).toBe(names);
  expect(new Set(encodersOf[codec].map((encoder) => encoder.codec))).toEqual(new Set([codec]));
});

it.each<[name: string, main: string, baseline: string]>([
  ["h264_nvenc", "main", "baseline"],
  ["h264_vaapi", "main", "constrained_baseline"],
  ["h264_qsv", "main", "baseline"],
  ["h264_videotoolbox", "main", "baseline"],
  ["h264_v4l2m2m", "77", "66"],
  ["h264_amf", "main", "constrained_baseline"],
  ["h264_rkmpp", "main", "baseline"],
])("%s calls the lower profiles %s and %s", (name, ...words) => {
  const encoder = encoders.find((one) => one.name === name);
  const told = (["main", "baseline"] satisfies Profile[]).map((profile) => {
    const args = encoder?.arguments(goal, profile) ?? [];
    return args[args.indexOf("-profile:v") + 1];
  });
  expect(told).toEqual(words);
});

it.each(encoders.map(({ name, arguments: args }) => [name, args] as const))(
  "%s makes no B-frames, and a key frame is never further than twice the wanted time",
  (_, args) => {
    for (const forcesKeyFrames of [true, false]) {
      const words = args({ ...goal, fps: 0.5, slowestFps: 0.5, gopSeconds: 1, forcesKeyFrames }, "high");
      expect(words[words.indexOf("-bf") + 1]).toBe("0");
      expect(Number(words[words.indexOf("-g") + 1])).toBe(1);
    }
  },
);

const normally = "-b:v 2500k -maxrate 2500k -bufsize 2500k";

/** Of the whole command, what holds frames back. x264's slower decisions are those of its next preset. */
test.each<[name: string, heldFrames: number | null, args: string]>([
  [
    "libx264",
    34,
    "-preset veryfast -rc-lookahead 30 -refs 2 -subq 4 -direct-pred auto -profile:v high -pix_fmt yuv420p -sc_threshold 0 -bf 3",
  ],
  ["libx265", 34, "-bf 3 -x265-params open-gop=0:rc-lookahead=30:scenecut=0:log-level=error"],
  ["h264_nvenc", 35, `-preset p4 -tune hq -profile:v high -rc cbr -bf 3 -rc-lookahead 30 ${normally}`],
  ["hevc_nvenc", 35, "-rc cbr -bf 3 -rc-lookahead 30"],
  ["h264_vaapi", 4, "-sei:v 0 -bf 2"],
  ["h264_qsv", 5, "-async_depth 1 -bf 3"],
  ["h264_videotoolbox", 6, "-realtime 0 -bf 3"],
  ["h264_v4l2m2m", null, "-bf 0"],
  ["h264_rkmpp", null, "-bf 0"],
  ["av1_nvenc", null, "-bf 0"],
  ["libsvtav1", null, "pred-struct=1"],
])("%s holds back %s frames with normal latency", (name, heldFrames, args) => {
  const encoder = encoders.find((one) => one.name === name);
  expect(encoder?.heldFrames?.(30) ?? null).toBe(heldFrames);
  const [profile] = profilesOf[encoder?.codec ?? "h264"];
  const latency = heldFrames === null ? "low" : "normal";
  expect(encoder?.arguments({ ...goal, latency }, profile).join(" ")).toContain(args);
});

test.each([
  [1, 1],
  [15, 15],
  [240, 40],
])("at %i frames a second, an encoder looks %i ahead: no more than a second", (fps, frames) => {
  const libx264 = encoders.find(({ name }) => name === "libx264");
  const args = libx264?.arguments({ ...goal, fps, latency: "normal" }, "high") ?? [];
  expect(args[args.indexOf("-rc-lookahead") + 1]).toBe(String(frames));
});
