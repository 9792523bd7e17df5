import { stripVTControlCharacters } from "node:util";
import { run } from "../run.ts";
import { linesOf, longestSpanMs, type Player, type PlayReport, trackOf } from "./report.ts";

/** Plays in real time into null outputs; its status line tells the time of each picture as it is shown. */
export const mpv: Player = { name: "mpv", programs: ["mpv"], play };

const track = (type: string) => `\${=current-tracks/${type}/codec:none}`;
const status = `STATUS|\${=time-pos}|${track("video")}|${track("audio")}\n`;

async function play(url: string, seconds: number): Promise<PlayReport> {
  const { stdout, stderr, overran } = await run(
    ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-input-terminal", `--length=${seconds}`].concat([
      "--msg-level=all=warn,statusline=status",
      `--term-status-msg=${status}`,
      url,
    ]),
    { killAfterMs: seconds * 1000 + 15_000 },
  );
  const lines = linesOf(stdout + stderr).map(stripVTControlCharacters);
  const shown = lines.filter((line) => line.startsWith("STATUS")).map((line) => line.split("|"));
  const hasVideo = shown.some((fields) => fields[2] !== "none");
  const hasAudio = shown.some((fields) => fields[3] !== "none");
  const timesMs = distinct(shown.map((fields) => Number(fields[1]) * 1000));
  const video = hasVideo ? trackOf(timesMs) : null;
  const audio = hasAudio ? { frames: null, timesMs: hasVideo ? [] : timesMs } : null;
  const complaints = lines.filter((line) => line.trim() !== "" && !line.startsWith("STATUS"));
  return {
    complaints: overran ? [...complaints, "mpv did not come to an end"] : complaints,
    video,
    audio,
    playedMs: longestSpanMs(video, audio),
  };
}

/** mpv repeats the status of a picture that is still shown. */
function distinct(timesMs: readonly number[]): readonly number[] {
  return timesMs.filter((timeMs, index) => Number.isFinite(timeMs) && timeMs !== timesMs[index - 1]);
}
