import { afterAll, expect, it } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { findProgram, mustRun } from "../run.ts";
import { chromium, flvJs, flvJsPath } from "./chromium.ts";
import { type Row, rows } from "./codec-rows.ts";
import { decode } from "./ffmpeg.ts";
import { FILM_FPS } from "./films.ts";
import { gstreamer } from "./gstreamer.ts";
import { mpv } from "./mpv.ts";
import { ownPage } from "./own-page.ts";
import { backwardSteps, type Player, type PlayReport } from "./report.ts";
import { vlc } from "./vlc.ts";

const playSeconds = Number(process.env["FLVCAST_PLAY_SECONDS"] ?? 20);
/** Rows whose name this matches. */
const only = process.env["FLVCAST_TEST_ROWS"] ?? "";
/** Frames that a player may miss while it opens and closes, or while this machine is busy. */
const ALLOWED_LOSS = 0.2;

const ffmpegs: readonly Player[] = await Promise.all(
  findFfmpegs().map(async (path) => {
    const { stdout } = await mustRun([path, "-version"]);
    const version = /^ffmpeg version n?(\d+\.\d+)/.exec(stdout)?.[1] ?? "";
    return {
      name: `ffmpeg ${version}`,
      programs: path === "ffmpeg" ? [path] : [],
      play: (url, seconds) => decode(url, seconds, path),
    } satisfies Player;
  }),
);
const programs: readonly Player[] = [...ffmpegs, vlc, mpv, gstreamer];
const pages: readonly Player[] = [
  { ...chromium, name: "mpegts.js" },
  ...(flvJsPath === undefined ? [] : [{ ...flvJs, name: "flv.js" }]),
  ownPage,
];
if (flvJsPath === undefined) console.log("skipped: flv.js: FLVCAST_TEST_FLVJS does not say where it is");
const players = [...programs, ...pages].filter(({ name, programs: names }) => {
  const isThere = names.length === 0 || findProgram(...names) !== null;
  if (!isThere) console.log(`skipped: ${name}: it is not installed`);
  return isThere;
});

/** Which cells have been measured, by row. */
const table = new Map<string, Map<string, Seen>>();
afterAll(() => console.log(printed()));

it.for(rows.filter(({ name }) => new RegExp(only).test(name)))(
  "$name plays wherever it should",
  { timeout: 400_000 },
  async (row) => {
    const stream = await row.start();
    try {
      await Promise.all(programs.map((one) => watch(row, one, stream.url)));
      // Browsers paint without a GPU here: each needs the CPU for itself.
      for (const one of pages) await watch(row, one, stream.url);
      for (const one of players.filter((player) => mustPlay(row, player) && !plays(row, player)))
        await watch(row, one, stream.url); // six at once may have been too much for this machine
    } finally {
      await stream.stop();
    }
    const seen = [...(table.get(row.name) ?? [])].map(([name, { words, backwards }]) => ({
      name,
      words,
      backwards,
    }));
    const wrong = seen.filter(
      ({ name, words }) => row.plays.some((column) => column === name) && words !== "yes",
    );
    expect(wrong).toEqual([]);
    expect(seen.filter(({ words, backwards }) => words === "yes" && backwards.length > 0)).toEqual([]);
  },
);

const mustPlay = ({ plays: columns }: Row, { name }: Player) => columns.some((column) => column === name);
const plays = ({ name }: Row, player: Player) => table.get(name)?.get(player.name)?.words === "yes";

interface Seen {
  readonly words: string;
  readonly backwards: readonly string[];
}

async function watch({ name }: Row, player: Player, url: string): Promise<void> {
  if (!players.includes(player)) return;
  const seen = await player.play(url, playSeconds).then(judge, failed);
  console.log(`${name} in ${player.name}: ${seen.words}`);
  table.set(name, (table.get(name) ?? new Map<string, Seen>()).set(player.name, seen));
}

/** One that never began to play. */
function failed(error: unknown): Seen {
  const [first = ""] = String(error instanceof Error ? error.message : error).split("\n");
  return { words: `no: ${first}`, backwards: [] };
}

function judge({ complaints, video, audio }: PlayReport): Seen {
  const frames = video?.frames ?? 0;
  const backwards = backwardSteps(video?.timesMs ?? []);
  const isWhole = frames > playSeconds * FILM_FPS * (1 - ALLOWED_LOSS) && audio !== null;
  if (isWhole && complaints.length === 0) return { words: "yes", backwards };
  const tracks = [frames > FILM_FPS ? "video" : "", audio === null ? "" : "audio"].filter(
    (track) => track !== "",
  );
  const verdict = isWhole ? "complains" : tracks.length === 0 ? "no" : `${tracks.join(", ")} only`;
  return { words: `${verdict}: ${frames} frames; ${complaints[0] ?? "no complaint"}`, backwards };
}

/** The table as docs/codecs.md has it; what a player said is above. */
function printed(): string {
  const columns = players.map(({ name }) => name);
  const body = [...table].map(([name, seen]) =>
    line([name, ...columns.map((column) => (seen.get(column)?.words ?? "–").replace(/:.*/s, ""))]),
  );
  return [line(["Stream", ...columns]), line(["Stream", ...columns].map(() => "---")), ...body].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
