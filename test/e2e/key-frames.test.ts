import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { freshStateFolder } from "../state-folder.ts";
import { makeFolder } from "./folder.ts";
import { until } from "./processes.ts";
import { Program, start, stopAll } from "./program.ts";
import type { Recording } from "./recording.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/**
 * ffmpeg with a driver that ignores forced key frames, which in truth is libx264, and a camera that falls from 30 to 5
 * frames a second after four seconds. Its time goes by eight times as fast.
 */
const log = folder.file("commands");
const ignoringFfmpeg = folder.file("ffmpeg");
writeFileSync(
  ignoringFfmpeg,
  `#!/bin/sh
echo "$@" >> ${log}
skip=
for word do
  shift
  if [ -n "$skip" ]; then skip=; continue; fi
  case $word in
    -preset | -tune | -rc | -delay | -zerolatency | -forced-idr | -force_key_frames) skip=1 ;;
    h264_nvenc) set -- "$@" libx264 -preset superfast -tune zerolatency -sc_threshold 0 ;;
    format=yuv420p) set -- "$@" "select='lt(t,4)+not(mod(n,6))',$word" ;;
    -re) set -- "$@" -readrate 8 ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec ffmpeg "$@"
`,
  { mode: 0o755 },
);

/** What the streams were told of key frames; the encoder's probe is not a stream. */
const planned = () =>
  [...readFileSync(log, "utf8").matchAll(/^(?!.*trim=end_frame).* (-g \d+(?: -force_key_frames)?)/gm)].map(
    ([, words]) => words,
  );

/** How many pictures each GOP has, but for the one that goes on. */
function gopLengths({ pictures }: Recording): readonly number[] {
  const keys = [...pictures.entries()].flatMap(([index, { isKey }]) => (isKey ? [index] : []));
  return keys.slice(1).map((index, nth) => index - (keys[nth] ?? 0));
}

it("key frames that come late of a camera that slows down come in time from the next restart on", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), CACHE_DIRECTORY: folder.file("cache") };
  const small = ["--device", "test", "--audio", "none", "--size", "320x180"];
  const program = start(
    [...small, "--encoder", "h264_nvenc", "--ffmpeg", ignoringFfmpeg, "--name", "night"],
    { env },
  );
  const viewer = new Viewer(await program.firstLine());
  await until("it is said", () => program.stderr.includes("key frames 6.0 s apart instead of 1 s"));
  await viewer.until(({ recording }) => gopLengths(recording).length > 8);
  expect(new Set(gopLengths(viewer.recording))).toEqual(new Set([30]));
  expect(planned()).toEqual(["-g 30"]); // nothing begins again by itself

  expect(await new Program(["restart", "night"], { env }).ended).toMatchObject({ exitCode: 0 });
  await until("it is back", () => program.stderr.includes("test is back"));
  const before = gopLengths(viewer.recording).length;
  await viewer.until(({ recording }) => gopLengths(recording).length > before + 20);
  viewer.leave();
  const { exitCode, stderr } = await program.stop();
  expect({ exitCode, lines: stderr.trim().split("\n").length }).toEqual({ exitCode: 0, lines: 2 });
  expect(planned()).toEqual(["-g 30", "-g 5"]);
  expect(new Set(gopLengths(viewer.recording).slice(-15))).toEqual(new Set([5]));
});
