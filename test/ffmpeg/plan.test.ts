import { describe, expect, it } from "vitest";
import { fileMedia, mediaSource, urlMedia } from "../../src/devices/media.ts";
import { RGB_TO_BT709 } from "../../src/devices/picture.ts";
import { displayScreen, screenSource } from "../../src/devices/screen.ts";
import type { InputStreams } from "../../src/devices/streams.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { encodesUnknownSound } from "../../src/ffmpeg/audio-plan.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { encodesVideo, type PlanOptions, planProcess } from "../../src/ffmpeg/plan.ts";

const BOTH = { video: true, audio: true };
const options: PlanOptions = {
  ...{ majorVersion: 7, encoder: softwareEncoder, size: null, fps: null, bitrateKbps: null, gopSeconds: 1 },
  ...{ copy: false, baseS: 1_700_000_000 },
};
const listedVideo = { index: 0, codec: "h264", size: { width: 640, height: 480 }, fps: 25, programs: [] };
const listedAudio = { index: 1, codec: "aac", programs: [] };
const film: InputStreams = {
  ...{ demuxer: "mov", videos: [listedVideo], audios: [listedAudio], hasDuration: true },
};

const X264 = x264();
/** Whatever the film changes to in mid-stream. */
const FITTED =
  "scale=w='2*round(min(640,480*dar*1/1)/2)':h='2*round(min(480,640/dar*1/1)/2)':eval=frame," +
  "pad=640:480:-1:-1:eval=frame,setsar=1/1";

function x264(matrix?: string): string {
  const colors = matrix
    ? [`-color_range tv -colorspace ${matrix} -color_primaries bt709 -color_trc bt709`]
    : [];
  return [
    "-c:v libx264 -preset superfast -tune zerolatency -profile:v high -pix_fmt yuv420p -sc_threshold 0 -bf 0",
    "-b:v 2500k -maxrate 2500k -bufsize 2500k -g 60",
    "-force_key_frames expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+0.983))",
    ...colors,
    "-fps_mode passthrough -enc_time_base 1:1000000",
  ].join(" ");
}
const AAC = "-af aresample=async=1000 -c:a aac -b:a 128k -ar 48000 -ac 2";

/** Of an RTSP camera, up to its URL. */
function cameraOptions(streams: Partial<InputStreams>, how: Partial<PlanOptions> = {}): string {
  const media = urlMedia("rtsp://u:p@cam/1", "rtsp://…@cam/1", 7);
  const source = mediaSource(media, { ...film, ...streams, hasDuration: false });
  const { args } = planProcess(source, BOTH, { ...options, ...how });
  expect(args).not.toContain("-re");
  return args.slice(4, args.indexOf("-i")).join(" ");
}

/** Of a file with this sound, with `--copy` or without. */
const copied = (
  audio: InputStreams["audios"][number],
  copy = true,
  audioCodec: PlanOptions["audioCodec"] = "auto",
) =>
  planProcess(mediaSource(fileMedia("a.ts", false), { ...film, audios: [audio] }), BOTH, {
    ...options,
    ...{ copy, audioCodec },
  });

