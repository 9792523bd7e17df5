import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { chromium } from "./chromium.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { ffprobe } from "./ffprobe.ts";
import { gstreamer } from "./gstreamer.ts";
import { mpv } from "./mpv.ts";
import {
  backwardSteps,
  type PicturePlayer,
  type Player,
  type PlayReport,
  spanMs,
  type TrackReport,
} from "./report.ts";
import { type Source, sources } from "./sources.ts";
import { vlc } from "./vlc.ts";

/** How long each player plays each source; shorter for development. */
const playSeconds = Number(process.env["FLVCAST_PLAY_SECONDS"] ?? 20);

/** Frames or time that a player may miss while it opens and closes, or while this machine is busy. */
const allowedLoss = 0.15;
const startupMs = 1500;

const players: readonly PicturePlayer[] = [ffprobe, ffmpeg, vlc, mpv, gstreamer, chromium];
/** Stays there: the pictures are for people to look at. */
let screenshots = "";

beforeAll(() => {
  screenshots = mkdtempSync(join(tmpdir(), "flvcast-screenshots-"));
  console.log(`screenshots: ${screenshots}`);
});

for (const source of sources) {
  describe(`watching ${source.name}`, () => {
    const lacking = missingProgram(source);
    let stream: Awaited<ReturnType<Source["start"]>> | undefined;

    beforeAll(async () => {
      if (lacking === null) stream = await source.start();
    });
    afterAll(async () => {
      if (stream === undefined) return;
      const exitCode = await stream.stop();
      if (exitCode !== 0) throw new Error(`flvcast ended with ${exitCode}\n${stream.stderr()}`);
    });

    for (const player of players) {
      it(`${player.name} plays ${source.name} for as long as it is watched`, async ({ skip }) => {
        const absent = lacking ?? missingPlayer(player);
        if (absent !== null) {
          console.log(`skipped: ${source.name} in ${player.name}: ${absent} is not installed`);
          skip();
        }
        if (stream === undefined) throw new Error(`${source.name} did not start`);
        const report = await player.play(stream.url, playSeconds, screenshotPath(source));
        console.log(`${source.name} in ${player.name}: ${summary(report)}`);
        expect(report.complaints).toEqual([]);
        expect({ video: report.video !== null, audio: report.audio !== null }).toEqual(source.tracks);
        expect(report.playedMs).toBeGreaterThan(playSeconds * 1000 * (1 - allowedLoss) - startupMs);
        if (report.video !== null) expectEvenTrack(report.video, stream.fps ?? 25, report.playedMs);
        if (report.audio !== null) expectEvenTrack(report.audio, null, report.playedMs);
      });
    }
  });
}

function missingPlayer(player: Player): string | null {
  return findProgram(...player.programs) === null ? player.programs.join(" or ") : null;
}

function missingProgram(source: Source): string | null {
  return source.programs.find((program) => findProgram(program) === null) ?? null;
}

/** No time steps back; and where the rate is known, there is a frame for every moment that was played. */
function expectEvenTrack(track: TrackReport, fps: number | null, playedMs: number): void {
  expect(backwardSteps(track.timesMs)).toEqual([]);
  if (fps === null || track.frames === null) return;
  const durationMs = track.timesMs.length > 0 ? spanMs(track.timesMs) : playedMs;
  expect(durationMs).toBeGreaterThan(playedMs * (1 - allowedLoss));
  expect(track.frames).toBeGreaterThan((durationMs / 1000) * fps * (1 - allowedLoss));
}

function screenshotPath(source: Source): string {
  return join(screenshots, `${source.name.replaceAll(" ", "-")}.png`);
}

function summary({ video, audio, playedMs }: PlayReport): string {
  return `${(playedMs / 1000).toFixed(1)} s, video ${framesOf(video)}, audio ${framesOf(audio)}`;
}

function framesOf(track: TrackReport | null): string {
  return track === null ? "none" : `${track.frames ?? "some"} frames`;
}
