import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { resolveStartSettings } from "../../src/settings/resolve.ts";
import { faultsOf, HOUSE, HOUSE_SCENE, parse } from "./parsed.ts";

const settingsOf = (...given: Parameters<typeof parse>) => parse(...given).settings;
const server = (text: string, scene: Parameters<typeof parse>[1]) =>
  settingsOf(`${text}\nstreams: { a: test }`, scene).server;
const channelsOf = (text: string) => settingsOf(text).streams.map(({ channel }) => channel);
const withTest = (scene: Parameters<typeof parse>[1]) => () => parse("streams: { a: test }", scene);
const channelOf = (...given: Parameters<typeof parse>) => settingsOf(...given).streams[0]?.channel;

test("a file of a house becomes the settings of its server", () => {
  const settings = settingsOf(HOUSE, HOUSE_SCENE);
  const { serverName, maxViewers, events } = settings;
  expect(serverName).toBe("house");
  expect(maxViewers).toBe(200);
  expect(settings.server).toMatchObject({
    ...{ host: "0.0.0.0", port: 8080, auth: "auto", token: null },
    allowedOrigins: ["https://www.example.org", "https://cam.example.org"],
  });
  expect(settings.streams).toMatchObject([
    { channel: { name: "door", audio: "none", video: { fps: 30, gopSeconds: 1 } }, access: null },
    {
      channel: {
        name: "yard",
        device: { text: "rtsp://admin:p#s: x@10.0.0.20/main" },
        video: { copy: true },
      },
      access: { auth: "token", token: "ionic-satin-chomp", tokenFile: null },
    },
    {
      channel: { name: "film", device: { text: "/srv/clips/film.mp4" }, loop: true, audio: "own" },
      access: { auth: "none" },
    },
    { channel: { name: "card", device: { kind: "test" } }, access: null },
  ]);
  expect(events).toEqual([
    {
      action: { kind: "run", command: ["/usr/local/bin/camera-event"], timeoutMs: 10_000 },
      ...{ on: ["stream-down", "stream-up"], afterMs: 10_000 },
    },
    {
      action: { kind: "run", command: ["/srv/bin/notify", "--urgent", "admin"], timeoutMs: 30_000 },
      ...{ on: null, afterMs: null },
    },
    {
      action: { kind: "post", url: "https://hook.example/flvcast", secret: "none-yet" },
      ...{ on: null, afterMs: null },
    },
  ]);
});

test("the shortest file has one stream, and is called as itself", () => {
  const { serverName, ...settings } = settingsOf('streams: { door: cam0, yard: "rtsp://10.0.0.20/main" }');
  expect(serverName).toBe("flvcast");
  expect(settings.streams.map(({ channel }) => channel.name)).toEqual(["door", "yard"]);
});

test("JSON is a file, too", () => {
  expect(channelOf('{"streams": {"door": {"device": "test", "fps": 12.5}}}')?.video.fps).toBe(12.5);
});

test("a stream is as start would have it, but waits for its device", () => {
  const flags = new Map([
    ...([
      ["device", "test"],
      ["name", "a"],
      ["size", "640x480"],
      ["max-lag", "3s"],
    ] as const),
    ...([
      ["copy", "false"],
      ["bitrate", "2500k"],
      ["gop", "0.5"],
    ] as const),
  ]);
  const { channel } = resolveStartSettings(flags, {});
  const text =
    "streams: { a: { device: test, size: 640x480, max-lag: 3s, copy: no, bitrate: 2500k, gop: 0.5 } }";
  expect(channelOf(text)).toEqual({ ...channel, wait: true });
});

