import { describe, expect, it } from "vitest";
import { cameraSource, type StampedBy } from "../../src/devices/camera-source.ts";
import type { Camera, Microphone } from "../../src/devices/device.ts";
import { joinedSource } from "../../src/devices/joined-source.ts";
import { microphoneSource } from "../../src/devices/microphone-source.ts";
import type { ChosenMode } from "../../src/devices/mode.ts";
import { screenSource } from "../../src/devices/screen.ts";
import type { Source } from "../../src/devices/source.ts";
import { unlistedScreen } from "../../src/devices/unlisted.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { type PlanOptions, planProcess } from "../../src/ffmpeg/plan.ts";

const BOTH = { video: true, audio: true };
const options: PlanOptions = {
  ...{ majorVersion: 7, encoder: softwareEncoder, size: null, fps: null, bitrateKbps: null, gopSeconds: 1 },
  ...{ copy: false, baseS: 1_700_000_000 },
};
const found = { alias: "it", name: "it", stableId: "it", access: { isAllowed: true }, holders: [] } as const;
const webcam: Camera = {
  ...found,
  ...{ kind: "camera", demuxer: "v4l2", node: "/dev/video0", physicalId: null, modes: [] },
};
const microphone: Microphone = {
  ...found,
  ...{ kind: "microphone", demuxer: "alsa", node: "plughw:1,0", physicalId: null, isMonitor: false },
};
const raw: ChosenMode = {
  ...{ format: "yuyv422", coding: "raw", size: { width: 640, height: 480 }, fps: 30 },
  ...{ slowestFps: null, copies: false },
};
const mjpeg: ChosenMode = { ...raw, format: "mjpeg", coding: "mjpeg" };
const h264: ChosenMode = { ...raw, format: "h264", coding: "h264", copies: true };
const unknown: ChosenMode = { ...raw, format: null, size: null, fps: null };

/** All but what every command has: from the log level to the end of the filters, or to what takes their place. */
function camera(device: Camera, mode: ChosenMode, stampedBy: StampedBy = "driver", more = {}): string {
  const line = planProcess(cameraSource(device, mode, stampedBy), BOTH, { ...options, ...more }).args.join(
    " ",
  );
  return line.replace("-hide_banner -nostdin ", "").replace(/ -c:v libx264 .*/, "");
}

const sound = (device: Microphone) => planProcess(microphoneSource(device), BOTH, options).args.join(" ");

const TV_601 = "setparams=range=tv:colorspace=smpte170m:color_primaries=bt709:color_trc=bt709";
const EVEN = "crop=trunc(iw/2)*2:trunc(ih/2)*2";
const EPOCH = "-copyts -itsoffset -1700000000";

describe("the ffmpeg command of a camera", () => {
  it.each([
    [
      "V4L2, raw: its driver's clock, and no look ahead",
      camera(webcam, raw),
      `-loglevel level+info -nostats ${EPOCH} -probesize 32 -analyzeduration 0 -thread_queue_size 8 ` +
        `-f v4l2 -timestamps abs -input_format yuyv422 -video_size 640x480 -framerate 30 -i /dev/video0 -map 0:v:0 -vf ${EVEN},${TV_601}`,
    ],
    [
      "V4L2, MJPEG: of full range, brought to what players expect",
      camera(webcam, mjpeg),
      `-loglevel level+info -nostats ${EPOCH} -probesize 32 -analyzeduration 0 -thread_queue_size 8 ` +
        `-f v4l2 -timestamps abs -input_format mjpeg -video_size 640x480 -framerate 30 -i /dev/video0 -map 0:v:0 -vf ${EVEN},scale=out_range=tv,format=yuv420p,${TV_601}`,
    ],
    [
      "V4L2, its own H.264",
      camera(webcam, h264),
      `-loglevel level+info -nostats ${EPOCH} -thread_queue_size 8 -f v4l2 -timestamps abs -input_format h264 ` +
        "-video_size 640x480 -framerate 30 -i /dev/video0 -map 0:v:0 -c:v copy -flush_packets 1 -write_index 0 -f nut pipe:1",
    ],
    [
      "V4L2, of which nothing is known, stamped by arrival",
      camera(webcam, unknown, "arrival"),
      `-loglevel level+info -nostats ${EPOCH} -probesize 32 -analyzeduration 0 -thread_queue_size 8 ` +
        `-use_wallclock_as_timestamps 1 -f v4l2 -i /dev/video0 -map 0:v:0 -vf ${EVEN},${TV_601}`,
    ],
    [
      "V4L2, in the size and rate asked for where it has another",
      camera(webcam, { ...raw, fps: 30000 / 1001 }, "driver", { size: { width: 320, height: 180 }, fps: 10 }),
      `-loglevel level+info -nostats ${EPOCH} -probesize 32 -analyzeduration 0 -thread_queue_size 8 ` +
        "-f v4l2 -timestamps abs -input_format yuyv422 -video_size 640x480 -framerate 30000/1001 -i /dev/video0 " +
        `-map 0:v:0 -vf ${EVEN},${TV_601},scale=320:180,fps=10`,
    ],
    [
      "avfoundation (libavdevice/avfoundation.m), which refuses most cameras its own default rate",
      camera(
        { ...webcam, demuxer: "avfoundation", node: "FaceTime HD Camera" },
        { ...unknown, format: "rawvideo" },
      ),
      `-loglevel warning -f avfoundation -pixel_format nv12 -framerate 30 -i FaceTime HD Camera -map 0:v:0 -vf ${EVEN},${TV_601}`,
    ],
    [
      "dshow (libavdevice/dshow.c), by the name that tells twins apart",
      camera({ ...webcam, demuxer: "dshow", node: "video=@device_pnp_x" }, mjpeg),
      "-loglevel warning -f dshow -rtbufsize 64M -vcodec mjpeg -video_size 640x480 -framerate 30 -i video=@device_pnp_x " +
        `-map 0:v:0 -vf ${EVEN},scale=out_range=tv,format=yuv420p,${TV_601}`,
    ],
    [
      "dshow, raw",
      camera({ ...webcam, demuxer: "dshow", node: "video=@device_pnp_x" }, raw),
      "-loglevel warning -f dshow -rtbufsize 64M -pixel_format yuyv422 -video_size 640x480 -framerate 30 -i video=@device_pnp_x " +
        `-map 0:v:0 -vf ${EVEN},${TV_601}`,
    ],
  ])("%s", (_, line, expected) => {
    expect(line).toBe(expected);
  });
});

