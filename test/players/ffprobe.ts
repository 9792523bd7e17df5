import { run } from "../run.ts";
import { linesOf, longestSpanMs, type Player, type PlayReport, trackOf } from "./report.ts";

/** Reads packets without decoding them: the judge of the container and of the decoding times. */
export const ffprobe: Player = { name: "ffprobe", programs: ["ffprobe"], play };

async function play(url: string, seconds: number): Promise<PlayReport> {
  const entries = "packet=codec_type,dts_time";
  const { stdout, stderr, overran } = await run(
    ["ffprobe", "-v", "warning", "-read_intervals", `%+${seconds}`].concat([
      "-show_entries",
      entries,
      "-of",
      "csv=print_section=0",
      url,
    ]),
    { killAfterMs: seconds * 1000 + 15_000 },
  );
  const packets = linesOf(stdout).map((line) => line.split(","));
  const timesMs = (type: string) =>
    packets.filter((packet) => packet[0] === type).map((packet) => Math.round(Number(packet[1]) * 1000));
  const video = trackOf(timesMs("video"));
  const audio = trackOf(timesMs("audio"));
  const complaints = [...linesOf(stderr), ...(overran ? ["ffprobe did not come to an end"] : [])];
  return { complaints, video, audio, playedMs: longestSpanMs(video, audio) };
}
