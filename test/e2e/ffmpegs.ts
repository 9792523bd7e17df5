import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const cacheFolder = join(homedir(), ".cache", "flvcast-ffmpegs");

/** Every ffmpeg to try: the system's, those that FLVCAST_TEST_FFMPEGS lists, those in the cache folder. */
export function findFfmpegs(): readonly string[] {
  const listed = (process.env["FLVCAST_TEST_FFMPEGS"] ?? "").split(delimiter).filter((path) => path !== "");
  const cached = existsSync(cacheFolder)
    ? readdirSync(cacheFolder)
        .map((name) => join(cacheFolder, name, "ffmpeg"))
        .filter(existsSync)
    : [];
  const others = [...new Set([...listed, ...cached])];
  if (others.length === 0)
    console.log("skipped: other ffmpegs than the system's: FLVCAST_TEST_FFMPEGS lists none");
  return ["ffmpeg", ...others];
}
