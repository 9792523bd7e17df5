import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { environmentName } from "../../src/settings/option.ts";
import { shown } from "../../src/settings/read-options.ts";
import { resolveStartSettings } from "../../src/settings/resolve.ts";
import { startOptions } from "../../src/settings/start-options.ts";

const resolve = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  resolveStartSettings(new Map(Object.entries(flags)), env);

function refusal(flags: Record<string, string>, env: Record<string, string> = {}): string {
  try {
    resolve(flags, env);
  } catch (error) {
    if (error instanceof UserError && error.reason === "usage") return error.message;
    throw error;
  }
  return "accepted";
}

test("a device is enough: everything else has a default", () => {
  expect(resolve({ device: "test" })).toEqual({
    server: {
      host: "127.0.0.1",
      port: 8080,
      rtmpPort: 1935,
      recordKeepFree: null,
      tlsCert: null,
      tlsKey: null,
      www: null,
      maxViewersPerAddress: null,
      exitIdleMs: null,
      auth: "auto",
      token: null,
      tokenFile: null,
      allowedOrigins: [],
      publicHosts: [],
      trustedProxies: [],
    },
    channel: {
      name: "test",
      device: { kind: "test", text: "test", shown: "test" },
      audio: "own",
      loop: false,
      inputFormat: null,
      controls: [],
      how: { demuxer: null, rtspTransport: null },
      tracks: { variant: null, map: { video: null, audio: null } },
      video: {
        ...{
          size: null,
          fps: null,
          bitrateKbps: null,
          gopSeconds: 1,
          codec: null,
          encoder: "auto",
          copy: false,
        },
        ...{ hwaccel: "auto", latency: "low" },
        filters: {
          deinterlace: "auto",
          rotate: null,
          flip: null,
          crop: null,
          videoFilter: null,
          overlayTime: false,
        },
      },
      audioCodec: "auto",
      flvForm: "enhanced",
      viewers: {
        ...{ maxViewers: 5000, maxBatchMs: 100, maxLagMs: 3000, viewerTimeoutMs: 20_000 },
        keyWaitMs: 10_000,
      },
      onDemand: null,
      push: [],
      record: null,
      history: null,
      publish: { key: null, takeover: true },
      durationMs: null,
      readyTimeoutMs: 15_000,
      stallMs: 5000,
      wait: false,
      exitOnDeviceError: false,
      ffmpeg: null,
    },
    command: {
      detach: false,
      dryRun: false,
      showSecrets: false,
      showToken: false,
      qr: false,
      noQr: false,
      json: false,
      quiet: false,
      verbose: false,
      logFormat: "auto",
      onEvent: null,
    },
  });
});

test("only the device and its name have no default in the table", () => {
  const open = Object.entries(startOptions).filter(([, { fallback }]) => fallback === undefined);
  expect(open.map(([key]) => key)).toEqual(["device", "name"]);
});

test("every flag has a variable of its own", () => {
  const variables = Object.values(startOptions).map(({ flag }) => environmentName(flag));
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables).toContain("FLVCAST_READY_TIMEOUT");
});

test("a flag beats the environment, and that the default", () => {
  const env = { FLVCAST_DEVICE: "screen", FLVCAST_PORT: "9000", FLVCAST_FPS: "15" };
  expect(resolve({ device: "test", port: "0" }, env)).toMatchObject({
    server: { port: 0 },
    channel: { device: { kind: "test" }, video: { fps: 15 } },
  });
});

test("--listen is short for --host and --port, and replaces neither", () => {
  expect(resolve({ device: "test", listen: "[::]:9000" }).server).toMatchObject({ host: "::", port: 9000 });
  expect(resolve({ device: "test", listen: ":9000" }).server).toMatchObject({
    host: "127.0.0.1",
    port: 9000,
  });
  expect(() => resolve({ device: "test", listen: ":9000", host: "::" })).toThrow(
    "--listen and --host both say where to listen: use one of them",
  );
});

test("an empty variable counts as unset", () => {
  expect(resolve({ device: "test" }, { FLVCAST_PORT: "", FLVCAST_JSON: "" })).toMatchObject({
    server: { port: 8080 },
    command: { json: false },
  });
});

test("a switch in the environment can be on and off", () => {
  expect(resolve({ device: "test" }, { FLVCAST_JSON: "yes", FLVCAST_VERBOSE: "0" })).toMatchObject({
    command: { json: true, verbose: false },
  });
});

