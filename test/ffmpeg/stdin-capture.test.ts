import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { refuseTerminal, StdinCapture } from "../../src/ffmpeg/stdin-capture.ts";
import type { Packet } from "../../src/media/packet.ts";

const h264 = readFileSync("test/fixtures/baseline.h264");

/** A stream in stdin's place, of which only a stream's part is used. */
const asStdin = (stream: PassThrough) => stream as unknown as NodeJS.ReadStream;

function capture() {
  const stdin = new PassThrough();
  const packets: Packet[] = [];
  const dropped: string[] = [];
  const one = new StdinCapture(asStdin(stdin), 25, {
    onPackets: (some) => packets.push(...some),
    onDropped: (track, { last }) => dropped.push(`${track}: ${last}`),
  });
  return { stdin, one, packets, dropped };
}

it("H.264 on stdin becomes packets, to its last picture, and then it is over", async () => {
  const { stdin, one, packets, dropped } = capture();
  stdin.end(h264);
  await one.ended;
  const kinds = packets.map(({ kind }) => kind);
  expect(kinds[0]).toBe("video-config");
  expect(kinds.filter((kind) => kind === "video-frame").length).toBeGreaterThan(1);
  expect([one.droppedFrames, one.lastDropMs, dropped]).toEqual([0, null, []]);
  expect(stdin.listenerCount("data")).toBe(0);
});

it("what is no H.264 is its failure, and stdin is read no more", async () => {
  const { stdin, one, packets } = capture();
  stdin.write(Buffer.alloc(2_000_000, 0x55));
  await expect(one.ended).rejects.toMatchObject({
    ...{
      reason: "brokenInput",
      message: expect.stringMatching(
        /^stdin: .*; other formats can be read from a file or named pipe$/,
      ) as string,
    },
  });
  expect([stdin.listenerCount("data"), stdin.listenerCount("end"), stdin.isPaused()]).toEqual([0, 0, true]);
  expect(packets).toEqual([]);
});

it.each(["stop", "kill"] as const)("stdin is let go at a %s, and nothing more is read of it", async (how) => {
  const { stdin, one, packets } = capture();
  await one[how]();
  await expect(one.ended).resolves.toBeUndefined();
  expect(stdin.isPaused()).toBe(true);
  stdin.end(h264);
  await new Promise((resolve) => setImmediate(resolve));
  expect(packets).toEqual([]);
});

it("an error of the stream is its failure", async () => {
  const { stdin, one } = capture();
  stdin.destroy(new Error("EIO: i/o error, read"));
  await expect(one.ended).rejects.toThrow("EIO: i/o error, read");
});

it("pictures that nothing can begin with are dropped, and told of", async () => {
  const { stdin, one, packets, dropped } = capture();
  stdin.end(Buffer.from([0, 0, 0, 1, 0x41, 0x9a, 0, 1, 0, 0, 0, 1, 0x41, 0x9a, 0, 1]));
  await one.ended;
  expect(packets).toEqual([]);
  expect(one.droppedFrames).toBe(2);
  expect(dropped.every((text) => text.startsWith("video: "))).toBe(true);
});

it("a terminal is refused: nobody types H.264", () => {
  const stdin = asStdin(new PassThrough());
  expect(() => refuseTerminal(stdin)).not.toThrow();
  expect(() => refuseTerminal(Object.assign(stdin, { isTTY: true as const }))).toThrow(
    /stdin is a terminal; for example: rpicam-vid /,
  );
});
