import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import type { StartSettings } from "../../src/settings/settings.ts";

/** One key frame, and fourteen frames behind it. */
export const video = readFileSync("test/fixtures/baseline.h264");

/** A stdin that a test writes video to. */
export function pipe(): PassThrough & NodeJS.ReadStream {
  return new PassThrough() as PassThrough & NodeJS.ReadStream; // as much of one as a capture reads
}

/** A stream of H.264 from stdin, which takes no ffmpeg, on a free port. */
export function piped(given: Partial<GivenSettings> = {}): StartSettings {
  return completeSettings({ device: "-", audio: "none", fps: 15, name: "cam", port: 0, ...given });
}

/** What the server of this URL answers with, by its status; null where nobody listens. */
export async function statusAt(url: string): Promise<number | null> {
  const response = await fetch(url, { headers: { Connection: "close" } }).catch(() => null);
  await response?.body?.cancel();
  return response?.status ?? null;
}
