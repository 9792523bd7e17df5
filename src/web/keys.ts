import type { Commands } from "./controls.ts";
import { make } from "./elements.ts";

const VOLUME_STEP = 0.05;

/** A key of the player; `key` in lower case, as `KeyboardEvent.key` has it. */
interface Key {
  readonly key: string;
  readonly act: (commands: Commands, volume: number) => void;
}

/** Keys that belong together: how they are printed, and what they do. */
interface Shortcut {
  readonly caps: readonly string[];
  readonly does: string;
  readonly keys: readonly Key[];
}

const pause: Key["act"] = (commands) => commands.togglePause();

const shortcuts: readonly Shortcut[] = [
  {
    caps: ["Space", "K"],
    does: "Pause or resume",
    keys: [
      { key: " ", act: pause },
      { key: "k", act: pause },
    ],
  },
  { caps: ["M"], does: "Mute or unmute", keys: [{ key: "m", act: (commands) => commands.toggleSound() }] },
  {
    caps: ["↑", "↓"],
    does: "Volume",
    keys: [
      { key: "arrowup", act: (commands, now) => commands.setVolume(Math.min(1, now + VOLUME_STEP)) },
      { key: "arrowdown", act: (commands, now) => commands.setVolume(Math.max(0, now - VOLUME_STEP)) },
    ],
  },
  { caps: ["F"], does: "Full screen", keys: [{ key: "f", act: (commands) => commands.toggleFullScreen() }] },
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
    caps: ["?"],
    does: "Keyboard shortcuts",
    keys: [{ key: "?", act: (commands) => commands.togglePanel("keys") }],
  },
  { caps: ["Esc"], does: "Close", keys: [{ key: "escape", act: (commands) => commands.closePanel() }] },
];

const actions = new Map(shortcuts.flatMap(({ keys }) => keys.map(({ key, act }) => [key, act] as const)));

/** The keys of a player, wherever the focus is but in a field for text. */
export function listenToKeys(commands: Commands, volume: () => number, signal: AbortSignal): void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const act = actions.get(event.key.toLowerCase());
    if (act === undefined) return;
    event.preventDefault();
    act(commands, volume());
  };
  document.addEventListener("keydown", listen, { signal });
}

/** A slider, which keeps the focus once it was moved, takes the arrow keys itself, and a button the space bar. */
function isTaken({ key, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range" || key.startsWith("Arrow");
  if (target instanceof HTMLTextAreaElement) return true;
  return key === " " && target instanceof HTMLButtonElement;
}

/** The keys, for those who ask for them. */
export function keysList(): HTMLElement {
  const rows = shortcuts.map(({ caps, does }) => {
    const keys = caps.map((cap) => make("kbd", { text: cap }));
    return make("div", {}, make("dt", { text: does }), make("dd", {}, ...keys));
  });
  return make("dl", { class: "figures" }, ...rows);
}
