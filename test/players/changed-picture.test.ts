import { afterAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { type ChangingStream, type Shape, startChangingStream } from "./changing-stream.ts";
import { chromium } from "./chromium.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { ffplay } from "./ffplay.ts";
import { gstreamer } from "./gstreamer.ts";
import { mpv } from "./mpv.ts";
import type { Player } from "./report.ts";
import { vlc } from "./vlc.ts";

const players: readonly Player[] = [chromium, ffmpeg, ffplay, vlc, mpv, gstreamer];
const wide: Shape = { size: "640x360", profile: "high" };
const changes: readonly (readonly [what: string, next: Shape])[] = [
  ["another profile", { size: "640x360", profile: "baseline" }],
  ["a smaller picture", { size: "320x240", profile: "high" }],
  ["a larger picture", { size: "1280x720", profile: "high" }],
];

const PLAY_SECONDS = 14;
/** When the picture is exchanged, from the start of the player: all of them play by then. */
const CHANGE_AFTER_MS = 8000;

/** What mpegts.js says of settings that change, and of a start at which picture and sound are apart. */
const toldByMpegts =
  /AVCDecoderConfigurationRecord has been changed|Found another onMetaData tag|StartupStallJumper/;

const streams: ChangingStream[] = [];
afterAll(() => Promise.all(streams.map((stream) => stream.stop())));

describe.each(changes)("a picture that becomes %s", (_, next) => {
  it.for(players)("plays on in $name", async (player, { skip }) => {
    if (findProgram(...player.programs) === null) {
      console.log(`skipped: ${player.name}: it is not installed`);
      skip();
    }
    const stream = await startChangingStream(wide);
    streams.push(stream);
    const change = setTimeout(() => void stream.change(next), CHANGE_AFTER_MS);
    const { complaints, video, playedMs } = await player.play(stream.url, PLAY_SECONDS);
    clearTimeout(change);
    await stream.stop();
    expect(complaints.filter((line) => !toldByMpegts.test(line))).toEqual([]);
    expect(playedMs).toBeGreaterThan(PLAY_SECONDS * 1000 - 3000);
    expect(video?.frames).toBeGreaterThan(PLAY_SECONDS * 25 * 0.8);
  });
});
