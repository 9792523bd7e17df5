import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { steps } from "../e2e/recording.ts";
import { refusedCast, type Seen, watchCast } from "./cast.ts";
import { feed, plugIn, plugInSound, plugInVirtual } from "./drivers.ts";
import { Guest } from "./guest.ts";
import { devices, listing } from "./listing.ts";
import { startStream } from "./live-cast.ts";

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot();
  await plugIn(guest, "camera");
  await plugInSound(guest);
  // The other end of the card's first recording device.
  const tone = guest.start(
    ["speaker-test", "-D", "plughw:Loopback,1,0", "-t", "sine", "-f", "1000", "-c", "2", "-r", "48000"],
    { killAfterMs: 900_000 },
  );
  await tone.hasSaid(/Front Left/);
});
afterAll(() => guest.stop());

function picturesPerS({ recording: { pictures } }: Seen): number {
  const spanMs = (pictures.at(-1)?.timestampMs ?? 0) - (pictures[0]?.timestampMs ?? 0);
  return ((pictures.length - 1) * 1000) / spanMs;
}

describe("a raw camera and its microphone, for a user who never configured anything", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await watchCast(guest, ["--device", "cam0", "--audio", "mic0"], { seconds: 8 });
  });

  test("can be watched as H.264 and AAC", () => {
    expect(seen.streams.map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
    expect(seen.streams[0]).toMatchObject({ width: 640, height: 360, has_b_frames: 0 });
    expect(seen.streams[1]).toMatchObject({ sample_rate: "48000", channels: 2 });
  });

  test("decode from the first byte to the last", () => {
    expect(seen.complaints).toBe("");
  });

  test("show as many pictures as the camera takes", () => {
    // vivid leaves pictures out when the machine is too slow to paint them
    expect(picturesPerS(seen)).toBeGreaterThan(7);
    expect(picturesPerS(seen)).toBeLessThan(10.6);
  });

  test("show the camera's own picture: vivid's colour bars, the brightest on the left", () => {
    const [left = 0, middle = 0, right = 0] = seen.greys;
    expect(left).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(right);
  });

  test("sound as what is played, not as silence, and never step back in time", () => {
    expect(seen.loudness?.all).toBeGreaterThan(-40);
    expect(seen.loudness?.at1kHz).toBeGreaterThan((seen.loudness?.all ?? 0) - 3);
    expect(Math.min(...steps(seen.recording.sounds))).toBeGreaterThan(0);
  });

  test("end in order", () => {
    expect(seen.exitCode).toBe(0);
  });
});

test("the camera alone has no sound where none was found in its case", async () => {
  const seen = await watchCast(guest, ["--device", "cam0"]);
  expect(seen.streams.map(({ codec_name }) => codec_name)).toEqual(["h264"]);
  expect(seen.complaints).toBe("");
});

test("a size and rate that the camera lacks are made of those that it has, and the metadata is the truth", async () => {
  const seen = await watchCast(guest, ["--device", "cam0", "--size", "334x222", "--fps", "7"]);
  expect(seen.streams).toMatchObject([{ width: 334, height: 222 }]);
  expect(seen.metadata).toMatchObject({ width: 334, height: 222 });
  expect(Math.abs(Number(seen.metadata["framerate"]) - picturesPerS(seen))).toBeLessThan(2);
  expect(seen.complaints).toBe("");
});