describe("the whole ffmpeg command", () => {
  it("of the test source: one paced graph, a NUT pipe for each track", () => {
    const source = testSource({ pattern: "testsrc2", wanted: BOTH, size: null, fps: null });
    const { args } = planProcess(source, BOTH, options);
    expect(args.join(" ")).toBe(
      [
        "-hide_banner -nostdin -loglevel warning -probesize 32 -analyzeduration 0 -re -f lavfi -i",
        "testsrc2=size=640x360:rate=30,drawbox=x=iw*0.35:y=ih*0.75:w=iw*0.3:h=ih*0.2:color=white:t=fill:enable='lt(mod(t,1),0.1)'," +
          "scale=1280:720:flags=neighbor,format=yuv420p,setparams=range=tv:colorspace=smpte170m:color_primaries=bt709:color_trc=bt709[out0];sine=frequency=1000:sample_rate=48000:samples_per_frame=480," +
          "volume=volume='4*lt(mod(t,1),0.1)':eval=frame,aformat=channel_layouts=stereo[out1]",
        `-map 0:v:0 ${x264("smpte170m")} -output_ts_offset 10 -flush_packets 1 -write_index 0 -f nut pipe:1`,
        `-map 0:a:0 ${AAC} -output_ts_offset 10 -flush_packets 1 -write_index 0 -f nut pipe:3`,
      ].join(" "),
    );
  });

  it("of a screen: its wall-clock stamps are kept, less the second that the run counts from", () => {
    const { args } = planProcess(screenSource(displayScreen(":0"), 30), BOTH, {
      ...options,
      bitrateKbps: 2500,
    });
    expect(args.join(" ")).toBe(
      [
        "-hide_banner -nostdin -loglevel warning -copyts -itsoffset -1700000000",
        "-probesize 32 -analyzeduration 0 -f x11grab -framerate 30 -i :0",
        `-map 0:v:0 -vf crop=trunc(iw/2)*2:trunc(ih/2)*2,${RGB_TO_BT709} ${x264("bt709")} -flush_packets 1 -write_index 0 -f nut pipe:1`,
      ].join(" "),
    );
  });

  it("of a looped file, in the size and rate asked for", () => {
    const source = mediaSource(fileMedia("-odd: name.mp4", true), film);
    const asked = { ...options, size: { width: 320, height: 240 }, fps: 30, bitrateKbps: 2500 };
    const { args, video } = planProcess(source, BOTH, asked);
    expect(args.join(" ")).toBe(
      [
        "-hide_banner -nostdin -loglevel warning -stream_loop -1 -re -i file:-odd: name.mp4",
        `-map 0:V:0 -vf ${FITTED},scale=320:240,fps=30 ${X264} -output_ts_offset 10 -flush_packets 1 -write_index 0 -f nut pipe:1`,
        `-map 0:a:0 ${AAC} -output_ts_offset 10 -flush_packets 1 -write_index 0 -f nut pipe:3`,
      ].join(" "),
    );
    expect(video).toEqual({ pipe: 1, encoder: "libx264", bitrateKbps: 2500, fps: 30, gopSeconds: 1 });
  });

  it("with normal latency: B-frames keep their times, and low latency has none", () => {
    const source = testSource({ pattern: "testsrc2", wanted: BOTH, size: null, fps: null });
    const encoder = { ...softwareEncoder, latency: "normal" as const };
    const { args, video } = planProcess(source, BOTH, { ...options, encoder });
    expect(args.join(" ")).toContain("-rc-lookahead 30 ");
    expect(video).toMatchObject({ reordering: "presentation", heldFrames: 34 });
    const low = planProcess(source, BOTH, options).video;
    expect(low).not.toHaveProperty("reordering");
    expect(low).not.toHaveProperty("heldFrames");
  });

  it("that copies passes codecs of FLV through, and nothing else", () => {
    const copying = { ...options, copy: true };
    const args = planProcess(mediaSource(fileMedia("a.mp4", false), film), BOTH, copying).args.join(" ");
    expect(args).toContain("-map 0:V:0 -c:v copy -output_ts_offset");
    expect(args).toContain("-map 0:a:0 -c:a copy -copyinkf -output_ts_offset");
    const other: InputStreams = {
      ...film,
      videos: [{ ...listedVideo, codec: "vp9" }],
      audios: [{ ...listedAudio, codec: "vorbis" }],
    };
    const encoded = planProcess(mediaSource(fileMedia("a.mkv", false), other), BOTH, copying).args.join(" ");
    expect(encoded).toContain("-c:v libx264");
    expect(encoded).toContain("-c:a aac");
  });

  it.each([
    ["a file", fileMedia("a.mp4", false), "mov", "presentation"],
    ["a live URL", urlMedia("srt://h:9", "srt://h:9", 7), "mpegts", "presentation"],
    ["an RTSP camera", urlMedia("rtsp://h/1", "rtsp://h/1", 7), "rtsp", "looked-at"],
    ["raw H.264 over HTTP", urlMedia("http://h/1", "http://h/1", 7), "h264", "arrival"],
  ])("that copies %s knows what its times mean", (_, media, demuxer, reordering) => {
    const source = mediaSource(media, { ...film, demuxer, hasDuration: demuxer === "mov" });
    const { video } = planProcess(source, BOTH, { ...options, copy: true });
    expect(video?.reordering).toBe(reordering);
    expect(planProcess(source, BOTH, options).video?.reordering).toBeUndefined();
  });

  it("that copies an RTSP camera with B-frames keeps their times, whoever tells of them", () => {
    const media = urlMedia("rtsp://h/1", "rtsp://h/1", 7);
    const plain = mediaSource(media, { ...film, demuxer: "rtsp", hasDuration: false });
    const described = { ...film, videos: [{ ...listedVideo, reorders: true as const }], demuxer: "rtsp" };
    const plans = [
      planProcess(plain, BOTH, { ...options, copy: true }),
      planProcess(plain, BOTH, { ...options, copy: true, reorders: true }),
      planProcess(mediaSource(media, { ...described, hasDuration: false }), BOTH, { ...options, copy: true }),
    ];
    expect(plans.map(({ video }) => video?.reordering)).toEqual([
      "looked-at",
      "presentation",
      "presentation",
    ]);
    const kept = "-c:v copy -bsf:v setts=pts='if(eq(PTS,NOPTS),if(N,PREV_OUTPTS+1,0),PTS)':dts=N ";
    expect(plans.map(({ args }) => args.join(" ").includes(kept))).toEqual([false, true, true]);
  });

  it.each([
    ["opus", 48_000, "copy"],
    ["mp3", 44_100, "copy"],
    ["mp3", 48_000, "copy"],
    ["mp3", 32_000, "aac"],
    ["pcm_alaw", 8000, "aac"],
    ["flac", 48_000, "aac"],
  ])("of --copy, %s at %i Hz goes out as %s", (codec, sampleRateHz, expected) => {
    const plan = copied({ ...listedAudio, codec, sampleRateHz });
    expect(plan.args.join(" ")).toContain(`-c:a ${expected}`);
    expect(copied({ ...listedAudio, codec, sampleRateHz }, false).args.join(" ")).toContain("-c:a aac");
  });

  it.each<[NonNullable<PlanOptions["audioCodec"]>, string]>([
    ["aac", AAC],
    [
      "opus",
      "-af aresample=async=1000 -c:a libopus -b:a 96k -ar 48000 -ac 2 -application audio -frame_duration 20",
    ],
    ["g711", "-af aresample=8000:async=1000,asetnsamples=n=160:p=0 -c:a pcm_alaw -ac 1"],
  ])("encodes audio to %s", (audioCodec, expected) => {
    const { args, audio } = copied({ ...listedAudio, codec: "flac" }, true, audioCodec);
    expect(args.join(" ")).toContain(` ${expected} -output_ts_offset`);
    expect(args).toContain(audio?.encoder);
  });

  it.each<[NonNullable<PlanOptions["audioCodec"]>, Partial<InputStreams["audios"][number]>, string]>([
    ["aac", { codec: "aac" }, "copy"],
    ["aac", { codec: "opus" }, "aac"],
    ["aac", { codec: "mp3", sampleRateHz: 48_000 }, "aac"],
    ["opus", { codec: "opus" }, "copy"],
    ["opus", { codec: "aac" }, "libopus"],
    ["opus", { codec: "opus", hasUnknownFormat: true }, "libopus"],
    ["g711", { codec: "pcm_alaw", sampleRateHz: 8000, isMono: true }, "copy"],
    ["g711", { codec: "pcm_mulaw", sampleRateHz: 8000, isMono: true }, "copy"],
    ["g711", { codec: "pcm_mulaw", sampleRateHz: 16_000, isMono: true }, "pcm_alaw"],
    ["g711", { codec: "pcm_alaw", sampleRateHz: 8000 }, "pcm_alaw"],
    ["g711", { codec: "aac" }, "pcm_alaw"],
  ])("with --copy and %s, audio of %o goes out as %s", (audioCodec, audio, expected) => {
    const { args } = copied({ ...listedAudio, ...audio }, true, audioCodec);
    expect(args.join(" ")).toContain(`-c:a ${expected} `);
  });

  const CONNECTION = "-rtsp_flags prefer_tcp -timeout 60000000";

  it("encodes sound of which nothing tells the format, although it is to be copied", () => {
    const unknown = copied({ ...listedAudio, hasUnknownFormat: true });
    expect(unknown.args.join(" ")).toContain("-c:a aac");
    expect(encodesUnknownSound(unknown)).toBe(true);
    expect(encodesUnknownSound(copied(listedAudio))).toBe(false);
    expect(encodesUnknownSound(copied({ ...listedAudio, codec: "flac", hasUnknownFormat: true }))).toBe(
      false,
    );
    expect(encodesUnknownSound(copied({ ...listedAudio, hasUnknownFormat: true }, false))).toBe(false);
  });

  it("of an RTSP camera goes by TCP, gives a silent network a minute, and waits for no frame to know times", () => {
    expect(cameraOptions({})).toBe(`-max_ts_probe 0 -thread_type slice ${CONNECTION}`);
    expect(cameraOptions({ audios: [{ ...listedAudio, codec: "pcm_mulaw" }] }, { copy: true })).toBe(
      `-max_ts_probe 0 ${CONNECTION}`,
    );
    expect(cameraOptions({}, { copy: true })).toBe(`-max_ts_probe 2 ${CONNECTION}`);
  });

  it.each<[string, Partial<InputStreams>, Partial<PlanOptions>, string | null]>([
    ["a live input: no thread holds a frame back", { hasDuration: false }, {}, "-thread_type slice"],
    ["one that was too slow so", { hasDuration: false }, { decodingThreads: 2 }, "-threads 2"],
    ["a file: as ffmpeg likes", {}, {}, null],
    [
      "JPEGs, which build on no others",
      { hasDuration: false, videos: [{ ...listedVideo, codec: "mjpeg" }] },
      {},
      null,
    ],
    ["nothing", { hasDuration: false }, { copy: true }, null],
  ])("decodes %s", (_, streams, more, expected) => {
    const media = urlMedia("http://cam/live.ts", "cam", 7);
    const { args } = planProcess(mediaSource(media, { ...film, ...streams }), BOTH, { ...options, ...more });
    const before = args.slice(0, args.indexOf("-i")).join(" ");
    expect(/-thread_type \w+|-threads \w+/.exec(before)?.[0] ?? null).toBe(expected);
  });

  it("says -vsync and -stimeout to ffmpeg 4, which has other words", () => {
    expect(urlMedia("rtsp://cam/1", "rtsp://cam/1", 4).timeoutOption).toBe("-stimeout");
    const { args } = planProcess(screenSource(displayScreen(":0"), 30), BOTH, {
      ...options,
      majorVersion: 4,
    });
    expect(args.join(" ")).toContain("-vsync passthrough");
  });

  it("crops an odd picture to even sides, as 4:2:0 needs", () => {
    const odd: InputStreams = {
      ...film,
      videos: [{ ...listedVideo, codec: "png", size: { width: 641, height: 480 } }],
    };
    const { args } = planProcess(mediaSource(fileMedia("a.mov", false), odd), BOTH, options);
    expect(args.join(" ")).toContain("-vf crop=trunc(iw/2)*2:trunc(ih/2)*2,scale=");
  });

  it("of a GPU's encoder names its node before the input, and uploads the picture after all other filters", () => {
    const vaapi = encoders.find(({ name }) => name === "h264_vaapi");
    if (vaapi === undefined) throw new Error("the table lacks h264_vaapi");
    const chosen = { node: "/dev/dri/renderD129", profile: "main", forcesKeyFrames: true } as const;
    const encoder = { encoder: vaapi, ...chosen };
    const { args, video } = planProcess(screenSource(displayScreen(":0"), 25), BOTH, { ...options, encoder });
    expect(args.join(" ")).toBe(
      [
        "-hide_banner -nostdin -loglevel warning -vaapi_device /dev/dri/renderD129",
        "-copyts -itsoffset -1700000000 -probesize 32 -analyzeduration 0 -f x11grab -framerate 25 -i :0",
        `-map 0:v:0 -vf crop=trunc(iw/2)*2:trunc(ih/2)*2,${RGB_TO_BT709},format=nv12,hwupload`,
        "-c:v h264_vaapi -profile:v main -sei:v 0 -bf 0 -b:v 4000k -maxrate 4000k -bufsize 4000k",
        "-g 50 -force_key_frames expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+0.980))",
        "-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709",
        "-fps_mode passthrough -enc_time_base 1:1000000",
        "-flush_packets 1 -write_index 0 -f nut pipe:1",
      ].join(" "),
    );
    expect(video?.encoder).toBe("h264_vaapi");
  });

  it("leaves parameter sets where its encoder puts them: in front of the stream, in band, or both", () => {
    for (const encoder of encoders) {
      const chosen = { encoder, node: null, profile: "high" } as const;
      const { args } = planProcess(screenSource(displayScreen(":0"), 25), BOTH, {
        ...options,
        encoder: chosen,
      });
      expect(args).not.toContain("-bsf:v"); // dump_extra would repeat those of the beginning, stale or not
    }
  });
});

