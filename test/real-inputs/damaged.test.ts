import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { joinAnnexB, splitAnnexB } from "../../src/media/h264/annexb.ts";
import { H264Track } from "../../src/media/h264/track.ts";
import { AccessUnitSplitter } from "../../src/media/nal/access-unit.ts";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints, probeStreams } from "../e2e/judges.ts";
import { type Program, start, stopAll } from "../e2e/program.ts";
import type { Recording } from "../e2e/recording.ts";
import { settingsSent } from "../e2e/unbroken.ts";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun, run } from "../run.ts";
import { Random } from "../soak/random.ts";
import { makeOddFile, type OddFileName } from "./odd-files.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

interface Seen {
  readonly recording: Recording;
  readonly path: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  /** Media time by wall time, from the first byte to the last. */
  readonly pace: number;
}

let seen = 0;

async function watch(program: Program): Promise<Seen> {
  const viewer = new Viewer(await program.firstLine());
  await viewer.until(({ recording }) => recording.pictures.length > 0);
  const [beganMs, begin] = [performance.now(), viewer.recording.spanMs];
  const recording = await viewer.toTheEnd();
  const wallMs = performance.now() - beganMs;
  const { exitCode, stderr } = await program.ended;
  const path = folder.file(`seen-${seen++}.flv`);
  writeFileSync(path, viewer.bytes);
  return { recording, path, stderr, exitCode, pace: (recording.spanMs - begin) / wallMs };
}

async function watchFile(name: OddFileName, ...args: readonly string[]): Promise<Seen> {
  return await watch(start(["--device", await makeOddFile(name, folder.path), ...args]));
}

/** How many frames of each track ffmpeg decodes, whatever it complains of. */
async function decodedFrames(path: string): Promise<readonly number[]> {
  const { stdout } = await run(
    [
      "ffprobe",
      "-v",
      "quiet",
      "-count_frames",
      "-show_entries",
      "stream=nb_read_frames",
      "-of",
      "csv=p=0",
    ].concat(path),
  );
  return stdout.trim().split("\n").map(Number);
}

/** How many frames of each track are decoded when ffmpeg copies the file. */
async function copiedByFfmpeg(source: string): Promise<readonly number[]> {
  const path = folder.file("copied.nut");
  await run(["ffmpeg", "-nostdin", "-v", "quiet", "-y", "-i", source, "-c", "copy", path]);
  return await decodedFrames(path);
}

describe("a file one percent of which is damaged", () => {
  it("is passed on with as many pictures and as much sound as ffmpeg finds in it", async () => {
    const { path, exitCode, stderr, pace } = await watchFile("one-percent-damaged.ts", "--copy");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^(flvcast: .* sent damaged data; dropped \d+ units? \(last: .*\)\n)?$/);
    const [pictures = 0, sounds = 0] = await decodedFrames(path);
    const [expectedPictures = 0, expectedSounds = 0] = await copiedByFfmpeg(
      folder.file("one-percent-damaged.ts"),
    );
    expect(expectedPictures).toBeGreaterThan(250);
    expect(pictures).toBeGreaterThanOrEqual(expectedPictures - 26); // a group of pictures at most
    expect(sounds).toBeGreaterThanOrEqual(expectedSounds - 10);
    expect(pace).toBeGreaterThan(0.97);
  });

  it("is a faultless stream when it is encoded", async () => {
    const { path, exitCode, recording } = await watchFile("one-percent-damaged.ts");
    expect(exitCode).toBe(0);
    expect(await decodeComplaints(path)).toBe("");
    expect(recording.pictures.length).toBeGreaterThan(280);
  });
});

describe("a file whose size changes", () => {
  it.each([
    ["size-changes.ts", 2],
    ["size-changes-back.ts", 3],
  ] as const)(
    "%s is passed on with its settings announced at each change, and at no other key frame",
    async (name, times) => {
      const { path, recording, exitCode, stderr, pace } = await watchFile(name, "--copy");
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(settingsSent(recording)).toBe(times);
      expect(recording.keyPictures.length).toBeGreaterThan(2 * times);
      expect(await decodeComplaints(path)).toBe("");
      expect(pace).toBeGreaterThan(0.97);
      expect(pace).toBeLessThan(1.03);
    },
  );
});

describe("sound whose frames tell their layout", () => {
  it("is passed on as it is, the layout in its settings", async () => {
    const { path, recording, exitCode, stderr } = await watchFile("aac-with-pce.ts", "--copy");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^flvcast: the audio is AAC with 4 channels in a custom layout, which browsers do not play; .*\n$/,
    );
    const sound = (await probeStreams(path)).find(({ codec_type }) => codec_type === "audio");
    expect(sound).toMatchObject({ codec_name: "aac", channels: 4 });
    expect(await decodeComplaints(path)).toBe("");
    expect(recording.sounds.length).toBeGreaterThan(340);
  });
});

const rate = 25;

/** Access units on stdin as a camera sends them, one every 40 ms. */
async function feed(program: Program, units: readonly Uint8Array[]): Promise<void> {
  const beganMs = performance.now();
  for (const [index, unit] of units.entries()) {
    program.stdin.write(unit);
    await delay(Math.max(0, beganMs + (index + 1) * (1000 / rate) - performance.now()));
  }
  program.stdin.end();
}

function accessUnits(path: string): Uint8Array[] {
  const splitter = new AccessUnitSplitter();
  const units = [...splitter.push(readFileSync(path)), ...splitter.end()];
  return units.flatMap(({ data }) => (data === null ? [] : [data]));
}

