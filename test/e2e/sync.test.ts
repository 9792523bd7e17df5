import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measureFlashAndBeep, record } from "../players/flash-and-beep.ts";
import { findProgram, mustRun } from "../run.ts";
import { type Display, startDisplay } from "./display.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { buildFlasher, flasherNeeds } from "./flasher.ts";
import { makeFolder } from "./folder.ts";
import { start, stopAll } from "./program.ts";
import { type SoundServer, startSoundServer } from "./sound-server.ts";

const missing = flasherNeeds.filter((program) => findProgram(program) === null);
if (missing.length > 0) console.log(`sync: left out, for want of ${missing.join(", ")}`);

const RECORDED_S = 10;
/** The issue of the measure: half a picture's time at 60/s is 8 ms, and a flash is seen in the next picture. */
const ALLOWED_MS = 15;

describe.skipIf(missing.length > 0)("a camera and a microphone are two processes with one time", () => {
  const folder = makeFolder();
  const flasher = folder.file("flash-and-beep");
  let screen: Display;
  let sound: SoundServer;

  beforeAll(async () => {
    await buildFlasher(flasher);
    [screen, sound] = await Promise.all([startDisplay("320x240"), startSoundServer()]);
  });
  afterAll(async () => {
    await stopAll();
    await Promise.all([screen.stop(), sound.stop()]);
    folder.remove();
  });

  const cases = [
    ...findFfmpegs().map((path) => ["--ffmpeg", path]),
    ...["opus", "g711"].map((codec) => ["--audio-codec", codec]),
    ["--latency", "normal"],
  ];
  it.for(cases)("a flash and a beep of one instant stay together: %s %s", async (options, { task, skip }) => {
    const decoder = options.includes("opus") ? await opusReader() : "ffmpeg";
    if (decoder === null) return skip("no ffmpeg 8 or later, which reads Opus in FLV");
    const env = { ...process.env, DISPLAY: screen.name, ...sound.env };
    const flashing = spawn(flasher, [String(RECORDED_S + 20)], { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(flashing.stdout, "data");
    const stream = start(
      ["--device", "screen", "--fps", "60", "--audio", sound.source, ...options, "--encoder", "libx264"],
      { env },
    );
    const recording = folder.file(`${task.id}.flv`);
    await record(await stream.firstLine(), RECORDED_S, recording);
    const { exitCode } = await stream.stop();
    expect(exitCode).toBe(0);
    flashing.kill();
    const offsetsMs = (await measureFlashAndBeep(recording, decoder)).map(({ offsetMs }) => offsetMs);
    console.log(`audio - picture: ${offsetsMs.map((ms) => ms.toFixed(1)).join(" ")} ms`);
    expect(offsetsMs.length).toBeGreaterThanOrEqual(RECORDED_S - 2);
    expect(Math.abs(median(offsetsMs))).toBeLessThanOrEqual(ALLOWED_MS);
  });
});

async function opusReader(): Promise<string | null> {
  for (const path of findFfmpegs()) {
    const { stdout } = await mustRun([path, "-version"]);
    if (Number(/^ffmpeg version n?(\d+)/.exec(stdout)?.[1] ?? 0) >= 8) return path;
  }
  console.log("skipped: Opus: no ffmpeg 8 or later, which reads it in FLV");
  return null;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
