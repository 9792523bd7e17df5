import type { Environment, Io } from "./command.ts";

/** Of ora's spinner, its first frame. */
const FRAME = "\u001b[36m⠋\u001b[39m";
const ERASE = "\r\u001b[K";
/** With one of these, nobody waits for a spinner. */
const WITHOUT = /^(-h|--help|-q|--quiet|-v|--verbose|--json|--dry-run|--log-format(=.*)?)$/;

let isShown = false;

/** The spinner's first frame at once, while all that a start takes is loaded: ora comes after it, in its place. */
export function showFirstSign(
  argv: readonly string[],
  env: Environment,
  { stderr }: Pick<Io, "stderr">,
): void {
  if (!stderr.isTTY || !(stderr.columns > 0) || env["NO_COLOR"]) return;
  if (argv.some((word) => WITHOUT.test(word)) || Object.keys(env).some((name) => ASKED.test(name))) return;
  isShown = true;
  // A Linux console, and some terminals of Windows, have no Braille in their fonts.
  const hasBraille = env["TERM"] !== "linux" && process.platform !== "win32";
  stderr.write(`${hasBraille ? FRAME : " "} Starting`);
}

/** The same, asked for by variables. */
const ASKED = /^FLVCAST_(QUIET|VERBOSE|JSON|DRY_RUN|LOG_FORMAT)$/;

/** Takes the word away, if it is there: something else is about to be written. */
export function eraseFirstSign({ stderr }: Pick<Io, "stderr">): void {
  if (!isShown) return;
  isShown = false;
  stderr.write(ERASE);
}
