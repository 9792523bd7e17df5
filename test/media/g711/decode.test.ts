import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { decodeG711 } from "../../../src/media/g711/decode.ts";

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** `ffmpeg -f alaw -i every-byte -f s16le -` of 5.1, and the same of µ-law. */
const byFfmpeg = {
  pcm_alaw: "58ec5fda9d97b5482ef9257716c502dd",
  pcm_mulaw: "4564589ec3203313ff004120bb32117f",
};

it.each(["pcm_alaw", "pcm_mulaw"] as const)("%s is decoded as ffmpeg decodes it, byte by byte", (codec) => {
  const samples = Int16Array.from(decodeG711(codec, everyByte), (sample) => Math.round(sample * 32_768));
  const hash = createHash("md5").update(new Uint8Array(samples.buffer)).digest("hex");
  expect(hash).toBe(byFfmpeg[codec]);
});

it.each([
  ["pcm_alaw", 0xd5, 8 / 32_768],
  ["pcm_mulaw", 0xff, 0],
  ["pcm_alaw", 0xaa, 32_256 / 32_768],
  ["pcm_mulaw", 0x00, -32_124 / 32_768],
] as const)("%s: %i is %f", (codec, byte, sample) => {
  expect([...decodeG711(codec, Uint8Array.of(byte))]).toEqual([sample]);
});
