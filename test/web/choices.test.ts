import { describe, expect, it } from "vitest";
import { avcCodecString } from "../../src/media/h264/sps.ts";
import { audioDecoderConfig } from "../../src/web/decoders.ts";
import { Failures, RateMeter } from "../../src/web/player.ts";
import { chooseTransport } from "../../src/web/site.ts";
import { figuresOf } from "../../src/web/stats.ts";
import type { ViewerStats } from "../../src/web/stream-viewer.ts";
import { isOldIphone } from "../../src/web/support.ts";
import { onAir } from "./server.ts";

const safari = (version: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15`;

const value = (name: string, ...args: Parameters<typeof figuresOf>) =>
  figuresOf(...args).find((figure) => figure.name === name)?.value;

describe("the way to the stream", () => {
  it.each([
    ["websocket", "http/1.1"],
    ["websocket", ""],
    ["fetch", "h2"],
    ["fetch", "h3"],
  ] as const)("is %s for a page that came over %j", (transport, protocol) => {
    expect(chooseTransport(protocol)).toBe(transport);
  });
});

describe("an iPhone", () => {
  it.each([
    ["16_7_2", true],
    ["17_0_3", true],
    ["17_1", false],
    ["18_2", false],
  ])("with iOS %s is too old: %j", (version, isOld) => {
    expect(isOldIphone(safari(version))).toBe(isOld);
  });

  it("is none of the others", () => {
    expect(isOldIphone("Mozilla/5.0 (X11; Linux x86_64) Chrome/140")).toBe(false);
  });
});

describe("a decoder's settings", () => {
  it("name profile, constraints and level of H.264", () => {
    expect(avcCodecString(Uint8Array.of(1, 0x64, 0x00, 0x1f, 0xff))).toBe("avc1.64001f");
    expect(() => avcCodecString(Uint8Array.of(1))).toThrow(/avcC: expected 4 bytes or more/);
  });

  it("name rate and channels of AAC", () => {
    expect(
      audioDecoderConfig({ kind: "audio-config", codec: "aac", decoderConfig: Uint8Array.of(0x11, 0x90) }),
    ).toMatchObject({
      codec: "mp4a.40.2",
      sampleRate: 48_000,
      numberOfChannels: 2,
    });
  });
});

it("failures are too many only within their time", () => {
  const failures = new Failures(2, 1000);
  expect([0, 500, 1600, 1700, 1800].map((nowMs) => failures.add(nowMs))).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});

it("a tally counts the last three seconds", () => {
  const tally = new RateMeter();
  tally.add(30, 0);
  expect(tally.perSecond(500)).toBeNull();
  for (let second = 1; second <= 10; second++) tally.add(second <= 5 ? 30 : 15, second * 1000);
  expect(tally.perSecond(10_000)).toBe(15);
});

describe("the stats", () => {
  const stats: ViewerStats = {
    ...({ player: "low-latency", transport: "fetch" } as const),
    ...{ shownMs: 5000, shownFrames: 90, droppedFrames: 2 },
    ...{ bufferMs: 33.4, receivedKbps: 2480, shownPerSecond: 30, capturedMs: 1_000_000 },
  };

  it("tell the delay by the server's clock", () => {
    expect(value("Delay", stats, null, 1_000_032.4)).toBe("32 ms");
    expect(value("Delay", stats, null, 999_999)).toBe("under 10 ms"); // the clocks are not known that well
    expect(value("Delay", stats, null, null)).toBe("–");
  });

  it("have units that read well", () => {
    expect(value("Bit rate", stats, null, null)).toBe("2.48 Mbit/s");
    expect(value("Bit rate", { ...stats, receivedKbps: 640 }, null, null)).toBe("640 kbit/s");
    expect(value("Bit rate", { ...stats, receivedKbps: 999 }, null, null)).toBe("999 kbit/s");
    expect(value("Bit rate", { ...stats, receivedKbps: 1000 }, null, null)).toBe("1.00 Mbit/s");
    expect(value("Frame rate", stats, null, null)).toBe("30 fps");
    expect(value("Frame rate", { ...stats, shownPerSecond: 12.54 }, null, null)).toBe("12.5 fps");
    expect(value("Delay", stats, null, 1_000_010)).toBe("10 ms");
    expect(value("Dropped frames", stats, null, null)).toBe("2");
    expect(value("Buffer", stats, null, null)).toBe("33 ms");
    expect(value("Player", stats, null, null)).toBe("WebCodecs over HTTP");
    const other = { ...stats, player: "mse", transport: "websocket" } as const;
    expect(value("Player", other, null, null)).toBe("Media Source over WebSocket");
  });

  it.each([
    ["640x360", 12.5, "640 × 360, 12.5 fps"],
    ["640x360", null, "640 × 360"],
    [null, 30, "–"],
  ])("have the stream's own words: %s with %s", (size, fps, picture) => {
    expect(value("Video", null, { ...onAir, size, fps }, null)).toBe(picture);
    expect(value("Codecs", null, { ...onAir, codecs: ["avc1.64001f", "mp4a.40.2"] }, null)).toBe(
      "avc1.64001f, mp4a.40.2",
    );
    expect(value("Codecs", null, { ...onAir, codecs: [] }, null)).toBe("–");
    expect(value("Encoder", null, onAir, null)).toBe("libx264");
    expect(value("Encoder", null, { ...onAir, encoder: null }, null)).toBe("–");
  });

  it("say of nothing that it is unknown", () => {
    expect(figuresOf(null, null, null).map((figure) => figure.value)).toEqual(
      Array.from({ length: 10 }, () => "–"),
    );
  });
});
