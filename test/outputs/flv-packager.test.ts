import { expect, it } from "vitest";
import type { Packet } from "../../src/media/packet.ts";
import { FlvPackager } from "../../src/outputs/flv-packager.ts";
import { bytes, hex } from "../media/flv/hex.ts";
import { audioConfig, picture, sound, videoConfig, withPps } from "../media/flv/packets.ts";

const BOTH = { tracks: { video: true, audio: true }, rates: {}, encoderName: "test" };

class Packaging {
  readonly #packager = new FlvPackager(BOTH);

  /** The tags in words. */
  push(packet: Packet, timestampMs: number, capturedMs: number | null = null): string {
    const tags = this.#packager.push({ packet, timestampMs, capturedMs });
    return tags.map((tag) => `${tag.role}@${tag.timestampMs}`).join(" ");
  }
}

const key = picture([bytes("65 88")], true);
const delta = picture([bytes("41 9a")]);

function begun(): Packaging {
  const packaging = new Packaging();
  expect(packaging.push(videoConfig, 0)).toBe("");
  expect(packaging.push(audioConfig, 0)).toBe("metadata@0 video-config@0 audio-config@0");
  return packaging;
}

it("tells the capture time once a second of the stream, and when the stream begins again", () => {
  const packaging = begun();
  const told = [0, 33, 966, 1000, 1033, 2033, 0, 40].filter((ms) =>
    packaging.push(ms === 0 ? key : delta, ms, 1_700_000_000_000 + ms).includes("clock"),
  );
  expect(told).toEqual([0, 1000, 2033, 0]);
});

it("tells no capture time of sound beside video, nor of what fills a gap", () => {
  const packaging = begun();
  expect(packaging.push(sound(bytes("21")), 0, 1_700_000_000_000)).toBe("audio@0");
  expect(packaging.push(key, 0)).toBe("key@0");
  expect(packaging.push(delta, 40, 1_700_000_000_040)).toBe("delta@40 clock@0");
});

it("repeats the last key frame for a millisecond before other settings, and not before the same ones", () => {
  const packaging = begun();
  packaging.push(key, 0);
  packaging.push(delta, 40);
  expect(packaging.push(videoConfig, 80)).toBe("video-config@80");
  const other = withPps(videoConfig, bytes("68 ee 3c 80"));
  expect(packaging.push(other, 80)).toBe("key@79 video-config@80");
  expect(packaging.push(key, 80)).toBe("key@80");
  // no room for a millisecond: the last frame stands there
  expect(packaging.push(videoConfig, 81)).toBe("video-config@81");
});

it("puts a key frame behind its parameter sets, and no other frame (E.4.3)", () => {
  const packager = new FlvPackager(BOTH);
  const bytesOf = (packet: Packet) =>
    packager.push({ packet, timestampMs: 0x0401_0203, capturedMs: null }).at(-1)?.bytes ?? bytes("");
  for (const config of [videoConfig, audioConfig]) bytesOf(config);
  const keyBytes =
    "09 00003a 010203 04 000000 17 01 000000 " +
    "0000001a 6764001facd9405005bb0110000003001000000303c0f1831960 00000006 68ebe3cb22c0 " +
    "00000002 0605 00000003 658884 00000045";
  expect(hex(bytesOf(picture([bytes("0605"), bytes("658884")], true)), keyBytes)).toBe(keyBytes);
  const deltaBytes = "09 00000b 010203 04 000000 27 01 000000 00000002 419a 00000016";
  expect(hex(bytesOf(delta), deltaBytes)).toBe(deltaBytes);
});