describe("what takes precedence", () => {
  test("a flag over a variable, and that over the file", () => {
    expect(server("port: 1", { env: { FLVCAST_PORT: "2" }, flags: { port: "3" } }).port).toBe(3);
    expect(server("port: 1", { env: { FLVCAST_PORT: "2" } }).port).toBe(2);
    expect(server("port: 1", {}).port).toBe(1);
  });

  test("--listen over host and port of the file, and --port over the port in its listen", () => {
    expect(server("", {})).toMatchObject({ host: "127.0.0.1", port: 8080 });
    expect(server("host: 10.0.0.1\nport: 1", { flags: { listen: "[::1]:3" } })).toMatchObject({
      host: "::1",
      port: 3,
    });
    expect(server("host: 10.0.0.1\nport: 1", { flags: { listen: ":3" } })).toMatchObject({
      host: "10.0.0.1",
      port: 3,
    });
    expect(server("listen: 10.0.0.1:1", { flags: { port: "3" } })).toMatchObject({
      host: "10.0.0.1",
      port: 3,
    });
  });

  test("a token from a variable over the file's token file", () => {
    const scene = { env: { FLVCAST_TOKEN: "ionic-satin-chomp" } };
    expect(server("token-file: a.token", scene)).toMatchObject({
      token: "ionic-satin-chomp",
      tokenFile: null,
    });
    expect(server("token-file: a.token", {})).toMatchObject({ token: null, tokenFile: "/srv/a.token" });
  });

  test("a certificate of the file goes with a key from a variable", () => {
    expect(server("tls-cert: cert.pem", { env: { FLVCAST_TLS_KEY: "key.pem" } })).toMatchObject({
      tlsCert: "/srv/cert.pem",
      tlsKey: "key.pem",
    });
  });

  test("a stream's own value over the defaults, and those over what is built in", () => {
    const { streams } = settingsOf(
      "defaults: { fps: 10, stall: 9s }\nstreams: { a: { device: test, fps: 20 }, b: test }",
    );
    expect(streams.map(({ channel: { video, stallMs } }) => [video.fps, stallMs])).toEqual([
      [20, 9000],
      [10, 9000],
    ]);
  });

  test("variables of start are none of a stream's, except for the ffmpeg", () => {
    const env = {
      FLVCAST_DEVICE: "screen",
      FLVCAST_NAME: "x",
      FLVCAST_FPS: "5",
      FLVCAST_FFMPEG: "/opt/ffmpeg",
    };
    const text = "defaults: { ffmpeg: ffmpeg7 }\nstreams: { a: test }";
    expect(channelOf(text, { env })).toMatchObject({
      name: "a",
      device: { kind: "test" },
      video: { fps: null },
      ffmpeg: "/opt/ffmpeg",
    });
    expect(channelOf(text)).toMatchObject({ ffmpeg: "ffmpeg7" });
  });

  test("what flags and variables get wrong is not the file's fault", () => {
    expect(withTest({ env: { FLVCAST_PORT: "x" } })).toThrow(
      new UserError(
        "usage",
        "FLVCAST_PORT=x is not a port: use 1 to 65535, or 0 for any free one, e.g. FLVCAST_PORT=8080",
      ),
    );
    expect(withTest({ env: { FLVCAST_PORT: "1" }, flags: { listen: ":2" } })).toThrow(
      "--listen and FLVCAST_PORT both say where to listen: use one of them",
    );
  });
});

describe("defaults apply where they have an effect", () => {
  test("a stream that is copied takes none for its encoder", () => {
    const [copied, encoded] = channelsOf(
      "defaults: { gop: 2, size: 640x480 }\nstreams: { a: { device: a.mp4, copy: true }, b: a.mp4 }",
    );
    expect(copied?.video).toMatchObject({ copy: true, size: null, gopSeconds: 1 });
    expect(encoded?.video).toMatchObject({ copy: false, size: { width: 640 }, gopSeconds: 2 });
  });

  test("a stream that is encoded is not copied", () => {
    const [own] = channelsOf("defaults: { copy: true }\nstreams: { a: { device: a.mp4, size: 640x480 } }");
    expect(own?.video).toMatchObject({ copy: false, size: { width: 640 } });
  });

  test("files are repeated, and cameras are not", () => {
    expect(
      channelsOf("defaults: { loop: true }\nstreams: { a: a.mp4, b: cam0 }").map(({ loop }) => loop),
    ).toEqual([true, false]);
  });

  test("who may watch is said in one place", () => {
    const text =
      "defaults: { token: ionic-satin-chomp }\nstreams: { a: test, b: { device: test, auth: none } }";
    expect(settingsOf(text).streams.map(({ access }) => access?.auth)).toEqual(["token", "none"]);
  });
});

describe("relative paths are the file's", () => {
  test.each([
    ["clips/a.mp4", "/srv/clips/a.mp4"],
    ["../a.mp4", "/a.mp4"],
    ["/a.mp4", "/a.mp4"],
    ["cam0", "cam0"],
    ["/dev/video0", "/dev/video0"],
    ["HD Webcam", "HD Webcam"],
    ["rtsp://10.0.0.1/main", "rtsp://10.0.0.1/main"],
    ["rstp://10.0.0.1/main", "rstp://10.0.0.1/main"],
  ])("device: %s", (given, taken) => {
    expect(channelOf(`streams: { a: { device: "${given}", audio: "${given}" } }`)?.device.text).toBe(taken);
  });

  test("an ffmpeg without a slash is looked for in PATH", () => {
    expect(channelOf("streams: { a: { device: test, ffmpeg: ffmpeg7 } }")?.ffmpeg).toBe("ffmpeg7");
    expect(channelOf("streams: { a: { device: test, ffmpeg: ./ffmpeg } }")?.ffmpeg).toBe("/srv/ffmpeg");
  });
});

test("numbers keep their digits where they are text", () => {
  expect(settingsOf("token: 01234567890123456789\nstreams: { 007: test }")).toMatchObject({
    server: { token: "01234567890123456789" },
    streams: [{ channel: { name: "007" } }],
  });
});

test("streams keep the file's order, and any name that a stream may have", () => {
  const { streams } = settingsOf(
    "streams: { z: test, constructor: test, __proto__: test, a: test, 2: test }",
  );
  expect(streams.map(({ channel }) => channel.name)).toEqual(["z", "constructor", "__proto__", "a", "2"]);
});

test("a message has no more than fifty lines, and says how many there are", () => {
  const lines = faultsOf(Array.from({ length: 1000 }, (_, index) => `x${index}: 1`).join("\n"));
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe("and 950 more");
});
