import { make } from "./elements.ts";

const VOLUME_STEP = 0.05;

/** What every player of the page can be told with a key. */
export interface PlayerCommands {
  togglePause(): void;
  toggleSound(): void;
  setVolume(volume: number): void;
  toggleFullScreen(): void;
  togglePanel(kind: "keys"): void;
  closePanel(): void;
}

/** A key of a player; `key` in lower case, as `KeyboardEvent.key` has it, and `shift+` before it where that makes a difference. */
export interface Key<Commands> {
  readonly key: string;
  readonly act: (commands: Commands, volume: number) => void;
}

/** Keys that belong together: how they are printed, and what they do. */
export interface Shortcut<Commands> {
  readonly caps: readonly string[];
  readonly does: string;
  readonly keys: readonly Key<Commands>[];
}

/** In hundredths: ten steps of 0.05 down from 0.5 end at 0, which is silence, and not just above it. */
const moved = (volume: number, by: number) => Math.max(0, Math.min(1, Math.round((volume + by) * 100) / 100));

const pause: Key<PlayerCommands>["act"] = (commands) => commands.togglePause();

/** Of every player, first in the list. */
export const playerKeys: readonly Shortcut<PlayerCommands>[] = [
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
      { key: "arrowup", act: (commands, now) => commands.setVolume(moved(now, VOLUME_STEP)) },
      { key: "arrowdown", act: (commands, now) => commands.setVolume(moved(now, -VOLUME_STEP)) },
    ],
  },
  { caps: ["F"], does: "Full screen", keys: [{ key: "f", act: (commands) => commands.toggleFullScreen() }] },
];

/** Of every player, last in the list. */
export const helpKeys: readonly Shortcut<PlayerCommands>[] = [
  {
    caps: ["?"],
    does: "Keyboard shortcuts",
    keys: [{ key: "?", act: (commands) => commands.togglePanel("keys") }],
  },
  { caps: ["Esc"], does: "Close", keys: [{ key: "escape", act: (commands) => commands.closePanel() }] },
];

/** Keys that turn something on or off: held down, they act once. Others step on and on. */
const SWITCHES = /^[a-z ?]$/;

/** The keys of a player, wherever the focus is but in a field for text. */
export function listenToKeys<Commands>(
  shortcuts: readonly Shortcut<Commands>[],
  commands: Commands,
  volume: () => number,
  signal: AbortSignal,
): void {
  const actions = new Map(shortcuts.flatMap(({ keys }) => keys.map(({ key, act }) => [key, act] as const)));
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const key = event.key.toLowerCase();
    const act = (event.shiftKey ? actions.get(`shift+${key}`) : undefined) ?? actions.get(key);
    if (act === undefined) return;
    event.preventDefault();
    if (!event.repeat || !SWITCHES.test(key)) act(commands, volume());
  };
  document.addEventListener("keydown", listen, { signal });
}

/** What keeps the focus once it was used takes keys itself: a slider the arrows, a list of choices those up and down. */
function isTaken({ key, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range" || key.startsWith("Arrow");
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return key === " " || key === "ArrowUp" || key === "ArrowDown";
  return key === " " && target instanceof HTMLButtonElement;
}

/** The keys, for those who ask for them. */
export function keysList<Commands>(shortcuts: readonly Shortcut<Commands>[]): HTMLElement {
  const rows = shortcuts.map(({ caps, does }) => {
    const keys = caps.map((cap) => make("kbd", { text: cap }));
    return make("div", {}, make("dt", { text: does }), make("dd", {}, ...keys));
  });
  return make("dl", { class: "figures" }, ...rows);
}
