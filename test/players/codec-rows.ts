import { type RunningStream, startFlvcast } from "../start-flvcast.ts";
import { type FilmAudio, type FilmVideo, film } from "./films.ts";
import { startPublished } from "./published.ts";

/** The columns: each a player, or all the players that read FLV with the same library. */
export type Column = "ffmpeg 5.1" | "ffmpeg 7.1" | "ffmpeg 9.0" | "VLC" | "mpv" | "GStreamer" | PageColumn;
type PageColumn = "mpegts.js" | "flv.js" | "flvcast's page";

/** A stream of codecs, and which players must play it. */
export interface Row {
  readonly name: string;
  readonly plays: readonly Column[];
  start(): Promise<Pick<RunningStream, "url" | "stderr" | "stop">>;
}

const old = ["ffmpeg 5.1", "VLC", "mpv"] as const;
const ffmpegs = [...old, "ffmpeg 7.1", "ffmpeg 9.0"] as const;
const every = [...ffmpegs, "GStreamer", "mpegts.js", "flv.js", "flvcast's page"] as const;
const page = "flvcast's page";

/** Passed through from a file, as from a camera. */
function copied(
  name: string,
  [video, audio, container]: readonly [FilmVideo, FilmAudio, "mp4" | "ts"],
  plays: readonly Column[],
  args: readonly string[] = [],
): Row {
  const start = async () =>
    await startFlvcast(["--device", await film(video, audio, container), "--copy", "--loop", ...args]);
  return { name, plays, start };
}

/** Published over RTMP, in real time. */
function published(name: string, audio: FilmAudio, plays: readonly Column[]): Row {
  const command = async (url: string) => [
    ...["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1"],
    ...["-i", await film("h264", audio, "mkv"), "-c", "copy", "-f", "flv", url],
  ];
  return { name, plays, start: () => startPublished({ name, programs: [], command }) };
}

const id12 = ["--flv-hevc", "id12"];
const g711Players = [...ffmpegs, "GStreamer", page] as const;

export const rows: readonly Row[] = [
  copied("H.264 + AAC", ["h264", "aac", "mp4"], every),
  copied("H.264 with B-frames + AAC", ["h264-b", "aac", "ts"], every),
  copied("H.264 + AAC 5.1", ["h264", "aac-5.1", "mp4"], every),
  copied("H.264 + MP3", ["h264", "mp3", "ts"], every),
  copied("H.264 + Opus", ["h264", "opus", "mp4"], ["ffmpeg 9.0", "mpegts.js", page]),
  copied("H.264 + Opus in 10 ms packets", ["h264", "opus-10ms", "mp4"], ["ffmpeg 9.0", page]),
  copied("H.264 + Opus 5.1", ["h264", "opus-5.1", "mp4"], ["ffmpeg 9.0", "mpegts.js", page]),
  published("H.264 + A-law", "a-law", g711Players),
  published("H.264 + µ-law", "mu-law", g711Players),
  copied("H.265 as `hvc1` + AAC", ["hevc", "aac", "mp4"], ["ffmpeg 7.1", "ffmpeg 9.0"]),
  copied("H.265 as `hvc1`, B-frames + AAC", ["hevc-b", "aac", "ts"], ["ffmpeg 7.1", "ffmpeg 9.0"]),
  copied("H.265 as id 12 + AAC", ["hevc", "aac", "mp4"], ["ffmpeg 9.0"], id12),
  copied("H.265 as id 12, B-frames + AAC", ["hevc-b", "aac", "ts"], ["ffmpeg 9.0"], id12),
  copied("H.265 as `hvc1` + Opus", ["hevc", "opus", "mp4"], ["ffmpeg 9.0"]),
  copied("AV1 (libaom) + AAC", ["av1-aom", "aac", "mp4"], ["ffmpeg 7.1", "ffmpeg 9.0", page]),
  copied("AV1 (SVT-AV1 1.4) + AAC", ["av1-svt", "aac", "mp4"], ["ffmpeg 7.1", "ffmpeg 9.0", page]),
  copied("AV1 (SVT-AV1 4.2) + AAC", ["av1-svt-newest", "aac", "mp4"], ["ffmpeg 7.1", "ffmpeg 9.0", page]),
];