describe("a camera's own controls", () => {
  const RED = ["--control", "test_pattern=7,osd_text_mode=2"];
  const UPRIGHT = ["--rotate", "90", "--size", "360x640", "--fps", "15"];

  test("are listed with their values, by v4l2-ctl", async () => {
    const { stdout, exitCode } = await devices(guest, ["cam0"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ +brightness: 0 to 255 · now 128$/m);
    expect(stdout).toMatch(/^ +test_pattern: 0 75% Colorbar · /m);
  });

  test("are set, and its video is turned", async () => {
    const seen = await watchCast(guest, ["--device", "cam0", "--audio", "none", ...RED, ...UPRIGHT]);
    expect(seen.streams).toMatchObject([{ width: 360, height: 640 }]);
    expect(seen.complaints).toBe("");
    const [left = 0, , right = 0] = seen.greys;
    expect(Math.abs(left - right)).toBeLessThan(10); // all red, no bars
  });

  test("are set again when it comes back", async () => {
    const get = "v4l2-ctl -d /dev/video0 --get-ctrl test_pattern";
    const stream = startStream(guest, ["--device", "cam0", "--audio", "none", ...RED]);
    try {
      await stream.hasSaid(/^\{.*\}$/);
      expect(await guest.shell(get)).toMatch(/^test_pattern: 7\b/);
      await guest.shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind");
      await stream.hasSaid(/retrying in/);
      await guest.shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/bind");
      expect(await guest.shell(`udevadm settle; ${get}`)).toMatch(/test_pattern: [07]/); // 0 until it is opened
      await stream.hasSaid(/cam0 is back/);
      expect(await guest.shell(get)).toMatch(/^test_pattern: 7\b/);
    } finally {
      stream.end();
    }
  });

  test("that it has not, or does not keep, are refused in one line", async () => {
    const refusal = async (control: string) =>
      await refusedCast(guest, ["--device", "cam0", "--control", control]);
    expect(await refusal("brightnes=1")).toMatchObject({
      exitCode: 2,
      stderr:
        'flvcast: cam0 has no control "brightnes"; did you mean "brightness"? (list them with: flvcast devices cam0)\n',
    });
    expect(await refusal("gain=5")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("turn off the automatic control that overrides it"),
    });
    await guest.shell("v4l2-ctl -d /dev/video0 --set-ctrl gain_automatic=0");
    expect(await refusal("brightness=256")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("must be from 0 to 255"),
    });
  });
});

const otherFfmpegs = findFfmpegs().filter((path) => path !== "ffmpeg"); // says so where there is none
describe.skipIf(otherFfmpegs.length === 0)("any ffmpeg", () => {
  test.each(otherFfmpegs)("%s captures the camera with its microphone", async (ffmpeg) => {
    // Its libraries come from this machine's disk the first time: that takes longer than a stream is given.
    await guest.run([ffmpeg, "-version"], { user: "cam" });
    const args = ["--ffmpeg", ffmpeg, "--device", "cam0", "--audio", "mic0"];
    const seen = await watchCast(guest, args);
    expect(seen.streams.map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
    expect(seen.complaints).toBe("");
    expect(seen.loudness?.at1kHz).toBeGreaterThan(-40);
  });
});

describe("which camera is meant", () => {
  test("a name that two cameras share lists both, and starts neither", async () => {
    await plugIn(guest, "twoCameras");
    const { cameras } = await listing(guest);
    expect(cameras.map(({ alias }) => alias)).toEqual(["cam0", "cam1"]);
    const end = await refusedCast(guest, ["--device", "vivid"]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(/cam0 .*cam1 /) });
  });

  test("a pinned name stays with its camera; without it, it is an error and never another camera", async () => {
    await plugIn(guest, "camera");
    await plugInVirtual(guest, ["Another"]);
    await feed(guest, "/dev/video20", ["-i", "films/greys.avi"]);
    expect(await devices(guest, ["--pin", "door=cam0"])).toMatchObject({ exitCode: 0 });
    expect((await watchCast(guest, ["--device", "door"], { seconds: 2 })).complaints).toBe("");

    await guest.shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind");
    expect((await listing(guest)).cameras.map(({ name }) => name)).toEqual(["Another"]);
    const end = await refusedCast(guest, ["--device", "door"]);
    expect(end).toMatchObject({ exitCode: 10, stdout: "" });
    expect(end.stderr).toMatch(/^flvcast: "door" .*not connected[^\n]*\n$/);
  });
});
