import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mustRun } from "../run.ts";

/** Where fetched footage is kept between runs. */
const cacheFolder = join(homedir(), ".cache", "flvcast-media");

/** Real footage: 15 s of a web cam with its microphone, 640x480, from the opencv-doc package of Debian. */
export async function webcamFootage(): Promise<string> {
  const path = join(cacheFolder, "box.mp4");
  if (!existsSync(path)) await fetchFromDebian(path);
  return path;
}

/** A minute of the web cam footage, with pictures and sound as a device would give them: 30/s, 48 kHz. */
export async function footageFile(): Promise<string> {
  return await made("footage-60s.mp4", async (path) =>
    ["-stream_loop", "-1", "-i", await webcamFootage(), "-t", "60"]
      .concat(["-r", "30", "-c:v", "libx264", "-preset", "superfast", "-bf", "0", "-pix_fmt", "yuv420p"])
      .concat(["-c:a", "aac", "-ar", "48000", path]),
  );
}

/** The same minute with three B-frames in a pyramid. */
export async function bFramesFile(): Promise<string> {
  return await made("b-frames-60s.mp4", async (path) =>
    [
      "-i",
      await footageFile(),
      "-c:v",
      "libx264",
      "-preset",
      "veryfast",
      "-bf",
      "3",
      "-b_strategy",
      "0",
    ].concat(["-g", "60", "-pix_fmt", "yuv420p", "-c:a", "copy", path]),
  );
}

/** The sound of the same minute, without pictures. */
export async function soundFile(): Promise<string> {
  return await made("sound-60s.m4a", async (path) => [
    "-i",
    await footageFile(),
    "-vn",
    "-c:a",
    "copy",
    path,
  ]);
}

/** A file in the cache that ffmpeg makes once; whole or not there at all. */
export async function made(
  name: string,
  args: (path: string) => Promise<readonly string[]>,
  ffmpeg = "ffmpeg",
): Promise<string> {
  const path = join(cacheFolder, name);
  if (existsSync(path)) return path;
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = join(cacheFolder, `unfinished-${process.pid}-${name}`);
  await mustRun(
    [ffmpeg, "-hide_banner", "-nostdin", "-loglevel", "error", "-y", ...(await args(unfinished))],
    { killAfterMs: 300_000 },
  );
  renameSync(unfinished, path);
  return path;
}

async function fetchFromDebian(path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-footage-"));
  try {
    // apt-get writes into the current folder: `env -C` is one that only this run uses
    const download = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", "opencv-doc"];
    await mustRun(["env", "-C", folder, ...download], { killAfterMs: 300_000 });
    await mustRun(["sh", "-c", 'dpkg-deb -x "$0"/opencv-doc_*.deb "$0"/opened', folder]);
    const packed = join(folder, "opened/usr/share/doc/opencv-doc/opencv4/html/box.mp4.gz");
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(path, gunzipSync(await readFile(packed)));
  } catch (cause) {
    throw new Error("no footage: the Debian package opencv-doc could not be fetched with apt-get", { cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
