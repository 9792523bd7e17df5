import { fileURLToPath } from "node:url";
import type { ProgramOptions } from "./program.ts";

const fakePath = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));

/** What makes a cast run the fake ffmpeg, for a picture alone. */
export const fakeArgs = ["--device", "test", "--audio", "none", "--ffmpeg", fakePath] as const;

/** The steps for the fake ffmpeg to take: see its head. */
export function taking(...steps: readonly object[]): Pick<ProgramOptions, "env"> {
  return { env: { FAKE_FFMPEG: JSON.stringify(steps) } };
}

/** Two seconds of pictures, as ffmpeg 7.1 wrote them to its pipe. */
export const picturesPath = fileURLToPath(new URL("../fixtures/video-7.1.nut", import.meta.url));
