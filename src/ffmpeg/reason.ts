import { type ExitReason, UserError } from "../failure.ts";
import type { Exit } from "./process.ts";

/**
 * What ffmpeg's own words mean for the user. Exit codes differ from version to version, the texts hardly.
 * The first that matches any of the last lines counts; the order is from the particular to the general.
 */
const REASONS: readonly { readonly text: RegExp; readonly reason: ExitReason }[] = [
  {
    text: /Unknown encoder|Error initializing output stream|Error while opening encoder/,
    reason: "noEncoder",
  },
  { text: /Cannot open display|Can't open display/, reason: "deviceAbsent" },
  { text: /Permission denied|Operation not permitted/, reason: "permission" },
  { text: /\b(401|403) |401 Unauthorized|403 Forbidden/, reason: "permission" },
  { text: /Device or resource busy/, reason: "deviceBusy" },
  { text: /No such file or directory|No such device|No such process/, reason: "deviceAbsent" },
  {
    text: /Connection refused|Connection timed out|No route to host|Network is unreachable|Connection reset/,
    reason: "deviceAbsent",
  },
  {
    text: /Failed to resolve hostname|Server returned|Protocol not found|\b404 |Option not found/,
    reason: "deviceAbsent",
  },
  {
    text: /Invalid data found|moov atom not found|does not contain any stream|Invalid argument/,
    reason: "brokenInput",
  },
  { text: /Conversion failed|Error while decoding|Input\/output error|End of file/, reason: "brokenInput" },
];

/** Lines that only repeat what another line says. */
const NO_REASON =
  /^(Error opening input files?\b|Last message repeated|Exiting normally|Conversion failed!|At least one output file)/;

/** The failure of one ffmpeg, in one line: what it was opening, and ffmpeg's own reason. */
export function failureOf(label: string, exit: Exit): UserError {
  if (exit.error !== null) {
    return new UserError("noFfmpeg", `ffmpeg could not be started: ${exit.error.message}`, {
      cause: exit.error,
    });
  }
  const words = ownWords(exit.stderr);
  const how = exit.signal === null ? `ended with ${exit.code}` : `was ended by ${exit.signal}`;
  return new UserError(
    reasonOf(exit.stderr),
    words === null
      ? `${label}: ffmpeg ${how} and gave no reason; try again with --verbose`
      : `${label}: ${words}`,
  );
}

function reasonOf(lines: readonly string[]): ExitReason {
  return REASONS.find(({ text }) => lines.some((line) => text.test(line)))?.reason ?? "failure";
}

/** The line that holds the reason: the last one that matches a known text, else the last that says something. */
function ownWords(lines: readonly string[]): string | null {
  const telling = lines.filter((line) => !NO_REASON.test(line));
  const known = telling.find((line) => REASONS.some(({ text }) => text.test(line)));
  const words = known ?? telling.at(-1) ?? lines.at(-1);
  return words === undefined
    ? null
    : words.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, "ffmpeg says: ").replace(/\.$/, "");
}
