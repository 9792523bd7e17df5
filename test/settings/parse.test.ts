import { describe, expect, test } from "vitest";
import {
  parseBitrateKbps,
  parseDurationMs,
  parseEncoder,
  parseFps,
  parseGopSeconds,
  parseHost,
  parseInputFormat,
  parseListen,
  parseMaxBatchMs,
  parseName,
  parsePath,
  parsePin,
  parsePinName,
  parsePort,
  parseSize,
  parseSwitch,
  parseViewerCount,
  UnacceptableError,
} from "../../src/settings/parse.ts";
import { startOptions } from "../../src/settings/start-options.ts";

const [parseLingerMs, parseLogFormat, parseMaxLagMs, parseViewerTimeoutMs] = [
  startOptions.lingerMs.parse,
  startOptions.logFormat.parse,
  startOptions.maxLagMs.parse,
  startOptions.viewerTimeoutMs.parse,
];

const accepted: readonly [parse: (text: string) => unknown, text: string, value: unknown][] = [
  [parseSize, "1280x720", { width: 1280, height: 720 }],
  [parseSize, "16X8192", { width: 16, height: 8192 }],
  [parseFps, "30", 30],
  [parseFps, "29.97", 29.97],
  [parseFps, "30000/1001", 30000 / 1001],
  [parseFps, "0.5", 0.5],
  [parseFps, "240", 240],
  [parseFps, "24.000000001", 24.000_000_001],
  [parseFps, "000000024/1", 24],
  [parseBitrateKbps, "2500k", 2500],
  [parseBitrateKbps, "2500K", 2500],
  [parseBitrateKbps, "2.5M", 2500],
  [parseBitrateKbps, "800000", 800],
  [parseBitrateKbps, "50k", 50],
  [parseBitrateKbps, "50000", 50],
  [parseBitrateKbps, "200000000", 200_000],
  [parseBitrateKbps, "0.05M", 50],
  [parseBitrateKbps, "200M", 200_000],
  [parseGopSeconds, "0.1", 0.1],
  [parseGopSeconds, "60", 60],
  [parseGopSeconds, "2s", 2],
  [parseGopSeconds, "1.5", 1.5],
  [parseGopSeconds, "0012.250000", 12.25],
  [parseListen, "0.0.0.0:8080", { host: "0.0.0.0", port: 8080 }],
  [parseListen, "[::1]:0", { host: "::1", port: 0 }],
  [parseListen, "cam.lan:80", { host: "cam.lan", port: 80 }],
  [parseListen, ":8080", { host: null, port: 8080 }],
  [parseListen, "8080", { host: null, port: 8080 }],
  [parsePort, "0", 0],
  [parsePort, "65535", 65_535],
  [parsePort, "000080", 80],
  [parseDurationMs, "90", 90_000],
  [parseDurationMs, "90s", 90_000],
  [parseDurationMs, "10m", 600_000],
  [parseDurationMs, "1.5h", 5_400_000],
  [parseDurationMs, "576h", 2_073_600_000],
  [parseDurationMs, "0.001", 1],
  [parseDurationMs, "0.0005", 1],
  [parseDurationMs, "2073600", 2_073_600_000],
  [parseDurationMs, "1m", 60_000],
  [parseDurationMs, "1h", 3_600_000],
  [parseName, "garden", "garden"],
  [parseName, "_a.b-c", "_a.b-c"],
  [parseName, "a".repeat(64), "a".repeat(64)],
  [parsePath, "C:/certs/a b.pem", "C:/certs/a b.pem"],
  [parseHost, "0.0.0.0", "0.0.0.0"],
  [parseHost, "::1", "::1"],
  [parseHost, "[::]", "::"],
  [parseHost, "localhost", "localhost"],
  [parseHost, "cam-1.example.org", "cam-1.example.org"],
  [parseHost, "cam.example.org.", "cam.example.org."],
  [parseHost, "1cam", "1cam"],
  [parseHost, "a".repeat(63), "a".repeat(63)],
  [parseEncoder, "h264_v4l2m2m", "h264_v4l2m2m"],
  [parseEncoder, "a".repeat(40), "a".repeat(40)],
  [parseInputFormat, "yuyv422", "yuyv422"],
  [parseInputFormat, "a".repeat(40), "a".repeat(40)],
  [parsePin, "door=cam0", { name: "door", device: "cam0" }],
  [parsePin, "door=usb=1", { name: "door", device: "usb=1" }],
  [parsePinName, "front.door", "front.door"],
  [parseLogFormat, "json", "json"],
  [parseViewerCount, "1", 1],
  [parseViewerCount, "1000000", 1_000_000],
  [parseMaxBatchMs, "0", 0],
  [parseMaxBatchMs, "33ms", 33],
  [parseMaxBatchMs, "100", 100],
  [parseLingerMs, "1s", 1000],
  [parseLingerMs, "24h", 86_400_000],
  [parseMaxLagMs, "1", 1000],
  [parseMaxLagMs, "60s", 60_000],
  [parseMaxLagMs, "1m", 60_000],
  [parseMaxLagMs, "2.5", 2500],
  [parseViewerTimeoutMs, "5s", 5000],
  [parseViewerTimeoutMs, "1h", 3_600_000],
  [parseSwitch, "1", true],
  [parseSwitch, "Yes", true],
  [parseSwitch, "true", true],
  [parseSwitch, "0", false],
  [parseSwitch, "no", false],
  [parseSwitch, "false", false],
];