describe("a refusal is one line that names what was written and what is accepted", () => {
  test.each<[flags: Record<string, string>, env: Record<string, string>, message: string]>([
    [{ size: "12x" }, {}, "--size 12x is not a size: use WIDTHxHEIGHT, e.g. --size 1280x720"],
    [{ size: "1281x720" }, {}, "--size 1281x720 is odd: width and height must be even, e.g. --size 1280x720"],
    [
      {},
      { FLVCAST_SIZE: "12x" },
      "FLVCAST_SIZE=12x is not a size: use WIDTHxHEIGHT, e.g. FLVCAST_SIZE=1280x720",
    ],
    [{ fps: "0" }, {}, "--fps 0 is out of range: use more than 0 and up to 240, e.g. --fps 30"],
    [
      { port: "70000" },
      {},
      "--port 70000 is not a port: use 1 to 65535, or 0 for any free one, e.g. --port 8080",
    ],
    [{ name: "" }, {}, "--name is empty: use NAME, or remove it"],
    [{ "max-viewers": "many" }, {}, "--max-viewers many is not a whole number, e.g. --max-viewers 100"],
    [
      { "max-viewers-per-address": "0" },
      {},
      "--max-viewers-per-address 0 is out of range: use 1 to 1000000, e.g. --max-viewers-per-address 100",
    ],
    [{ "tls-cert": "a.pem" }, {}, "--tls-cert needs its private key: add --tls-key"],
    [{}, { FLVCAST_TLS_KEY: "a.pem" }, "FLVCAST_TLS_KEY needs its certificate: add --tls-cert"],
    [{ bitrate: "2500" }, {}, "--bitrate 2500 is out of range: use 50k to 200M, e.g. --bitrate 2500k"],
    [
      {},
      { FLVCAST_QUIET: "on" },
      "FLVCAST_QUIET=on is not a boolean: use 1, true or yes, or 0, false or no, e.g. FLVCAST_QUIET=1",
    ],
    [
      { name: "a\nb" },
      {},
      '--name "a\\nb" is not a valid name: use up to 64 letters, digits, _, - and . (not first), e.g. --name garden',
    ],
    [
      { token: "hunter2" },
      {},
      '--token is too short: use at least 8 characters, e.g. --token "$(openssl rand -hex 16)"',
    ],
    [
      {},
      { FLVCAST_TOKEN: "hunter2&hunter2&hunter2" },
      'FLVCAST_TOKEN has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~, e.g. FLVCAST_TOKEN="$(openssl rand -hex 16)"',
    ],
  ])("%o with %o", (flags, env, message) => {
    expect(refusal({ device: "test", ...flags }, env)).toBe(message);
  });

  test("also when the device is missing", () => {
    expect(refusal({})).toBe("no device given; see flvcast devices, or try: flvcast start test");
  });
});