function unitOf(hexBytes: string): Uint8Array {
  return Buffer.from(`00000001${hexBytes}`, "hex");
}

/** With the first slice's header changed. */
function withSlice(unit: Uint8Array, change: (header: number) => number): Uint8Array {
  const damaged = Buffer.from(unit);
  for (let at = 3; at < damaged.length; at++) {
    const isStart = damaged.readUIntBE(at - 3, 3) === 1;
    if (isStart && [1, 5].includes(damaged.readUInt8(at) & 31)) return withByte(damaged, at, change);
  }
  throw new Error("no slice");
}

function withByte(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  bytes.writeUInt8(change(bytes.readUInt8(at)), at);
  return bytes;
}

const stdinArgs = ["--device", "-", "--fps", String(rate)];

describe("raw H.264 on stdin", () => {
  it("goes on behind units that decoders ignore, and behind a damaged picture", async () => {
    const path = folder.file("camera.h264");
    const x264 = [
      "-c:v",
      "libx264",
      "-preset",
      "veryfast",
      "-tune",
      "zerolatency",
      "-g",
      "25",
      "-x264-params",
      "aud=1",
    ];
    await mustRun(
      ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=8"].concat(
        x264,
        "-f",
        "h264",
        path,
      ),
    );
    const units = accessUnits(path);
    for (const [index, type] of [0, 22, 23, 24, 28, 31].entries()) {
      units.splice(30 + index * 10, 0, unitOf(`${(0x60 | type).toString(16).padStart(2, "0")}aabbcc80`));
    }
    units.splice(100, 0, unitOf("29f0"), unitOf("660302ffff80")); // a delimiter and an SEI with nal_ref_idc
    units[130] = withSlice(units[130] ?? unitOf(""), (header) => header | 0x80);
    const program = start(stdinArgs);
    const [{ path: seenPath, recording, exitCode, stderr, pace }] = await Promise.all([
      watch(program),
      feed(program, units),
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /stdin sends data that decoders ignore; dropping it \(first: H.264: a NAL unit of nal_unit_type \d+\)\n/,
    );
    expect(stderr).toMatch(
      /stdin sent damaged data; dropped 1 unit \(last: H.264: a NAL unit with forbidden_zero_bit set\)\n/,
    );
    expect(await decodeComplaints(seenPath)).toBe("");
    const missing = (recording.spanMs * rate) / 1000 + 1 - recording.pictures.length;
    expect(missing).toBeLessThan(rate); // up to the next key frame
    expect(recording.spanMs).toBeGreaterThan(3000);
    expect(pace).toBeGreaterThan(0.97);
  });

  it("with one IDR picture ever goes on at the next recovery point", async () => {
    const units = accessUnits(await makeOddFile("one-idr-in-90s.h264", folder.path)).slice(0, 8 * rate);
    units[60] = withSlice(units[60] ?? unitOf(""), (header) => header | 0x80);
    const program = start(stdinArgs);
    const [{ path, recording, exitCode, pace }] = await Promise.all([watch(program), feed(program, units)]);
    expect(exitCode).toBe(0);
    expect(recording.pictures.length).toBeGreaterThanOrEqual(units.length - rate);
    expect((await decodedFrames(path))[0]).toBe(recording.pictures.length);
    expect(pace).toBeGreaterThan(0.97);
  });

  it("ends when it is no H.264 any more, and says how many units came and which was the first", async () => {
    const units = accessUnits(await makeOddFile("one-idr-in-90s.h264", folder.path)).slice(0, 2 * rate);
    const damaged = Array.from({ length: 14 * rate }, () => unitOf("e59a80"));
    const program = start(stdinArgs);
    const [{ exitCode, stderr }] = await Promise.all([watch(program), feed(program, [...units, ...damaged])]);
    expect(exitCode).toBe(19);
    expect(stderr).toMatch(
      /flvcast: stdin: \d+ units in a row are unusable; the first: H.264: a NAL unit with forbidden_zero_bit set\n$/,
    );
  });
});

it("what is left of H.264 whose units are damaged at random decodes without a complaint", async () => {
  const path = folder.file("slices.h264");
  const x264 = ["-c:v", "libx264", "-tune", "zerolatency", "-g", "12", "-x264-params", "aud=1:slices=3"];
  await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=6"].concat(
      x264,
      "-f",
      "h264",
      path,
    ),
  );
  const units = accessUnits(path);
  for (let seed = 1; seed <= 8; seed++) {
    const random = new Random(seed);
    const track = new H264Track();
    const packets = units.flatMap((unit, index) =>
      track.push(withRandomDamage(unit, random), index * 40_000),
    );
    const stream = packets.flatMap((packet) =>
      packet.kind === "video-config" ? packet.parameterSets : packet.units,
    );
    writeFileSync(path, joinAnnexB(stream));
    expect(await decodeComplaints(path), `seed ${seed}`).toBe("");
    expect(packets.length, `seed ${seed}`).toBeGreaterThan(20);
    expect(track.drops.take()?.damaged, `seed ${seed}`).toBeGreaterThan(2);
  }
});

/** One unit in fifty has forbidden_zero_bit set, and one in fifty comes with another that means nothing. */
function withRandomDamage(accessUnit: Uint8Array, random: Random): Uint8Array {
  const units = splitAnnexB(accessUnit).flatMap((unit) => {
    const chance = random.between(1, 50);
    if (chance === 1) return [withByte(Buffer.from(unit), 0, (header) => header | 0x80)];
    return chance === 2 ? [unit, Uint8Array.of(0x60 | random.between(22, 31), 1, 2, 3)] : [unit];
  });
  return joinAnnexB(units);
}
