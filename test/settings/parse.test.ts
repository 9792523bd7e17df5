import { describe, expect, test } from "vitest";
import {
  parseBitrateKbps,
  parseDurationMs,
  parseEncoder,
  parseFps,
  parseGopSeconds,
  parseHost,
  parseMaxBatchMs,
  parseMaxLagMs,
  parseName,
  parsePath,
  parsePort,
  parseSize,
  parseSwitch,
  parseViewerTimeoutMs,
  UnacceptableError,
} from "../../src/settings/parse.ts";

const accepted: readonly [parse: (text: string) => unknown, text: string, value: unknown][] = [
  [parseSize, "1280x720", { width: 1280, height: 720 }],
  [parseSize, "16X8192", { width: 16, height: 8192 }],
  [parseFps, "30", 30],
  [parseFps, "29.97", 29.97],
  [parseFps, "30000/1001", 30000 / 1001],
  [parseFps, "0.5", 0.5],
  [parseFps, "240", 240],
  [parseBitrateKbps, "2500k", 2500],
  [parseBitrateKbps, "2500K", 2500],
  [parseBitrateKbps, "2.5M", 2500],
  [parseBitrateKbps, "800000", 800],
  [parseBitrateKbps, "50k", 50],
  [parseBitrateKbps, "200M", 200_000],
  [parseGopSeconds, "0.1", 0.1],
  [parseGopSeconds, "60", 60],
  [parseGopSeconds, "2s", 2],
  [parsePort, "0", 0],
  [parsePort, "65535", 65_535],
  [parseDurationMs, "90", 90_000],
  [parseDurationMs, "90s", 90_000],
  [parseDurationMs, "10m", 600_000],
  [parseDurationMs, "1.5h", 5_400_000],
  [parseDurationMs, "576h", 2_073_600_000],
  [parseName, "garden", "garden"],
  [parseName, "_a.b-c", "_a.b-c"],
  [parseName, "a".repeat(64), "a".repeat(64)],
  [parsePath, "C:/certs/a b.pem", "C:/certs/a b.pem"],
  [parseHost, "0.0.0.0", "0.0.0.0"],
  [parseHost, "::1", "::1"],
  [parseHost, "[::]", "::"],
  [parseHost, "localhost", "localhost"],
  [parseHost, "cam-1.example.org", "cam-1.example.org"],
  [parseEncoder, "h264_v4l2m2m", "h264_v4l2m2m"],
  [parseMaxBatchMs, "0", 0],
  [parseMaxBatchMs, "33ms", 33],
  [parseMaxBatchMs, "100", 100],
  [parseMaxLagMs, "1", 1000],
  [parseMaxLagMs, "60s", 60_000],
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
  [parseFps, ["0", "-1", "241", "abc", "1/0", "0/0", "1e3", "30fps", "30/", "NaN", "Infinity"]],
  [parseBitrateKbps, ["2500", "49k", "201M", "2500kb", "2.5m", "k", "-1M", "1G", "1e6"]],
  [parseGopSeconds, ["0", "0.05", "61", "-1", "one", "1m"]],
  [parsePort, ["-1", "65536", "70000", "80.5", "http", "0x50", "1e3"]],
  [parseDurationMs, ["0", "-1", "577h", "1d", "1h30m", "soon", "0.0001", "s"]],
  [parseName, [".a", "a/b", "a b", "ä", "a.flv", "a.JPG", "a".repeat(65), "..", "%41", "http://x/a.flv"]],
  [parseHost, ["1.2.3", "300.1.1.1", "localhost:80", "http://x", "a b", "-a", "a..b", "[::1]:80", "a_-.b-"]],
  [parsePath, ["http://host/page", "rtsp://u:p@cam/1"]],
  [parseEncoder, ["libx264 -x", "../x", "H264"]],
  [parseMaxBatchMs, ["101", "-1", "33s", "1.5", "soon"]],
  [parseMaxLagMs, ["0.9", "61s", "2m", "x"]],
  [parseViewerTimeoutMs, ["4s", "2h", "never"]],
  [parseSwitch, ["2", "on", "y", "maybe"]],
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
