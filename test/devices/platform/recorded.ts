import { readFileSync } from "node:fs";

/** A listing in test/fixtures/linux; its README says how it was made. */
export function recorded(name: string): string {
  return readFileSync(`test/fixtures/linux/${name}.txt`, "utf8");
}

/** The ffmpeg versions whose listings are recorded. */
export const FFMPEG_VERSIONS = ["5.1", "7.1", "9.0"];
