import { type ExitReason, UserError } from "../failure.ts";
import type { Exit } from "./process.ts";

interface Reason {
  readonly text: RegExp;
  readonly reason: ExitReason;
  readonly advice: string;
}

/**
 * What ffmpeg's own words mean for the user, and what to do. Exit codes differ from version to version, the texts
 * hardly. The first that matches any of the last lines counts: from the particular to the general.
 */
const REASONS: readonly Reason[] = [
  {
    text: /Unknown encoder|Error initializing output stream|Error while opening encoder/,
    reason: "noEncoder",
    advice: "install an ffmpeg that has the encoder, or choose another with --encoder",
  },
  {
    text: /Cannot open display|Can't open display/,
    reason: "deviceAbsent",
    advice: "is $DISPLAY right, does an X server run there, and may this user open it (xhost)?",
  },
  {
    text: /401 Unauthorized|403 Forbidden/,
    reason: "permission",
    advice: "put the right user and password into the URL: scheme://USER:PASSWORD@host/…",
  },
  {
    text: /Permission denied|Operation not permitted/,
    reason: "permission",
    advice: "run as a user who may open it",
  },
  {
    text: /Device or resource busy/,
    reason: "deviceBusy",
    advice: "end the program that holds it, then try again",
  },
  {
    text: /Connection refused|Connection timed out|No route to host|Network is unreachable|Connection reset|Failed to resolve hostname|Name or service not known/,
    reason: "deviceAbsent",
    advice: "is the other end on, and the address right?",
  },
  { text: /Server returned|\b404 |Protocol not found/, reason: "deviceAbsent", advice: "is the URL right?" },
  {
    text: /No such (file|device|process)/,
    reason: "deviceAbsent",
    advice: "is it there, and its name right?",
  },
  {
    text: /Invalid data found|moov atom not found|does not contain any stream|Invalid argument/,
    reason: "brokenInput",
    advice: "is it a whole media file or stream? Give one that ffmpeg can read",
  },
  {
    text: /Conversion failed|Error while decoding|Input\/output error|End of file/,
    reason: "brokenInput",
    advice: "ffmpeg cannot read on: see its other lines with --verbose",
  },
];

/** Lines that only repeat what another line says. */
const NO_REASON =
  /^(Error opening input files?\b|Last message repeated|Exiting normally|Conversion failed!|At least one output file)/;

/** The failure of one ffmpeg, in one line: what it was opening, ffmpeg's own reason, and what to do. */
export function failureOf(label: string, exit: Exit): UserError {
  if (exit.error !== null) {
    return new UserError("noFfmpeg", `ffmpeg could not be started: ${exit.error.message}`, {
      cause: exit.error,
    });
  }
  const telling = exit.stderr.filter((line) => !NO_REASON.test(line));
  for (const { text, reason, advice } of REASONS) {
    const line = telling.find((words) => text.test(words));
    if (line !== undefined)
      return new UserError(reason, `${label}: ffmpeg says «${ownWords(line, label)}»: ${advice}`);
  }
  const how = exit.signal === null ? `ended with ${exit.code}` : `was ended by ${exit.signal}`;
  const last = telling.at(-1);
  return new UserError(
    "failure",
    last === undefined
      ? `${label}: ffmpeg ${how} and gave no reason: try again with --verbose`
      : `${label}: ffmpeg ${how}, and says «${ownWords(last, label)}»: see its other lines with --verbose`,
  );
}

/** A line without ffmpeg's `[context @ 0x…]` and without the input's name, which stands before it already. */
function ownWords(line: string, label: string): string {
  const words = line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, "").replace(/\.$/, "");
  return [`file:${label}: `, `${label}: `].reduce(
    (rest, name) => (rest.startsWith(name) ? rest.slice(name.length) : rest),
    words,
  );
}
