import { describe, expect, test } from "vitest";
import { ByteQueue } from "../../src/check/byte-queue.ts";

function queueOf(...pieces: readonly (readonly [hex: string, arrivalMs: number | null])[]): ByteQueue {
  const queue = new ByteQueue();
  for (const [hex, arrivalMs] of pieces) queue.push(Buffer.from(hex, "hex"), arrivalMs);
  return queue;
}

describe("bytes that wait", () => {
  test("are those that came and were not dropped", () => {
    const queue = queueOf(["0102", 0], ["", 5], ["030405", 10]);
    queue.drop(3);
    expect(queue).toMatchObject({ offset: 3, length: 2 });
    expect(queue.bytes.toString("hex")).toBe("0405");
    queue.push(Buffer.of(6), 20);
    expect(queue.bytes.toString("hex")).toBe("040506");
  });

  test("came when the first piece that reaches up to them did", () => {
    const queue = queueOf(["0102", 0], ["03", 10], ["0405", 20]);
    expect([1, 2, 3, 4, 5, 6].map((end) => queue.arrivalOf(end))).toEqual([0, 0, 10, 20, 20, null]);
    queue.drop(2);
    expect([3, 4].map((end) => queue.arrivalOf(end))).toEqual([10, 20]);
  });

  test("came at once where they came within a millisecond", () => {
    const queue = queueOf(["01", 10], ["02", 10.9], ["03", 11], ["04", 11.5], ["05", 13]);
    expect([1, 2, 3, 4, 5].map((end) => queue.arrivalOf(end))).toEqual([10, 10, 11, 11, 13]);
  });

  test("of a file have no arrival", () => {
    const queue = queueOf(["01", null], ["02", null]);
    expect([1, 2].map((end) => queue.arrivalOf(end))).toEqual([null, null]);
  });

  test("stay what they were where a view of them is held", () => {
    const queue = queueOf(["0102", 0]);
    const { bytes } = queue;
    queue.drop(2);
    queue.push(Buffer.alloc(200_000, 7), 0);
    queue.push(Buffer.alloc(200_000, 8), 0);
    expect(bytes.toString("hex")).toBe("0102");
    expect(queue.bytes.equals(Buffer.concat([Buffer.alloc(200_000, 7), Buffer.alloc(200_000, 8)]))).toBe(
      true,
    );
  });
});
