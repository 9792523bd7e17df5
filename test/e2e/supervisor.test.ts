import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "../run.ts";
import { fakeArgs, type Lives, living, picturesPath, twoFakesArgs } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { childrenOf, isRunning, until } from "./processes.ts";
import { type Program, start, stopAll } from "./program.ts";
import { steps } from "./recording.ts";
import { expectUnbroken, longestGapMs, settingsSent } from "./unbroken.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
const LONG_SECONDS = 30;
const longPictures = folder.file("pictures.nut");
const longSound = folder.file("sound.nut");

beforeAll(async () => {
  const ffmpeg = [
    "ffmpeg",
    "-hide_banner",
    "-nostdin",
    "-v",
    "error",
    "-t",
    `${LONG_SECONDS}`,
    "-f",
    "lavfi",
  ];
  const nut = ["-flush_packets", "1", "-f", "nut"];
  await mustRun([
    ...[...ffmpeg, "-i", "testsrc2=s=320x180:r=25", "-c:v", "libx264", "-preset", "superfast"],
    ...["-tune", "zerolatency", "-g", "25", "-b:v", "200k", "-pix_fmt", "yuv420p"],
    ...["-enc_time_base", "1:1000000", "-bsf:v", "dump_extra=freq=keyframe", ...nut, longPictures],
  ]);
  await mustRun([
    ...[...ffmpeg, "-i", "sine=r=48000", "-af", "aresample=async=1000", "-ac", "2", "-c:a", "aac"],
    ...["-b:a", "32k", ...nut, longSound],
  ]);
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** Two seconds of a camera, then what is told; and a camera that stays. */
const camera = { replay: { 1: picturesPath }, seconds: 2 };
const microphone = { replay: { 3: longSound }, seconds: LONG_SECONDS };
const goodCamera = { replay: { 1: longPictures }, seconds: LONG_SECONDS };
const onCamera = (...fault: readonly object[]) => [camera, ...fault];
const briefly = (...fault: readonly object[]) => [{ replay: { 1: picturesPath }, seconds: 0.3 }, ...fault];

function startLiving(
  args: readonly string[],
  lives: Lives,
): { program: Program; starts: (kind: keyof Lives) => number } {
  const { env } = living(folder, lives);
  const counts = env?.["FAKE_FFMPEG_LIVES"] ?? "";
  const starts = (kind: keyof Lives) => statSync(join(counts, kind), { throwIfNoEntry: false })?.size ?? 0;
  return { program: start(args, { ...(env === undefined ? {} : { env }) }), starts };
}

/** Some of the sound, and from there on the rest. */
function soundOf(seconds: number): { begin: string; rest: string } {
  const bytes = readFileSync(longSound);
  const cut = Math.round((bytes.length * seconds) / LONG_SECONDS);
  const [begin, rest] = [folder.file("begin.nut"), folder.file("rest.nut")];
  writeFileSync(begin, bytes.subarray(0, cut));
  writeFileSync(rest, bytes.subarray(cut));
  return { begin, rest };
}

const faults: readonly (readonly [what: string, fault: readonly object[], line: RegExp])[] = [
  ["is killed", [{ signal: "SIGKILL" }], /test: ffmpeg .*SIGKILL/],
  ["fails", [{ stderr: "ioctl(VIDIOC_DQBUF): No such device" }, { exit: 1 }], /No such device/],
  ["sends nothing any more", [{ stall: true }], /nothing for 1 s/],
  [
    "sends nothing any more and heeds no SIGTERM",
    [{ ignore: "SIGTERM" }, { stall: true }],
    /nothing for 1 s/,
  ],
  ["ends as if all were well", [], /test has ended; check that its source is still on; retrying/],
  ["sends rubbish", [{ rubbish: 1_000_000 }, { stall: true }], /NUT.* byte \d+: expected /],
];

describe("a viewer stays, and is sent a stream without a break, when", () => {
  it.concurrent.each(faults)("ffmpeg %s, twice", async (_, fault, line) => {
    const lives = { video: [onCamera(...fault), onCamera(...fault), [goodCamera]] };
    const { program, starts } = startLiving([...fakeArgs, "--stall", "1"], lives);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => starts("video") === 3 && settingsSent(recording) === 3);
    const { spanMs } = viewer.recording;
    await viewer.until(({ recording }) => recording.spanMs > spanMs + 2000);
    viewer.leave();
    const { exitCode, stderr } = await program.stop();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(line) });
    await expectUnbroken(viewer, folder);
    expect(settingsSent(viewer.recording)).toBe(3);
    // All there is was gone, and the key picture was shown again and again.
    expect(longestGapMs(viewer.recording)).toBeLessThan(1000);
  });

  it.concurrent("the camera fails and the microphone goes on", async () => {
    const lives = {
      video: [onCamera({ exit: 1 }), onCamera({ stall: true }), [goodCamera]],
      audio: [[microphone]],
    };
    const { program, starts } = startLiving([...twoFakesArgs, "--stall", "1"], lives);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => starts("video") === 3 && recording.spanMs > 9000);
    viewer.leave();
    expect((await program.stop()).exitCode).toBe(0);
    expect(starts("audio")).toBe(1);
    await expectUnbroken(viewer, folder);
    expect(longestGapMs(viewer.recording)).toBeLessThan(2000);
    expect(Math.max(...steps(viewer.recording.sounds))).toBeLessThan(30);
  });

  it.concurrent("the picture alone hangs in a process whose sound goes on", async () => {
    const { begin, rest } = soundOf(2);
    const hangs = [
      { replay: { 1: picturesPath, 3: begin }, seconds: 2 },
      { replay: { 3: rest }, seconds: LONG_SECONDS - 2 },
    ];
    const lives = [{ replay: { 1: longPictures, 3: longSound }, seconds: LONG_SECONDS }];
    const args = fakeArgs.filter((word) => word !== "--audio" && word !== "none");
    const { program, starts } = startLiving([...args, "--stall", "1"], { video: [hangs, lives] });
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => starts("video") === 2 && recording.spanMs > 6000);
    viewer.leave();
    const { exitCode, stderr } = await program.stop();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/test sent no video for 1 s/),
    });
    await expectUnbroken(viewer, folder);
  });

  it.concurrent("the microphone fails and the camera goes on", async () => {
    const sound = { replay: { 3: longSound }, seconds: 2, bytes: statSync(longSound).size / 15 };
    const lives = {
      video: [[goodCamera]],
      audio: [[sound, { exit: 1 }], [sound, { stall: true }], [microphone]],
    };
    const { program, starts } = startLiving([...twoFakesArgs, "--stall", "1"], lives);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => starts("audio") === 3 && recording.spanMs > 9000);
    viewer.leave();
    expect((await program.stop()).exitCode).toBe(0);
    expect(starts("video")).toBe(1);
    await expectUnbroken(viewer, folder);
    expect(longestGapMs(viewer.recording)).toBeLessThan(2000);
    expect(Math.max(...steps(viewer.recording.pictures))).toBeLessThan(200);
  });

  it.concurrent("both fail at once", async () => {
    const sound = { replay: { 3: longSound }, seconds: 2, bytes: statSync(longSound).size / 15 };
    const lives = {
      video: [onCamera({ exit: 1 }), [goodCamera]],
      audio: [[sound, { exit: 1 }], [microphone]],
    };
    const { program, starts } = startLiving(twoFakesArgs, lives);
    const viewer = new Viewer(await program.firstLine());
    await viewer.until(({ recording }) => starts("audio") === 2 && recording.spanMs > 5000);
    viewer.leave();
    expect((await program.stop()).exitCode).toBe(0);
    await expectUnbroken(viewer, folder);
    expect(longestGapMs(viewer.recording)).toBeLessThan(2000);
  });
});

