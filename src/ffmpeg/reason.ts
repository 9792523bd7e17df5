import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import type { Exit } from "./process.ts";
import { NO_REASON, REASONS } from "./reasons.ts";

/**
 * The failure of one ffmpeg, in one line: what it was opening, what is wrong, what to do, and ffmpeg's own words.
 * `demuxer` is ffmpeg's name for the way it read a device (`v4l2`, `pulse`), null for files and URLs.
 */
export function failureOf(label: string, exit: Exit, demuxer: string | null = null): UserError {
  if (exit.error !== null) {
    return new UserError("noFfmpeg", `cannot start ffmpeg: ${exit.error.message}`, {
      cause: exit.error,
    });
  }
  const lines = exit.stderr.map((line) => ownWords(line, label));
  const telling = lines.filter((line) => !NO_REASON.some((noise) => noise.test(line)));
  for (const { text, reason, advice, isSummary, ...only } of REASONS) {
    if (only.demuxer !== undefined && only.demuxer !== demuxer) continue;
    if (only.label?.test(label) === false) continue;
    const at = telling.findIndex((line) => text.test(line));
    if (at === -1) continue;
    const words = (isSummary && telling[at - 1]) || telling[at];
    return new UserError(reason, `${label}: ${advice} (ffmpeg: ${words})`);
  }
  if (exit.code === 0 && telling.length === 0) {
    return new UserError("deviceAbsent", `${label} has ended; check that its source is still on`);
  }
  const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`;
  const last = telling.at(-1);
  return new UserError(
    "failure",
    last === undefined
      ? `${label}: ffmpeg ${how} without giving a reason (details: --verbose)`
      : `${label}: ffmpeg ${how}: ${last}`,
    { lastLines: exit.lastLines ?? exit.stderr },
  );
}

/** The demuxer that ffmpeg was told to read a source with; null where it finds out itself. */
export function demuxerOf({ inputOptions }: Pick<Source, "inputOptions">): string | null {
  const at = inputOptions.indexOf("-f");
  return at === -1 ? null : (inputOptions[at + 1] ?? null);
}

/** `[context @ 0x…]`, once or nested, and `[error]`, which `-loglevel level` adds. */
const CONTEXT = /^(?:\[(?:[^\]]* @ (?:0x)?[0-9a-f]+|[a-z]+)\] )+/;

/** A line without ffmpeg's contexts and without the input's name, which stands before it already. */
export function ownWords(line: string, label: string): string {
  const words = line.replace(CONTEXT, "").replace(/\.$/, "");
  return [`file:${label}: `, `${label}: `].reduce(
    (rest, name) => (rest.startsWith(name) ? rest.slice(name.length) : rest),
    words,
  );
}
