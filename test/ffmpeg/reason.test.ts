import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/ffmpeg/reason.ts";

const exit = { code: 1, signal: null, error: null };

/** Each text as ffmpeg 5.1, 7.1 or 9.0 printed it for the case named. */
describe("what ffmpeg says at its end, in one line and one exit code", () => {
  it.each([
    [
      "no such file, 5.1",
      ["it: No such file or directory"],
      10,
      "it: ffmpeg says «No such file or directory»: is",
    ],
    [
      "no such file, 9.0",
      [
        "[in#0 @ 0x555568a38a40] Error opening input: No such file or directory",
        "Error opening input file /nofile.",
        "Error opening input files: No such file or directory",
      ],
      10,
      "it: ffmpeg says «Error opening input: No such file or directory»: is",
    ],
    ["not media", ["file:it: Invalid data found when processing input"], 19, "says «Invalid data found when"],
    [
      "refused",
      [
        "[tcp @ 0x56402c1ff500] Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused",
        "rtsp://127.0.0.1:9/x: Connection refused",
      ],
      10,
      "«Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused»: is the other end on",
    ],
    [
      "no display",
      ["[x11grab @ 0x55d2] Cannot open display :77, error 1.", ":77: Input/output error"],
      10,
      "«Cannot open display :77, error 1»: is $DISPLAY right",
    ],
    [
      "wrong password",
      [
        "[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized",
        "rtsp://u:***@h/1: Server returned 401 Unauthorized",
      ],
      12,
      "401 Unauthorized»: put the right user",
    ],
    [
      "busy",
      ["[video4linux2,v4l2 @ 0x1] ioctl", "/dev/video0: Device or resource busy"],
      11,
      "resource busy»: end",
    ],
    [
      "forbidden",
      ["Cannot open video device /dev/video0: Permission denied"],
      12,
      "Permission denied»: run as",
    ],
    ["no encoder", ["Unknown encoder 'libx264'"], 13, "«Unknown encoder 'libx264'»: install"],
    [
      "unheard of",
      ["something new happened"],
      1,
      "it: ffmpeg ended with 1, and says «something new happened»",
    ],
  ])("%s", (_case, stderr, exitCode, words) => {
    const failure = failureOf("it", { ...exit, stderr });
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain("\n");
  });

  it("a silent end names the code, and --verbose", () => {
    expect(failureOf("it", { ...exit, code: 234, stderr: [] }).message).toBe(
      "it: ffmpeg ended with 234 and gave no reason: try again with --verbose",
    );
  });
});