describe("what is started again", () => {
  it.concurrent("waits longer each time", async () => {
    const fault = { stderr: "Input/output error" };
    const lives = { video: [briefly(fault, { exit: 1 })] };
    const { program, starts } = startLiving(fakeArgs, lives);
    await program.firstLine();
    await until("it was started four times", () => starts("video") === 4);
    const { exitCode, stderr } = await program.stop();
    expect(exitCode).toBe(0);
    const delaysS = [...stderr.matchAll(/retrying in ([\d.]+) s/g)].map(([, seconds]) => Number(seconds));
    expect(delaysS.length).toBeGreaterThanOrEqual(3);
    expect(delaysS[0]).toBeGreaterThanOrEqual(0.4);
    expect(delaysS[0]).toBeLessThanOrEqual(0.6);
    for (const [index, delayS] of delaysS.slice(1, 3).entries())
      expect(delayS / (delaysS[index] ?? 0)).toBeGreaterThan(1.2);
  });

  it.concurrent("leaves nothing of the process before it", async () => {
    const hangs = [{ ignore: "SIGTERM" }, camera, { stall: true }];
    const { program, starts } = startLiving([...fakeArgs, "--stall", "0.5"], {
      video: [hangs, [goodCamera]],
    });
    const viewer = new Viewer(await program.firstLine());
    const [first = 0] = childrenOf(program.pid);
    await viewer.until(() => starts("video") === 2);
    expect(isRunning(first)).toBe(false);
    viewer.leave();
    expect((await program.stop()).exitCode).toBe(0);
  });

  it.concurrent("is not waited for by SIGTERM", async () => {
    const lives = { video: [briefly({ exit: 1 })] };
    const { program } = startLiving(fakeArgs, lives);
    await program.firstLine();
    await until(
      "it waits for its third start",
      () => (program.stderr.match(/trying again/g) ?? []).length >= 3,
    );
    const askedMs = performance.now();
    expect(await program.stop()).toMatchObject({ exitCode: 0, signal: null });
    expect(performance.now() - askedMs).toBeLessThan(700);
  });
});