const AAC = "-map 0:a:0 -af aresample=async=1000 -c:a aac -b:a 128k -ar 48000 -ac 2";
describe("the key frames of a camera's video, where the encoder ignores forced ones", () => {
  const nvenc = encoders.find(({ name }) => name === "h264_nvenc") ?? softwareEncoder.encoder;
  const encoder = { encoder: nvenc, node: null, profile: "high", forcesKeyFrames: false } as const;
  const late = { encoder: "h264_nvenc", fps: 5.1 };

  function keyFrames(slowestFps: number | null, more: Partial<PlanOptions>): string {
    const source = cameraSource(webcam, { ...raw, slowestFps }, "driver");
    const { args } = planProcess(source, BOTH, { ...options, encoder, ...more });
    return args.join(" ").replace(/^.* (-g \d+( -force_key_frames)?) .*$/, "$1");
  }

  it.each<[title: string, slowestFps: number | null, more: Partial<PlanOptions>, expected: string]>([
    ["go by the slowest rate that it names", 15, {}, "-g 15"],
    ["also over several seconds", 12.5, { gopSeconds: 4 }, "-g 50"],
    ["are three times as frequent at the most", 1, {}, "-g 10"],
    ["go by its rate where it names no other", null, {}, "-g 30"],
    ["go by its rate where that is all that it names", 30, {}, "-g 30"],
    ["go by the rate that a filter holds", 5, { fps: 20 }, "-g 20"],
    ["go by the slowest rate also where its own is asked for", 15, { fps: 30 }, "-g 15"],
    ["go by what was measured, however slow", 15, { lateKeyFrames: late }, "-g 5"],
    [
      "go by what was measured with another encoder",
      15,
      { lateKeyFrames: { ...late, encoder: "x" } },
      "-g 5",
    ],
    ["are no further apart for what was measured", null, { lateKeyFrames: { ...late, fps: 50 } }, "-g 30"],
  ])("%s", (_, slowestFps, more, expected) => {
    expect(keyFrames(slowestFps, more)).toBe(expected);
  });

  it("go by time where forced ones came at the probe, until they come late", () => {
    const obeys = { encoder: { ...encoder, forcesKeyFrames: true } };
    expect(keyFrames(15, obeys)).toBe("-g 60 -force_key_frames");
    expect(keyFrames(15, { ...obeys, lateKeyFrames: late })).toBe("-g 5");
    expect(keyFrames(15, { ...obeys, lateKeyFrames: { ...late, encoder: "x" } })).toBe(
      "-g 60 -force_key_frames",
    );
  });
});

const AT_ONCE = "-probesize 32 -analyzeduration 0 -thread_queue_size 64";
const QUIET = "-hide_banner -nostdin -loglevel warning";