it.each([
  ["both", BOTH, BOTH, [1, 3]],
  ["video", BOTH, { video: true, audio: false }, [1, undefined]],
  ["audio", BOTH, { video: false, audio: true }, [undefined, 3]],
  ["video", { video: true, audio: false }, BOTH, [1, undefined]],
  ["audio", { video: false, audio: true }, BOTH, [undefined, 3]],
])("a process has %s: of what there is (%j) what is wanted (%j)", (_, wanted, asked, pipes) => {
  const plan = planProcess(testSource({ wanted, size: null, fps: null }), asked, options);
  expect([plan.video?.pipe, plan.audio?.pipe]).toEqual(pipes);
  expect(plan.args.filter((arg) => arg.startsWith("pipe:"))).toEqual(
    pipes.filter((pipe) => pipe !== undefined).map((pipe) => `pipe:${pipe}`),
  );
});

describe("an encoder is needed", () => {
  it("for a picture, unless it passes through", () => {
    const film264 = mediaSource(fileMedia("a.mp4", false), film);
    expect(encodesVideo(film264, { copy: false })).toBe(true);
    expect(encodesVideo(film264, { copy: true })).toBe(false);
    expect(encodesVideo({ ...film264, video: null }, { copy: false })).toBe(false);
    expect(encodesVideo(screenSource(displayScreen(":0"), 30), { copy: true })).toBe(true);
  });

  it.each([
    ["h264", true, null, false],
    ["h264", true, "h264", false],
    ["h264", true, "hevc", true],
    ["hevc", true, null, false],
    ["hevc", true, "hevc", false],
    ["hevc", true, "h264", true],
    ["av1", true, "hevc", true],
    ["hevc", false, "hevc", true],
  ] as const)("for %s with --copy (%s), where %s is wanted: %s", (has, copy, codec, encodes) => {
    const film264 = mediaSource(fileMedia("a.mp4", false), film);
    const video = film264.video && { ...film264.video, codec: has };
    expect(encodesVideo({ ...film264, video }, { copy, codec })).toBe(encodes);
  });
});
