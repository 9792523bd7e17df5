import { execFileSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { JpegSplitter } from "../../../src/media/jpeg/splitter.ts";

/** A picture of ffmpeg's: baseline, or with restart markers, which each slice has. */
function jpeg(size: string, ...coding: readonly string[]): Buffer {
  const source = ["-f", "lavfi", "-i", `testsrc2=s=${size}`, "-frames:v", "1", "-pix_fmt", "yuvj420p"];
  return execFileSync("ffmpeg", ["-v", "error", ...source, ...coding, "-f", "mjpeg", "pipe:1"]);
}

const small = jpeg("64x48");
const sliced = jpeg("96x64", "-slices", "4");
/** The same with a thumbnail in an APP1 segment, as Exif has it. */
const withThumbnail = Buffer.concat([
  small.subarray(0, 2),
  Buffer.from([0xff, 0xe1, (small.length + 2) >> 8, (small.length + 2) & 0xff]),
  small,
  sliced.subarray(2),
]);
const filled = Buffer.concat([small.subarray(0, 2), Buffer.from([0xff]), small.subarray(2)]);
/** The same image with 0x0 in its frame header, SOF0. */
function without(image: Buffer): Buffer {
  const sized = Buffer.from(image);
  sized.writeUInt32BE(0, sized.indexOf("ffc0", "hex") + 5);
  return sized;
}
const head = Buffer.from("Content-Type: image/jpeg\r\nContent-Length: 1234\r\n\r\n");
const boundary = Buffer.from("\r\n--123456789\r\n");

function split(...chunks: readonly Uint8Array[]) {
  const splitter = new JpegSplitter();
  return chunks.flatMap((chunk) => splitter.push(chunk));
}

/** What a call copies from one array of bytes to another: unlike its time, the same on a busy machine. */
function copiesOf(call: () => ReturnType<typeof split>) {
  let copiedBytes = 0;
  const set = vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, from, at) {
    copiedBytes += from.length;
    // Native, but not this function again.
    for (let index = 0; index < from.length; index++) this[(at ?? 0) + index] = from[index] ?? 0;
    if (copiedBytes > MUCH_TOO_MUCH) throw new Error("copies its bytes again and again");
  });
  try {
    return { images: call(), copiedBytes };
  } finally {
    set.mockRestore();
  }
}

const MUCH_TOO_MUCH = 100 * 1024 * 1024;

const seen = (images: ReturnType<typeof split>) =>
  images.map(({ bytes, size }) => [Buffer.from(bytes).toString("hex"), `${size.width}x${size.height}`]);

const SMALL = [small.toString("hex"), "64x48"];
const SLICED = [sliced.toString("hex"), "96x64"];

describe("JPEG images are found, and each ends with its last byte", () => {
  it.each([
    ["one behind the other", [small, sliced, small], [SMALL, SLICED, SMALL]],
    ["multipart without a first boundary", [head, small, boundary, head, sliced], [SMALL, SLICED]],
    ["one with a thumbnail", [withThumbnail, small], [[withThumbnail.toString("hex"), "96x64"], SMALL]],
    ["one with fill bytes before a marker", [filled, boundary], [[filled.toString("hex"), "64x48"]]],
    ["one that was cut short is left out", [small.subarray(0, 300), boundary, head, sliced], [SLICED]],
    ["one of no size is left out", [without(small), sliced], [SLICED]],
    ["other bytes", [head, boundary, Buffer.from([0xff, 0xd8, 0xff])], []],
  ])("%s", (_, parts, expected) => {
    const bytes = Buffer.concat(parts);
    const whole = seen(split(bytes));
    expect(whole).toEqual(expected);
    expect(seen(split(...Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(whole);
  });

  it.each([
    ["images with nothing in them", "ffd8ffd9"],
    ["images that are cut short at once", "ffd8"],
  ])("thousands of %s cost no more than their bytes", (_, beginning) => {
    const flood = Buffer.from(beginning.repeat(250_000), "hex");
    const { copiedBytes, images } = copiesOf(() => split(flood, small));
    expect(seen(images)).toEqual([SMALL]);
    expect(copiedBytes).toBeLessThan(4 * flood.length);
  });

  it("an image without an end is refused", () => {
    const zeros = new Uint8Array(1024 * 1024);
    const scan = small.subarray(0, small.length - 2);
    expect(() => split(scan, ...Array.from({ length: 33 }, () => zeros))).toThrow(CorruptInputError);
  });
});
