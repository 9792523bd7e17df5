import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Folder } from "./folder.ts";
import type { ProgramOptions } from "./program.ts";

const fakePath = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));

/** What makes a stream run the fake ffmpeg, for a picture alone. */
export const fakeArgs = ["--device", "test", "--audio", "none", "--ffmpeg", fakePath] as const;

/** The steps for the fake ffmpeg to take: see its head. */
export function taking(...steps: readonly object[]): Pick<ProgramOptions, "env"> {
  return { env: { FAKE_FFMPEG: JSON.stringify(steps) } };
}

/** What makes a stream run the fake ffmpeg twice: once for the picture, once for the sound. */
export const twoFakesArgs = ["--device", "test", "--audio", "test", "--ffmpeg", fakePath] as const;

/** What each start of the fake ffmpeg is to do, in turn; the last list stands for all that follow. */
export interface Lives {
  readonly video?: readonly (readonly object[])[];
  readonly audio?: readonly (readonly object[])[];
}

/** The fake ffmpeg, with another life at each start. */
export function living(folder: Folder, lives: Lives): Pick<ProgramOptions, "env"> {
  const counts = mkdtempSync(join(folder.path, "lives-"));
  return { env: { FAKE_FFMPEG: JSON.stringify(lives), FAKE_FFMPEG_LIVES: counts } };
}

/** Two seconds of pictures, as ffmpeg 7.1 wrote them to its pipe. */
export const picturesPath = fileURLToPath(new URL("../fixtures/video-7.1.nut", import.meta.url));
