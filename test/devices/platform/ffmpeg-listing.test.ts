import fc from "fast-check";
import { expect, test } from "vitest";
import { askFfmpeg, ownLines, withIds } from "../../../src/devices/platform/ffmpeg-listing.ts";
import { machineOfListings } from "../../system/fake-machine.ts";

test.each([
  ['[dshow @ 000001f2a1b2c3d0] "X" (video)', '"X" (video)'],
  ["[AVFoundation indev @ 0x7fc4e2904a40] [0] FaceTime HD Camera", "[0] FaceTime HD Camera"],
  ['[in#0 @ 000001bd07e70b00]   Alternative name "@device"', '  Alternative name "@device"'],
  ["[0] FaceTime HD Camera", "[0] FaceTime HD Camera"],
  ["dummy: Immediate exit requested", "dummy: Immediate exit requested"],
])("%j without ffmpeg's prefix is %j", (line, words) => {
  expect(ownLines(`${line}\r\n`)).toEqual([words, ""]);
});

test("a listing is read to its bounds, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(4000), fc.nat(4000), (text, times, lineBreaks) => {
      const lines = ownLines(`${text.repeat(times)}${"\n".repeat(lineBreaks)}`);
      expect(lines.length).toBeLessThanOrEqual(2000);
      expect(lines.length).toBeGreaterThanOrEqual(Math.min(lineBreaks, 2000));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2000);
    }),
  );
});

test("an ffmpeg that is not there says nothing", async () => {
  const machine = machineOfListings("darwin", {});
  expect(await askFfmpeg({ machine, ffmpegPath: "/opt/ffmpeg" }, ["-f", "dshow"])).toEqual([]);
  expect(machine.runs).toEqual([["/opt/ffmpeg", "-hide_banner", "-nostdin", "-f", "dshow"]]);
});

test("what is called the same is numbered from the second on", () => {
  const same = withIds(["USB Camera", "FaceTime", "USB Camera"], (name) => name);
  expect(same.map(([, id]) => id)).toEqual(["USB Camera", "FaceTime", "USB Camera #2"]);
});
