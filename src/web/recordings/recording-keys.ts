import { helpKeys, type PlayerCommands, playerKeys, type Shortcut } from "../keys.ts";
import type { MarkName } from "./clip.ts";

/** What may be open over the video. */
export type RecordingPanel = "calendar" | "download" | "keys";

/** What can be done with recordings. */
export interface RecordingCommands extends PlayerCommands {
  togglePanel(kind: RecordingPanel): void;
  /** By so much of what is recorded: a hole is no time. */
  seekBy(ms: number): void;
  /** To the first or the last moment of the day that is recorded. */
  seekToEnd(end: "first" | "last"): void;
  stepFrame(direction: 1 | -1): void;
  setRate(rate: number): void;
  changeRate(direction: 1 | -1): void;
  changeDay(direction: 1 | -1): void;
  zoom(direction: 1 | -1): void;
  mark(name: MarkName): void;
  toggleKeep(): void;
  goLive(): void;
}

const SECOND_MS = 1000;

export const recordingKeys: readonly Shortcut<RecordingCommands>[] = [
  ...playerKeys,
  {
    caps: ["←", "→"],
    does: "5 seconds back or forward",
    keys: [
      { key: "arrowleft", act: (commands) => commands.seekBy(-5 * SECOND_MS) },
      { key: "arrowright", act: (commands) => commands.seekBy(5 * SECOND_MS) },
    ],
  },
  {
    caps: ["Shift ←", "Shift →"],
    does: "1 minute back or forward",
    keys: [
      { key: "shift+arrowleft", act: (commands) => commands.seekBy(-60 * SECOND_MS) },
      { key: "shift+arrowright", act: (commands) => commands.seekBy(60 * SECOND_MS) },
    ],
  },
  {
    caps: ["Home", "End"],
    does: "First or last moment of the day",
    keys: [
      { key: "home", act: (commands) => commands.seekToEnd("first") },
      { key: "end", act: (commands) => commands.seekToEnd("last") },
    ],
  },
  {
    caps: ["PgUp", "PgDn"],
    does: "Previous or next day",
    keys: [
      { key: "pageup", act: (commands) => commands.changeDay(-1) },
      { key: "pagedown", act: (commands) => commands.changeDay(1) },
    ],
  },
  {
    caps: [",", "."],
    does: "1 frame back or forward",
    keys: [
      { key: ",", act: (commands) => commands.stepFrame(-1) },
      { key: ".", act: (commands) => commands.stepFrame(1) },
    ],
  },
  {
    caps: ["<", ">"],
    does: "Slower or faster",
    keys: [
      { key: "<", act: (commands) => commands.changeRate(-1) },
      { key: ">", act: (commands) => commands.changeRate(1) },
    ],
  },
  {
    caps: ["+", "−"],
    does: "Zoom the day in or out",
    keys: [
      { key: "+", act: (commands) => commands.zoom(1) },
      { key: "=", act: (commands) => commands.zoom(1) },
      { key: "-", act: (commands) => commands.zoom(-1) },
    ],
  },
  {
    caps: ["I", "O"],
    does: "Start or end of a clip",
    keys: [
      { key: "i", act: (commands) => commands.mark("in") },
      { key: "o", act: (commands) => commands.mark("out") },
    ],
  },
  {
    caps: ["S"],
    does: "Keep this segment",
    keys: [{ key: "s", act: (commands) => commands.toggleKeep() }],
  },
  {
    caps: ["D"],
    does: "Download",
    keys: [{ key: "d", act: (commands) => commands.togglePanel("download") }],
  },
  { caps: ["L"], does: "Back to live", keys: [{ key: "l", act: (commands) => commands.goLive() }] },
  ...helpKeys,
];
