import type { OnAir } from "../channel/description.ts";

/** What a person at a terminal reads around the URL that stdout has. */
export interface WatchLines {
  /** Before it; does not end its line where the URL is to stand in it. */
  readonly above: string;
  readonly below: string;
}

const LABEL_COLUMNS = 11;
const URL_COLUMNS = 48;
const COLUMNS = 80;
const STOP = "Ctrl-C stops";

/**
 * How to watch a stream: in a browser, and in players. A URL with its token is shown once, which does for both, and on a line
 * of its own, which it just about fits.
 * @param shown with its URLs as stdout has them, with the token or without
 * @param hasUrl whether stdout writes the URL on the same terminal; else all of it stands here
 */
export function watchLines(
  shown: Pick<OnAir, "url" | "pageUrl" | "isPublic">,
  { hasUrl }: { readonly hasUrl: boolean },
): WatchLines {
  const { url, pageUrl, isPublic } = shown;
  const browsers = isPublic ? "browser, phone" : "browser";
  const own = hasUrl ? "" : `${url}\n`;
  const last = lastLine(isPublic);
  if (new URL(url).search !== "") {
    const watch = `${label("Watch")}open this URL in a browser, here or on a phone\n`;
    const players = `${label("Players")}open it in VLC, mpv or OBS\n`;
    return { above: watch + players + own, below: last };
  }
  const watch = `${label("Watch")}${pageUrl.padEnd(URL_COLUMNS)} ${browsers}\n`;
  return { above: watch + label("Players") + own, below: last };
}

function label(text: string): string {
  return text.padEnd(LABEL_COLUMNS);
}

function lastLine(isPublic: boolean): string {
  if (isPublic) return `${STOP}\n`;
  const hint = "Only this machine can watch; for your network: --host 0.0.0.0";
  return `${hint}${STOP.padStart(COLUMNS - hint.length - 1)}\n`;
}
