import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/errors.ts";
import { demuxerOf, failureOf } from "../../src/ffmpeg/reason.ts";

const exit = { code: 1, signal: null, error: null };

const { usage, deviceAbsent, deviceBusy, permission, noEncoder, brokenInput } = exitCodes;

/** Each text as ffmpeg 5.1, 7.1 or 9.0 printed it for the case named. */
describe("what ffmpeg says at its end, in one line and one exit code", () => {
  it.each([
    [
      "no such file, 5.1",
      ["it: No such file or directory"],
      10,
      "it: not found; check the name (ffmpeg: No such file or directory)",
    ],
    [
      "no such file, 9.0",
      [
        "[in#0 @ 0x555568a38a40] Error opening input: No such file or directory",
        "Error opening input file /nofile.",
        "Error opening input files: No such file or directory",
      ],
      10,
      "it: not found; check the name (ffmpeg: Error opening input: No such file or directory)",
    ],
    [
      "raw H.264 with B-frames, copied, 5.1",
      [
        "[nut @ 0x55af240e8c00] Timestamps are unset in a packet for stream 0. This is deprecated and will stop working in the future. Fix your code to set the timestamps properly",
        "[nut @ 0x55af240e8c00] Negative pts not supported stream 0, pts -9223372036854775808",
        "av_interleaved_write_frame(): Invalid argument",
      ],
      19,
      "frames have no timestamps, as in raw streams with B-frames; remove --copy",
    ],
    [
      "not media",
      ["file:it: Invalid data found when processing input"],
      19,
      "(ffmpeg: Invalid data found when",
    ],
    [
      "refused",
      [
        "[tcp @ 0x56402c1ff500] Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused",
        "rtsp://127.0.0.1:9/x: Connection refused",
      ],
      10,
      "cannot connect; check that it is on and the address is right (ffmpeg: Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused)",
    ],
    [
      "no display",
      ["[x11grab @ 0x55d2] Cannot open display :77, error 1.", ":77: Input/output error"],
      10,
      "it: cannot open the display; check DISPLAY",
    ],
    [
      "wrong password",
      [
        "[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized",
        "rtsp://u:***@h/1: Server returned 401 Unauthorized",
      ],
      12,
      "it: access denied; check the user name and password in the URL",
    ],
    [
      "no such page",
      ["[http @ 0x1] HTTP error 404 Not Found", "http://h/x: Server returned 404 Not Found"],
      10,
      "it: not found on the server; check the URL (ffmpeg: HTTP error 404 Not Found)",
    ],
    [
      "a server that fails",
      [
        "[http @ 0x1] HTTP error 500 Internal Server Error",
        "http://h/x: Server returned 5XX Server Error reply",
      ],
      10,
      "it: the server failed to answer the request; check the server (ffmpeg: HTTP error 500",
    ],
    ["unheard of", ["something new happened"], 1, "it: ffmpeg exited with code 1: something new happened"],
  ])("%s", (_case, stderr, exitCode, words) => {
    const failure = failureOf("it", { ...exit, stderr });
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain("\n");
  });

  it("takes what is no RTSP for a camera that does not answer, and for a broken file elsewhere", () => {
    // ffmpeg 5.1 and 9.0 of a server that takes the connection and says nothing
    const said = ["rtsp://cam/1: ", "[in#0 @ 0x5563] Error opening input: "].map((who) => ({
      ...{ ...exit, stderr: [`${who}Invalid data found when processing input`] },
    }));
    const failures = said.map((one) => failureOf("rtsp://cam/1", one));
    expect(failures.map(({ exitCode }) => exitCode)).toEqual([deviceAbsent, deviceAbsent]);
    expect(failures[0]?.message).toContain("no RTSP response");
    expect(said.map((one) => failureOf("film.mp4", one).exitCode)).toEqual([brokenInput, brokenInput]);
  });

  it("takes the end of what has none for the end of who sends it", () => {
    const failure = failureOf("it", { ...exit, code: 0, stderr: ["Exiting normally, received signal 15."] });
    expect([failure.exitCode, failure.message]).toEqual([
      deviceAbsent,
      "it has ended; check that its source is still on",
    ]);
  });

  it.each([
    // ffmpeg 5.1: -vf nosuch, eq=foo=1, crop=4000:4000, split[a][b]; the one after them is 7.1's.
    [
      "[AVFilterGraph @ 0x558543fd8000] No such filter: 'nosuch'",
      usage,
      "ffmpeg does not accept --video-filter",
    ],
    ["[AVFilterGraph @ 0x1] Error initializing filter 'eq' with args 'foo=1'", usage, "--video-filter"],
    ["[Parsed_crop_1 @ 0x1] Failed to configure input pad on Parsed_crop_1", usage, "--video-filter"],
    [
      "Simple filtergraph 'split[a][b]' was expected to have exactly 1 input and 1 output.",
      usage,
      "--video-filter",
    ],
    [
      "[AVFilterGraph @ 0x1] Error applying option 'foo' to filter 'eq': Option not found",
      usage,
      "--video-filter",
    ],
    // libavdevice's and libavcodec's own texts, for what cannot be run here.
    [
      "[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_STREAMON): No space left on device",
      deviceBusy,
      "not enough USB bandwidth",
    ],
    [
      "[dshow @ 000001c99aa571c0] Could not run graph (sometimes caused by a device already in use by other application)",
      deviceBusy,
      "(ffmpeg: Could not run graph",
    ],
    [
      "[dshow @ 0000019cfc3a5140] Could not find video device with name [No Such Cam] among source devices of type video.",
      deviceAbsent,
      "(ffmpeg: Could not find video",
    ],
    [
      "[AVFoundation indev @ 0x1] Failed to create AV capture input device: Cannot use FaceTime HD Camera",
      permission,
      "Privacy & Security",
    ],
    [
      "[AVFoundation indev @ 0x1] Selected framerate (29.970030) is not supported by the device.",
      usage,
      "flvcast devices",
    ],
    [
      "[h264_nvenc @ 0x1] Driver does not support the required nvenc API version. Required: 13.1 Found: 12.2",
      noEncoder,
      "the NVIDIA driver is too old",
    ],
    [
      "[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: out of memory (10): (no details)",
      noEncoder,
      "no free NVENC session",
    ],
  ])("%s", (line, exitCode, words) => {
    const failure = failureOf("it", { ...exit, stderr: [line, "it: Invalid argument"] });
    expect([failure.exitCode, failure.message]).toEqual([exitCode, expect.stringContaining(words)]);
  });

  it("a context of any kind, and a level, are no part of the words", () => {
    const stderr = ["[vost#0:0/h264_vaapi @ 0x5a] [enc:h264_vaapi @ 0x5b] [error] something new"];
    expect(failureOf("it", { ...exit, stderr }).message).toContain(": something new");
  });

  it("the same words of a file and of a sound server mean two things", () => {
    const stderr = ["[in#0 @ 0x55] Error opening input: Input/output error"];
    expect(failureOf("it", { ...exit, stderr }).exitCode).toBe(brokenInput);
    expect(failureOf("it", { ...exit, stderr }, "pulse").exitCode).toBe(deviceAbsent);
  });

  it.each([
    ["a pin's name", "[cam @ home] something new", "[cam @ home] something new"],
    ["a stream's title", "x [error] something new", "x [error] something new"],
    ["a context with a plain number", "[tcp @ 55aa] something new", "something new"],
  ])("%s is shown so: %s", (_, line, words) => {
    expect(failureOf("it", { ...exit, stderr: [line] }).message).toContain(`: ${words}`);
  });

  it("a signal that ended it is named, and of several lines the last", () => {
    const killed = { ...exit, code: null, signal: "SIGSEGV" as const };
    expect(failureOf("it", { ...killed, stderr: [] }).message).toBe(
      "it: ffmpeg was killed by SIGSEGV without giving a reason (details: --verbose)",
    );
    expect(failureOf("it", { ...killed, stderr: ["odd", "words."] }).message).toContain(": words");
  });

  it("one that could not be started says why", () => {
    const error = new Error("spawn ffmpeg ENOENT");
    expect(failureOf("it", { ...exit, code: null, error, stderr: [] })).toMatchObject({
      ...{ reason: "noFfmpeg", message: "cannot start ffmpeg: spawn ffmpeg ENOENT", cause: error },
    });
  });

  it("a silent end names the code, and --verbose", () => {
    expect(failureOf("it", { ...exit, code: 234, stderr: [] }).message).toBe(
      "it: ffmpeg exited with code 234 without giving a reason (details: --verbose)",
    );
  });
});

it("carries ffmpeg's last lines where their reason is not known, and only there", () => {
  const unknown = failureOf("it", {
    ...exit,
    stderr: ["odd", "words"],
    lastLines: ["odd (2 times more)", "words"],
  });
  expect(unknown.lastLines).toEqual(["odd (2 times more)", "words"]);
  const known = failureOf("it", { ...exit, stderr: ["/dev/video9: No such file or directory"] });
  expect(known.lastLines).toEqual([]);
});

it.each([
  [["-f", "v4l2", "-i", "x"], "v4l2"],
  [["-re"], null],
  [["-re", "-f"], null],
])("%j are read with %s", (inputOptions, demuxer) => {
  expect(demuxerOf({ inputOptions })).toBe(demuxer);
});