describe("before the first key frame", () => {
  const busy = [{ stderr: "[video4linux2,v4l2 @ 0x1] /dev/video0: Device or resource busy" }, { exit: 1 }];

  it.concurrent("a failure ends the start with its code, and is not tried again", async () => {
    const { program, starts } = startLiving(fakeArgs, { video: [busy, [goodCamera]] });
    expect(await program.ended).toMatchObject({ exitCode: 11, stdout: "" });
    expect(starts("video")).toBe(1);
  });

  it.concurrent("--wait tries again until it can be watched", async () => {
    const { program, starts } = startLiving([...fakeArgs, "--wait"], { video: [busy, busy, [goodCamera]] });
    const viewer = new Viewer(await program.firstLine());
    await viewer.watch(1);
    expect(starts("video")).toBe(3);
    const { exitCode, stderr } = await program.stop();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining("resource busy") });
    await expectUnbroken(viewer, folder);
  });

  it.concurrent("--wait tells a viewer to come back, and SIGTERM ends it at once with 0", async () => {
    const { program } = startLiving([...fakeArgs, "--wait"], { video: [busy] });
    await until("it says what it waits for", () => program.stderr.includes("resource busy"));
    const askedMs = performance.now();
    expect(await program.stop()).toMatchObject({ exitCode: 0, signal: null, stdout: "" });
    expect(performance.now() - askedMs).toBeLessThan(700);
  });

  it.concurrent("--wait does not hide a mistake of the user's", async () => {
    expect(await start([...fakeArgs, "--wait", "--encoder", "h264_dream"]).ended).toMatchObject({
      exitCode: 13,
    });
    expect(await start(["--device", "test", "--wait", "--ffmpeg", "/nowhere/ffmpeg"]).ended).toMatchObject({
      exitCode: 14,
    });
  });
});

describe("--exit-on-device-error", () => {
  it.concurrent.each([
    ["Device or resource busy", 11],
    ["ioctl(VIDIOC_DQBUF): No such device", 10],
    ["Input/output error", 19],
  ])("ends with the code of «%s»: %i", async (text, exitCode) => {
    const failing = [{ waitMs: 1500 }, { stderr: text }, { exit: 1 }]; // the viewer has come by then
    const lives = { video: [briefly(...failing), [goodCamera]] };
    const { program, starts } = startLiving([...fakeArgs, "--exit-on-device-error"], lives);
    const viewer = new Viewer(await program.firstLine());
    expect(await program.ended).toMatchObject({ exitCode });
    await viewer.toTheEnd();
    expect(viewer.hasLastChunk).toBe(true);
    expect(starts("video")).toBe(1);
  });

  it.concurrent("ends one that stalls, too", async () => {
    const lives = { video: [briefly({ stall: true }), [goodCamera]] };
    const { program } = startLiving([...fakeArgs, "--exit-on-device-error", "--stall", "1"], lives);
    await program.firstLine();
    expect(await program.ended).toMatchObject({ exitCode: 18 });
  });
});
