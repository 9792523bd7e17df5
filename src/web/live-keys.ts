import type { Commands } from "./controls.ts";
import { helpKeys, playerKeys, type Shortcut } from "./keys.ts";

export const liveKeys: readonly Shortcut<Commands>[] = [
  ...playerKeys,
  {
    caps: ["P"],
    does: "Picture in picture",
    keys: [{ key: "p", act: (commands) => commands.togglePictureInPicture() }],
  },
  { caps: ["S"], does: "Save snapshot", keys: [{ key: "s", act: (commands) => commands.takeSnapshot() }] },
  { caps: ["C"], does: "Clock", keys: [{ key: "c", act: (commands) => commands.toggleClock() }] },
  { caps: ["L"], does: "Links", keys: [{ key: "l", act: (commands) => commands.togglePanel("links") }] },
  { caps: ["I"], does: "Stats", keys: [{ key: "i", act: (commands) => commands.togglePanel("stats") }] },
  {
    caps: ["R"],
    does: "Recordings, if there are any",
    keys: [{ key: "r", act: (commands) => commands.openRecordings() }],
  },
  ...helpKeys,
];