const refused: readonly [parse: (text: string) => unknown, texts: readonly string[]][] = [
  [
    parseSize,
    ["12x", "x", "1280", "1281x720", "1280x719", "14x16", "8194x720", "1280x720p", "-2x16", " 16x16", "0x10"],
  ],
  [
    parseFps,
    [
      "0",
      "-1",
      "240.1",
      "abc",
      "1/0",
      "0/0",
      "1e3",
      "30fps",
      "fps30",
      "30/",
      "30/x",
      "30.",
      "NaN",
      "Infinity",
    ],
  ],
  [
    parseBitrateKbps,
    ["2500", "49k", "201M", "2500kb", "x2500k", "2.5m", "49999", "200000001", "k", "-1M", "1G", "1e6"],
  ],
  [parseGopSeconds, ["0", "0.05", "60.1", "-1", "one", "1m", "x2", "2sx", "10000"]],
  [parseListen, ["localhost", "0.0.0.0:", "::1:8080", "[::1]", "a:70000", "1.2.3:80", "http://a:80", ""]],
  [parsePort, ["-1", "65536", "70000", "80.5", "http", "0x50", "1e3", "a80", "80a", "0000080"]],
  [
    parseDurationMs,
    ["0", "-1", "577h", "1d", "1h30m", "soon", "0.0001", "s", "x1s", "2073600.001", "1.", "0.0004"],
  ],
  [
    parseName,
    [
      ".a",
      "a/b",
      "a b",
      "ä",
      "a.flv",
      "a.JPG",
      "a".repeat(65),
      "..",
      "%41",
      "http://x/a.flv",
      ".flv",
      "a.flv.jpg",
    ],
  ],
  [
    parseHost,
    [
      "1.2.3",
      "300.1.1.1",
      "localhost:80",
      "http://x",
      "a b",
      "-a",
      "a..b",
      "[::1]:80",
      "a_-.b-",
      "1.2.3.",
      "7",
      "a".repeat(64),
      `${"a.".repeat(127)}a`,
      "[::1",
      "a:b:80",
    ],
  ],
  [parseEncoder, ["libx264 -x", "../x", "H264", "", "a".repeat(41)]],
  [parsePath, ["http://host/page", "rtsp://u:p@cam/1"]],
  [parseInputFormat, ["", "mjpeg -x", "MJPEG", "a".repeat(41)]],
  [parsePin, ["door", "door=", "=cam0", "a/b=cam0", "cam0=cam1", "test=cam0"]],
  [parsePinName, ["cam0", "screen", "a/b", ".a", ""]],
  [parseLogFormat, ["jsn", "", "Text"]],
  [parseViewerCount, ["0", "1000001", "1.5", "many", "x1", "1x", "-1", "0000000001"]],
  [parseMaxBatchMs, ["101", "-1", "33s", "1.5", "soon", "x33", "33msx", "00033"]],
  [parseMaxLagMs, ["0.9", "60.1s", "61s", "2m", "x", "01", "x3", "3sx", "999ms"]],
  [parseViewerTimeoutMs, ["4s", "4.999", "3601", "2h", "never"]],
  [parseSwitch, ["2", "on", "y", "maybe", "x1", "1x", "x0", "0x"]],
];

describe("a value that is accepted", () => {
  test.each(accepted.map(([parse, text, value]) => [parse.name, text, parse, value] as const))(
    "%s takes %s",
    (_name, text, parse, value) => {
      expect(parse(text)).toEqual(value);
    },
  );
});

describe("a value that is not accepted", () => {
  const cases = refused.flatMap(([parse, texts]) => texts.map((text) => [parse.name, text, parse] as const));
  test.each(cases)("%s refuses %s", (_name, text, parse) => {
    expect(() => parse(text)).toThrow(UnacceptableError);
  });

  test.each(cases)("%s refuses %s with an example that is accepted", (_name, text, parse) => {
    let example = "";
    try {
      parse(text);
    } catch (error) {
      if (error instanceof UnacceptableError) example = error.example;
    }
    expect(() => parse(example)).not.toThrow();
  });
});

test.each<[parse: (text: string) => unknown, text: string, message: string, example: string]>([
  [parseMaxLagMs, "600h", "is out of range: use 1s to 60s", "3s"],
  [parseSize, "13x15", "is out of range: width and height must be 16 to 8192", "1280x720"],
  [parseSize, "17x19", "is odd: width and height must be even", "16x18"],
  [parseBitrateKbps, "2.5k", "is out of range: use 50k to 200M", "2500k"],
  [parseName, "a.flv.jpg", "has an extension: remove .flv or .jpg", "a"],
  [parseName, "a.flv", "has an extension: remove .flv or .jpg", "a"],
  [parsePin, "cam1=usb-1", "is already a device or keyword: choose another name", "door=usb-1"],
  [parsePinName, "cam1", "is already a device or keyword: choose another name", "door"],
  [parseHost, "cam:80", "includes a port: use --port for that", "127.0.0.1"],
  [parseLogFormat, "jsn", "is not a log format: use auto, text or json", "json"],
  [parseLogFormat, "nothing", "is not a log format: use auto, text or json", "auto"],
])("%o says of %s why, and what would be", (parse, text, message, example) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ message, example }));
});