describe("the ffmpeg command of a microphone", () => {
  it.each<[string, Partial<Microphone>, string]>([
    ["ALSA", {}, `${EPOCH} -xerror ${AT_ONCE} -f alsa -sample_rate 48000 -i plughw:1,0 ${AAC}`],
    [
      "a sound server",
      { demuxer: "pulse", node: "alsa_input.usb-x" },
      `${EPOCH} ${AT_ONCE} -f pulse -fragment_size 3840 -channels 2 -sample_rate 48000 -i alsa_input.usb-x ${AAC}`,
    ],
    [
      "avfoundation",
      { demuxer: "avfoundation", node: ":MacBook Pro Microphone" },
      `-f avfoundation -i :MacBook Pro Microphone ${AAC} -output_ts_offset 10`,
    ],
    [
      "dshow",
      { demuxer: "dshow", node: "audio=@device_cm_x" },
      `-f dshow -audio_buffer_size 20 -i audio=@device_cm_x ${AAC} -output_ts_offset 10`,
    ],
  ])("%s", (_, device, expected) => {
    expect(sound({ ...microphone, ...device })).toBe(
      `${QUIET} ${expected} -flush_packets 1 -write_index 0 -f nut pipe:3`,
    );
  });
});

const together = (video: Partial<Camera>, mode: ChosenMode, mic: Partial<Microphone>) =>
  joinedSource(
    cameraSource({ ...webcam, ...video }, mode, "driver"),
    microphoneSource({ ...microphone, ...mic }),
  );
const lineOf = (source: Source | null) => (source && planProcess(source, BOTH, options).args.join(" ")) ?? "";

describe("the ffmpeg command of a camera with its microphone", () => {
  const VIDEO = `-map 0:v:0 -vf ${EVEN},`;
  const NUT = "-output_ts_offset 10 -flush_packets 1 -write_index 0 -f nut";

  it("avfoundation: one process, CAMERA:MICROPHONE", () => {
    const source = together(
      { demuxer: "avfoundation", node: "FaceTime HD Camera" },
      { ...unknown, format: "rawvideo" },
      { demuxer: "avfoundation", node: ":MacBook Pro Microphone" },
    );
    expect(lineOf(source).replace(/ -c:v libx264 .*? -enc_time_base \S+/, "")).toBe(
      `${QUIET} -f avfoundation -pixel_format nv12 -framerate 30 -i FaceTime HD Camera:MacBook Pro Microphone ` +
        `${VIDEO}${TV_601} ${NUT} pipe:1 ${AAC} ${NUT} pipe:3`,
    );
  });

  it("dshow: one process, video=…:audio=…", () => {
    const source = together({ demuxer: "dshow", node: "video=@device_pnp_x" }, mjpeg, {
      demuxer: "dshow",
      node: "audio=@device_cm_x",
    });
    expect(lineOf(source).replace(/ -c:v libx264 .*? -enc_time_base \S+/, "")).toBe(
      `${QUIET} -f dshow -rtbufsize 64M -vcodec mjpeg -video_size 640x480 -framerate 30 -audio_buffer_size 20 ` +
        `-i video=@device_pnp_x:audio=@device_cm_x ${VIDEO}scale=out_range=tv,format=yuv420p,${TV_601} ${NUT} pipe:1 ${AAC} ${NUT} pipe:3`,
    );
  });

  it("V4L2 and ALSA: two, whose clocks are one already", () => {
    expect(together({}, raw, {})).toBeNull();
    expect(together({ demuxer: "dshow" }, raw, { demuxer: "alsa" })).toBeNull();
  });
});

describe("the ffmpeg command of a screen", () => {
  const area = { x: 1920, y: 0, width: 1280, height: 1024 };
  const opening = (demuxer: "x11grab" | "avfoundation" | "gdigrab", node: string) =>
    planProcess(screenSource({ ...unlistedScreen(node), demuxer, area }, 30), BOTH, options)
      .args.join(" ")
      .replace(/^.* -f (x11grab|avfoundation|gdigrab)/, "-f $1")
      .replace(/ -map .*/, "");

  it.each([
    ["x11grab", ":0", "-f x11grab -framerate 30 -video_size 1280x1024 -grab_x 1920 -grab_y 0 -i :0"],
    [
      "avfoundation",
      "Capture screen 1",
      "-f avfoundation -pixel_format bgr0 -capture_cursor 1 -framerate 30 -i Capture screen 1",
    ],
    [
      "gdigrab",
      "desktop",
      "-f gdigrab -framerate 30 -video_size 1280x1024 -offset_x 1920 -offset_y 0 -i desktop",
    ],
  ] as const)("%s, of one of several monitors", (demuxer, node, expected) => {
    expect(opening(demuxer, node)).toBe(expected);
  });
});
