import { run } from "../run.ts";
import { linesOf, longestSpanMs, type Player, type PlayReport, trackOf } from "./report.ts";

/** ffmpeg's own player, without a window and without a sound card; its filters tell each picture and sound that passes. */
export const ffplay: Player = { name: "ffplay", programs: ["ffplay"], play };

async function play(url: string, seconds: number): Promise<PlayReport> {
  const { stderr, overran } = await run(
    ["ffplay", "-hide_banner", "-nostats", "-loglevel", "info"]
      .concat(["-vf", "showinfo=checksum=0", "-af", "ashowinfo"])
      .concat(["-i", url]),
    {
      env: { ...process.env, SDL_VIDEODRIVER: "dummy", SDL_AUDIODRIVER: "dummy" },
      interruptAfterMs: (seconds + 1) * 1000, // a live stream has no end that `-t` would wait for
      killAfterMs: seconds * 1000 + 15_000,
    },
  );
  const lines = linesOf(stderr);
  const video = trackOf(timesMs(lines, "showinfo"));
  const audio = trackOf(timesMs(lines, "ashowinfo"));
  const complaints = [
    ...lines.filter((line) => trouble.test(line)),
    ...(overran ? ["ffplay did not come to an end"] : []),
  ];
  return { complaints, video, audio, playedMs: longestSpanMs(video, audio) };
}

/** `[Parsed_showinfo_0 @ 0x…] n:   0 pts:      0 pts_time:0 …` */
function timesMs(lines: readonly string[], filter: string): readonly number[] {
  return lines.flatMap((line) => {
    const [, seconds] = new RegExp(`Parsed_${filter}_\\d.* pts_time: *([\\d.]+)`).exec(line) ?? [];
    return seconds === undefined ? [] : [Number(seconds) * 1000];
  });
}

const trouble = /error|invalid|corrupt|missing|discarded|concealing|non[- ]monoton/i;
