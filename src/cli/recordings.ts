import { keepSegment, recordingsOf } from "../control/ask.ts";
import {
  chooseStreams,
  findStream,
  notRunning,
  type RunningStream,
  runningStreams,
} from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { ListedSegment } from "../recordings/listed.ts";
import { recordingsOptions } from "../settings/control-options.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { Moment, RecordingsSettings } from "../settings/settings.ts";
import type { Command, Environment, Io } from "./command.ts";
import { recordingsText } from "./recordings-text.ts";

export const recordings: Command = {
  usage:
    "flvcast recordings [NAME] [--from TIME] [--to TIME] [--json]\n       flvcast recordings NAME --keep ID",
  description: "Lists what is recorded of running streams (start --record). NAME may also be a server.",
  flags: Object.values(recordingsOptions),
  examples: [
    ["flvcast recordings garden", "all recordings, and the gaps between them"],
    ["flvcast recordings garden --from 14:00", "today's from 14:00 on"],
    ["flvcast recordings garden --keep 20261129T140000Z", "never delete this one"],
    ["flvcast recordings garden --json | jq '.segments[].id'", "for scripts"],
  ],
  epilogue: "Exit code 3 if the stream is not running.",
  run: (flags, env, io) => runRecordings(flags, env, io),
};

interface Listed {
  readonly name: string;
  readonly segments: readonly ListedSegment[];
}

async function runRecordings(flags: FlagTexts, env: Environment, io: Io): Promise<number> {
  const settings = readSettings(recordingsOptions, flags, env);
  const { name, keep, noKeep, json } = settings;
  if (keep !== null && noKeep !== null)
    throw usage("--keep and --no-keep contradict each other: use one of them");
  const segment = keep ?? noKeep;
  if (segment !== null) {
    await keepSegment(await findStream(env, name), segment, keep !== null);
    return exitCodes.ok;
  }
  const lists = await listsOf(await meantStreams(env, name), name, settings);
  const [only] = lists;
  if (json)
    io.stdout.write(`${JSON.stringify(name !== null && only && lists.length === 1 ? only : lists)}\n`);
  else io.stdout.write(lists.map((one) => textOf(one, lists.length > 1)).join("\n"));
  return exitCodes.ok;
}

async function meantStreams(env: Environment, name: string | null): Promise<readonly RunningStream[]> {
  const all = await runningStreams(env);
  if (all.length === 0) throw notRunning(all, name);
  return name === null ? all : chooseStreams(all, [name]);
}

/** Of those that are recorded. @throws UserError where none is */
async function listsOf(
  streams: readonly RunningStream[],
  name: string | null,
  span: Pick<RecordingsSettings, "from" | "to">,
): Promise<readonly Listed[]> {
  const all = await Promise.all(
    streams.map(async (stream) => ({ name: stream.key, segments: await recordingsOf(stream) })),
  );
  const recorded = all.flatMap(({ name: key, segments }) =>
    segments === null ? [] : [{ name: key, segments }],
  );
  if (recorded.length === 0) {
    const what = name === null ? "no running stream is recorded" : `"${name}" is not recorded`;
    throw new UserError("failure", `${what}; start one with --record FOLDER`);
  }
  const nowMs = Date.now();
  const fromMs = span.from === null ? -Infinity : msOf(span.from, nowMs);
  const toMs = span.to === null ? Infinity : msOf(span.to, nowMs);
  if (fromMs >= toMs) throw usage("--from is not before --to");
  return recorded.map((one) => ({
    ...one,
    segments: one.segments.filter(
      ({ startMs, durationMs }) => startMs < toMs && startMs + durationMs > fromMs,
    ),
  }));
}

function msOf(moment: Moment, nowMs: number): number {
  if ("atMs" in moment) return moment.atMs;
  const today = new Date(nowMs);
  return today.setHours(0, moment.minuteOfToday, 0, 0);
}

function textOf({ name, segments }: Listed, isOneOfMany: boolean): string {
  return `${isOneOfMany ? `${name}:\n` : ""}${recordingsText(segments)}`;
}

const usage = (message: string) => new UserError("usage", message);
