import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusedCast, watchCast } from "./cast.ts";
import { plugIn, plugInSound } from "./drivers.ts";
import { Guest } from "./guest.ts";
import { devices, listing } from "./listing.ts";

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot();
  await plugIn(guest, "cameraAndMetadata");
  await plugInSound(guest);
});
afterAll(() => guest.stop());

const ONE_LINE = /^flvcast: [^\n]+\n$/;

describe("the list of devices", () => {
  test("has the camera, not the metadata node beside it, and both microphones", async () => {
    expect(await guest.shell("ls /dev/video* | wc -l")).toBe("2");
    const { cameras, microphones } = await listing(guest);
    expect(cameras.map(({ alias, node }) => `${alias} ${node}`)).toEqual(["cam0 /dev/video0"]);
    expect(cameras[0]?.access).toEqual({ isAllowed: true });
    expect(cameras[0]?.modes.some(({ format }) => format === "yuyv422")).toBe(true);
    expect(microphones.map(({ alias, node }) => `${alias} ${node}`)).toEqual([
      "mic0 plughw:0,0",
      "mic1 plughw:0,1",
    ]);
  });

  test("is the same without v4l2-ctl, and quick either way", async () => {
    const withIt = await devices(guest, ["--json"]);
    await guest.shell("mkdir -p /tmp/bin && ln -sf /usr/bin/ffmpeg /usr/local/bin/node /tmp/bin/");
    const without = await devices(guest, ["--json"], { env: { PATH: "/tmp/bin" } });
    console.log(`flvcast devices: ${ms(withIt.ms)} with v4l2-ctl, ${ms(without.ms)} without`);
    const [full, plain] = [withIt, without].map(({ stdout }) => JSON.parse(stdout).cameras);
    expect(plain.map(shortOf)).toEqual(full.map(shortOf));
    expect(plain[0].modes.length).toBeGreaterThan(0);
    expect(Math.max(withIt.ms, without.ms)).toBeLessThan(20_000);
  });

  test("tells a user who may not why, and the command that mends it", async () => {
    const { cameras } = await listing(guest, { user: "tester" });
    expect(cameras).toHaveLength(1);
    expect(JSON.stringify(cameras[0]?.access)).toMatch(/group video.*sudo usermod -aG video tester/);
  });
});

const ms = (time: number) => `${Math.round(time)} ms`;
const shortOf = ({ alias, node, name }: { alias: string; node: string; name: string }) => ({
  alias,
  node,
  name,
});

describe("a device that is not there is exit code 10, with what is there", () => {
  test.each([
    ["cam7", /cam7.*cam0/],
    ["/dev/video9", /\/dev\/video9/],
  ])("%s", async (device, words) => {
    const end = await refusedCast(guest, ["--device", device]);
    expect(end).toMatchObject({ exitCode: 10, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
    expect(end.stderr).toMatch(words);
  });

  test("a microphone", async () => {
    const end = await refusedCast(guest, ["--device", "cam0", "--audio", "mic9"]);
    expect(end).toMatchObject({ exitCode: 10, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
    expect(end.stderr).toMatch(/mic9.*mic0/);
  });
});

test("a metadata node is no camera, and that is said in one line", async () => {
  const end = await refusedCast(guest, ["--device", "/dev/video1"]);
  expect(end).toMatchObject({ exitCode: 10, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
  expect(end.stderr).toMatch(/\/dev\/video1.*flvcast devices/);
});

describe("a user without groups is told which to join, with the command, and to log in again: exit code 12", () => {
  test.each([
    ["the camera", ["--device", "cam0"], "video"],
    ["the camera by its node", ["--device", "/dev/video0"], "video"],
    ["the microphone", ["--device", "test", "--audio", "mic0"], "audio"],
    ["the microphone by its node", ["--device", "test", "--audio", "hw:0,0"], "audio"],
  ])("%s", async (_what, args, group) => {
    const end = await refusedCast(guest, args, { user: "tester" });
    expect(end).toMatchObject({ exitCode: 12, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
    expect(end.stderr).toContain(`sudo usermod -aG ${group} tester`);
    expect(end.stderr).toMatch(/log in again/);
  });

  test("but a card that is not there is not called forbidden", async () => {
    const end = await refusedCast(guest, ["--device", "test", "--audio", "hw:7,0"], { user: "tester" });
    expect(end).toMatchObject({ exitCode: 10, stderr: expect.stringMatching(ONE_LINE) });
  });
});

describe("a device in use is exit code 11, with the program and its pid", () => {
  test("the camera", async () => {
    const quiet = [
      "ffmpeg",
      "-hide_banner",
      "-nostdin",
      "-f",
      "v4l2",
      "-i",
      "/dev/video0",
      "-f",
      "null",
      "-",
    ];
    const holder = guest.start(quiet, { user: "cam" });
    await holder.hasSaid(/frame=/);
    const end = await refusedCast(guest, ["--device", "cam0"]);
    const { cameras } = await listing(guest);
    await holder.stop();
    expect(end).toMatchObject({ exitCode: 11, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
    expect(end.stderr).toContain(`ffmpeg (pid ${holder.pid})`);
    expect(cameras[0]?.holders).toEqual([{ name: "ffmpeg", pid: holder.pid }]);
  });

  test("the microphone", async () => {
    const holder = guest.start(
      ["arecord", "-q", "-D", "hw:0,0", "-f", "S16_LE", "-r", "48000", "-c", "2", "/dev/null"],
      {
        user: "cam",
      },
    );
    await guest.shell("until grep -q RUNNING /proc/asound/card0/pcm0c/sub0/status; do sleep 0.1; done");
    const end = await refusedCast(guest, ["--device", "test", "--audio", "mic0"]);
    await holder.stop();
    expect(end).toMatchObject({ exitCode: 11, stdout: "", stderr: expect.stringMatching(ONE_LINE) });
    expect(end.stderr).toContain(`arecord (pid ${holder.pid})`);
  });

  test("and once it is free, it can be watched", async () => {
    const seen = await watchCast(guest, ["--device", "cam0"], { seconds: 2 });
    expect(seen.complaints).toBe("");
  });
});
