import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileScanner } from "../../../src/media/flv/file-scanner.ts";
import { filePart, framesUntil, unitEnds } from "./file.ts";

const parts = filePart(framesUntil(440));
const file = Buffer.concat(parts);
const ends = unitEnds(file);

function scan(...chunks: readonly Uint8Array[]) {
  const scanner = new FileScanner();
  for (const chunk of chunks) scanner.push(chunk);
  const { wholeBytes, durationMs, keyFrames, isBroken } = scanner;
  return { wholeBytes, durationMs, keyFrames: [...keyFrames], isBroken, metadata: scanner.metadata };
}

const whole = scan(file);

describe("the scanner of a file", () => {
  it("finds its end, its duration and its key frames", () => {
    expect(whole).toMatchObject({ wholeBytes: file.length, durationMs: 440, isBroken: false });
    expect(whole.keyFrames.map(({ timeMs }) => timeMs)).toEqual([0, 200, 400]);
    for (const { position } of whole.keyFrames)
      expect([...file.subarray(position + 11, position + 13)]).toEqual([0x17, 1]);
    expect(whole.metadata).toEqual(Uint8Array.from(parts[1] ?? []));
  });

  it("ends behind the last whole tag, wherever the file is cut", () => {
    for (let end = 0; end <= file.length; end++)
      expect(scan(file.subarray(0, end)).wholeBytes).toBe(ends.filter((each) => each <= end).at(-1) ?? 0);
  });

  it("finds the same, wherever its reads are cut", () => {
    for (let at = 0; at <= file.length; at++)
      expect(scan(file.subarray(0, at), file.subarray(at))).toEqual(whole);
    const bytes = Array.from(file, (byte) => Uint8Array.of(byte));
    expect(scan(...bytes)).toEqual(whole);
  });

  it("does not keep what it reads: the same memory is read into again", () => {
    const buffer = Buffer.alloc(file.length);
    const scanner = new FileScanner();
    buffer.set(file);
    scanner.push(buffer);
    buffer.fill(0);
    expect(scanner.metadata).toEqual(Uint8Array.from(parts[1] ?? []));
  });

  it("ends before the zeros that a power cut leaves, and before anything else that is no tag", () => {
    const at = ends.at(-5) ?? 0;
    expect(scan(file.subarray(0, at), new Uint8Array(5000))).toMatchObject({
      wholeBytes: at,
      isBroken: true,
    });
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, bits) => {
        const damaged = Buffer.from(file);
        damaged[place] = (damaged[place] ?? 0) ^ bits;
        const { wholeBytes } = scan(damaged);
        // the tag that the damage is in may pass for a whole one; what is before it is
        const before = ends.filter((end) => end <= place).at(-1) ?? 0;
        expect(wholeBytes).toBeGreaterThanOrEqual(before);
        expect(wholeBytes === 0 || unitEnds(damaged.subarray(0, wholeBytes)).at(-1) === wholeBytes).toBe(
          true,
        );
      }),
    );
    fc.assert(fc.property(fc.array(fc.uint8Array()), (noise) => void scan(...noise)));
  });
});