describe("options that contradict each other are refused with advice", () => {
  test.each<[flags: Record<string, string>, env: Record<string, string>, message: string]>([
    [
      { device: "a.mp4", copy: "true", size: "16x16" },
      {},
      "--copy passes the video through unchanged: remove --copy or --size",
    ],
    [
      { device: "a.mp4", copy: "true" },
      { FLVCAST_BITRATE: "1M" },
      "--copy passes the video through unchanged: remove --copy or FLVCAST_BITRATE",
    ],
    ...[
      "deinterlace=on",
      "rotate=90",
      "flip=vertical",
      "crop=64x64",
      "video-filter=hqdn3d",
      "overlay-time=true",
    ].map((option): [Record<string, string>, Record<string, string>, string] => {
      const [flag = "", value = ""] = option.split("=");
      const words = `--copy passes the video through unchanged: remove --copy or --${flag}`;
      return [{ device: "a.mp4", copy: "true", [flag]: value }, {}, words];
    }),
    [
      { device: "-", rotate: "90" },
      {},
      "--rotate has no effect on stdin: its H.264 is passed through unchanged",
    ],
    [
      { device: "ws://u:geheim@h/live/door.flv", bitrate: "1M" },
      {},
      '--bitrate has no effect on "ws://…@h/live/door.flv": its video is passed through unchanged',
    ],
    [{ device: "rtmp", size: "640x480" }, {}, "--size has no effect on what is published: set it in OBS"],
    [
      { device: "ws://h/live/door.flv", demuxer: "flv" },
      {},
      '--demuxer is only for files and URLs that ffmpeg reads, and "ws://h/live/door.flv" is not one',
    ],
    [{ device: "test", control: "brightness=1" }, {}, '--control is only for cameras, and "test" is not one'],
    [
      { device: "-", encoder: "libx264" },
      {},
      "--encoder has no effect on stdin: its H.264 is passed through unchanged",
    ],
    [
      { device: "test", encoder: "libx264", "video-codec": "h265" },
      {},
      "--encoder libx264 makes H.264, not H.265: remove --encoder or --video-codec",
    ],
    [
      { device: "test", encoder: "av1_nvenc" },
      { FLVCAST_VIDEO_CODEC: "h265" },
      "--encoder av1_nvenc makes AV1, not H.265: remove --encoder or FLVCAST_VIDEO_CODEC",
    ],
    [
      { device: "a.mp4", copy: "true", encoder: "libx265" },
      {},
      "--copy passes the video through unchanged: remove --copy or --encoder",
    ],
    [
      { device: "a.mp4", copy: "true", "video-codec": "h265", size: "640x480" },
      {},
      "--copy passes the video through unchanged: remove --copy or --size",
    ],
    [
      { device: "-", "video-codec": "h265" },
      {},
      "--video-codec has no effect on stdin: its H.264 is passed through unchanged",
    ],
    [
      { device: "rtmp", "video-codec": "h264" },
      {},
      "--video-codec has no effect on what is published: set it in OBS",
    ],
    [
      { device: "a.mp4", copy: "true", latency: "normal" },
      {},
      "--copy passes the video through unchanged: remove --copy or --latency",
    ],
    [
      { device: "test", audio: "none", "audio-codec": "opus" },
      {},
      "--audio-codec has no effect with --audio none",
    ],
    [
      { device: "rtmp", "audio-codec": "aac" },
      {},
      "--audio-codec has no effect on what is published: set it in OBS",
    ],
    [
      { device: "-" },
      { FLVCAST_AUDIO_CODEC: "opus" },
      "FLVCAST_AUDIO_CODEC has no effect on stdin, which has no audio",
    ],
    [
      { device: "ws://h/live/door.flv", "audio-codec": "opus" },
      {},
      '--audio-codec has no effect on "ws://h/live/door.flv": its audio is passed through unchanged',
    ],
    [
      { device: "-", audio: "-" },
      {},
      "--audio -: stdin already carries the video; use another input for the audio",
    ],
    [
      { device: "rtsp://u:geheim@h/x", loop: "true" },
      {},
      '--loop is only for media files, and "rtsp://…@h/x" is not one',
    ],
    [
      { device: "test", quiet: "true", verbose: "true" },
      {},
      "--quiet and --verbose contradict each other: use one of them",
    ],
    [
      { device: "test", token: "0123456789abcdef" },
      { FLVCAST_TOKEN_FILE: "token" },
      "--token and FLVCAST_TOKEN_FILE both give the token: use one of them",
    ],
    [
      { device: "test", auth: "none" },
      { FLVCAST_TOKEN: "0123456789abcdef" },
      "--auth none needs no token: remove --auth or FLVCAST_TOKEN",
    ],
    [
      { device: "test", auth: "none", "token-file": "token" },
      {},
      "--auth none needs no token: remove --auth or --token-file",
    ],
    [{ device: "test", linger: "5s" }, {}, "--linger is only for --on-demand"],
    [{ device: "test" }, { FLVCAST_EXIT_IDLE: "5m" }, "FLVCAST_EXIT_IDLE is only for --on-demand"],
    [
      { device: "-", "on-demand": "true" },
      {},
      "--on-demand does not work with stdin, which cannot be reopened",
    ],
    [{ device: "test", "show-secrets": "true" }, {}, "--show-secrets is only for --dry-run"],
    [
      { device: "-", size: "16x16" },
      {},
      "--size has no effect on stdin: its H.264 is passed through unchanged",
    ],
    [
      { device: "test", "input-format": "mjpeg" },
      {},
      '--input-format is only for cameras, and "test" is not one',
    ],
    [
      { device: "screen", "input-format": "mjpeg" },
      {},
      '--input-format is only for cameras, and "screen" is not one',
    ],
    [{ device: "cam0", loop: "true" }, {}, '--loop is only for media files, and "cam0" is not one'],
    [{ device: "-", detach: "true" }, {}, "--detach does not work with stdin: remove it"],
    [
      { device: "test", detach: "true", "dry-run": "true" },
      {},
      "--dry-run starts nothing to detach: remove --dry-run or --detach",
    ],
    [{ device: "test", "tls-key": "a" }, {}, "--tls-key needs its certificate: add --tls-cert"],
  ])("%o with %o", (flags, env, message) => {
    expect(refusal(flags, env)).toBe(message);
  });

  test.each<Record<string, string>>([
    { device: "-", fps: "30", copy: "true" },
    { device: "-", audio: "test" },
    { device: "a.mp4", loop: "true", copy: "true" },
    { device: "a.mp4", copy: "true", "video-codec": "h265" },
    { device: "a.mp4", copy: "true", "video-codec": "h264", encoder: "libx264", bitrate: "2M", gop: "2" },
    { device: "a.mp4", "video-codec": "h265", encoder: "libx265" },
    { device: "rtmp", "video-codec": "auto" },
    { device: "a.mp4", "overlay-time": "false", copy: "true" },
    { device: "a.mp4", deinterlace: "off", copy: "true" },
    { device: "cam0", control: "brightness=1", copy: "true" },
    { device: "test", "dry-run": "true", "show-secrets": "true" },
    { device: "test", "tls-cert": "a", "tls-key": "b" },
    { device: "cam0", "input-format": "mjpeg" },
    { device: "Logi", "input-format": "mjpeg" },
    { device: "a.mp4", "input-format": "mjpeg" },
    { device: "test", quiet: "true" },
    { device: "test", verbose: "true" },
    { device: "test", auth: "none" },
    { device: "test", auth: "token", token: "0123456789abcdef" },
    { device: "test", detach: "true" },
    { device: "-", "dry-run": "true" },
  ])("and %o is fine", (flags) => {
    expect(refusal(flags)).toBe("accepted");
  });
});

