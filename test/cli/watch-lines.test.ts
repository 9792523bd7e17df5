import { expect, test } from "vitest";
import { watchLines } from "../../src/cli/watch-lines.ts";

const open = {
  url: "http://127.0.0.1:8080/live/test.flv",
  pageUrl: "http://127.0.0.1:8080/watch/test",
  isPublic: false,
};
const locked = {
  url: "http://192.168.1.7:8080/live/garden.flv?token=ionic-satin-chomp-grab-tux",
  pageUrl: "http://192.168.1.7:8080/watch/garden?token=ionic-satin-chomp-grab-tux",
  isPublic: true,
};

/** The screen of a terminal on which stdout writes the URL, or does not. */
const screen = (shown: typeof open, hasUrl: boolean) => {
  const { above, below } = watchLines(shown, { hasUrl });
  return `${above}${hasUrl ? `${shown.url}\n` : ""}${below}`;
};

const OPEN = `\
Watch      http://127.0.0.1:8080/watch/test                 browser
Players    http://127.0.0.1:8080/live/test.flv
Only this machine can watch; for your network: --host 0.0.0.0      Ctrl-C stops
`;
const LOCKED = `\
Watch      open this URL in a browser, here or on a phone
Players    open it in VLC, mpv or OBS
http://192.168.1.7:8080/live/garden.flv?token=ionic-satin-chomp-grab-tux
Ctrl-C stops
`;
const OPEN_TO_ALL = `\
Watch      http://127.0.0.1:8080/watch/test                 browser, phone
Players    http://127.0.0.1:8080/live/test.flv
Ctrl-C stops
`;

test.each([
  ["of this machine", open, OPEN],
  ["with a token", locked, LOCKED],
  ["open to all", { ...open, isPublic: true }, OPEN_TO_ALL],
])("a stream %s looks the same whether stdout writes its URL or goes elsewhere", (_which, shown, text) => {
  for (const hasUrl of [true, false]) expect(screen(shown, hasUrl)).toBe(text);
});

test("the token is there once", () => {
  for (const hasUrl of [true, false]) expect(screen(locked, hasUrl).split("ionic-")).toHaveLength(2);
});
