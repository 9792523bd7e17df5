import type { Environment, Io } from "./command.ts";

const TEXT = "  Starting";
const ERASE = "\r\u001b[K";
/** With one of these, nobody waits for a spinner. */
const WITHOUT = /^(-h|--help|-q|--quiet|-v|--verbose|--json|--dry-run|--log-format(=.*)?)$/;

let isShown = false;

/** A word on the terminal at once, while all that a start takes is loaded: the spinner comes after it, in its place. */
export function showFirstSign(
  argv: readonly string[],
  env: Environment,
  { stderr }: Pick<Io, "stderr">,
): void {
  if (!stderr.isTTY || !(stderr.columns > 0) || env["NO_COLOR"]) return;
  if (argv.some((word) => WITHOUT.test(word)) || Object.keys(env).some((name) => ASKED.test(name))) return;
  isShown = true;
  stderr.write(TEXT);
}

/** The same, asked for by variables. */
const ASKED = /^FLVCAST_(QUIET|VERBOSE|JSON|DRY_RUN|LOG_FORMAT)$/;

/** Takes the word away, if it is there: something else is about to be written. */
export function eraseFirstSign({ stderr }: Pick<Io, "stderr">): void {
  if (!isShown) return;
  isShown = false;
  stderr.write(ERASE);
}