describe("an encoder that is not in the table is refused, as one that does not work is", () => {
  test.each([
    ["h264_vapi", 'unknown encoder "h264_vapi": did you mean h264_vaapi? See flvcast encoders'],
    ["h264_dream", 'unknown encoder "h264_dream": use auto, or a name from flvcast encoders'],
  ])("%s", (encoder, message) => {
    expect(() => resolve({ device: "test", encoder })).toThrow(
      expect.objectContaining({ reason: "noEncoder", message: expect.stringContaining(message) }),
    );
  });
});

describe("a text becomes what it means", () => {
  test.each([
    [{}, null],
    [{ "video-codec": "auto" }, null],
    [{ "video-codec": "h264" }, "h264"],
    [{ "video-codec": "h265" }, "hevc"],
    [{ "video-codec": "av1" }, "av1"],
    [{ encoder: "libaom-av1" }, "av1"],
    [{ encoder: "hevc_nvenc" }, "hevc"],
    [{ encoder: "libx264" }, "h264"],
    [{ encoder: "auto", "video-codec": "h265" }, "hevc"],
  ])("%o asks for the codec %s", (flags, codec) => {
    expect(resolve({ device: "test", ...flags }).channel.video.codec).toBe(codec);
  });

  test("a codec that is none of ours is refused, with those that are", () => {
    expect(() => resolve({ device: "test", "video-codec": "vp9" })).toThrow(
      /--video-codec vp9 is not a video codec: use auto, h264, h265 or av1/,
    );
  });

  test("an encoder is the table's entry", () => {
    expect(resolve({ device: "test", encoder: "libx264" }).channel.video.encoder).toBe(
      softwareEncoder.encoder,
    );
  });

  test("a URL is kept as it was given, and has a form without its password", () => {
    expect(resolve({ device: "rtsp://u:geheim@h/x" }).channel.device).toEqual({
      kind: "url",
      text: "rtsp://u:geheim@h/x",
      shown: "rtsp://…@h/x",
    });
  });

  test.each([
    ["auto", "own"],
    ["none", "none"],
    ["test", { kind: "test" }],
    ["mic0", { kind: "named", kinds: ["microphone"] }],
    ["Logi", { kind: "file", kinds: ["microphone"], looksLikePath: false }],
    ["alsa_input.usb-Logi.analog", { kind: "file", looksLikePath: false }],
    ["song.mp3", { kind: "file", looksLikePath: true }],
  ])("--audio %s", (audio, expected) => {
    const { channel } = resolve({ device: "cam0", audio });
    expect([channel.audio]).toMatchObject([expected]);
  });

  test.each(["screen", "-"])("--audio %s is refused: it has no sound", (audio) => {
    expect(refusal({ device: "cam0", audio })).toBe(
      `--audio ${audio} has no audio: use a microphone, test, a media file or a URL`,
    );
  });
});

test("a value is shown short, on one line and without its password", () => {
  expect(shown("rtsp://u:geheim@h/")).toBe("rtsp://…@h/");
  expect(shown("a\tb")).toBe('"a\\tb"');
  expect(shown("x".repeat(100))).toBe(`${"x".repeat(79)}…`);
  expect(shown("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
  expect(shown("x".repeat(80))).toBe("x".repeat(80));
  expect([shown(""), shown("a b"), shown("!~")]).toEqual(['""', '"a b"', "!~"]);
});

test("a stream on demand lingers for ten seconds, or as long as is said", () => {
  const onDemand = { device: "test", "on-demand": "true" };
  expect(resolve(onDemand).channel.onDemand).toEqual({ lingerMs: 10_000 });
  const more = resolve({ ...onDemand, linger: "1m", "exit-idle": "0.5h" });
  expect([more.channel.onDemand, more.server.exitIdleMs]).toEqual([{ lingerMs: 60_000 }, 1_800_000]);
});
