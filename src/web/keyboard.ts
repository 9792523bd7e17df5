import type { Commands } from "./controls.ts";

const VOLUME_STEP = 0.05;

/** The keys of a player, wherever the focus is but in a field for text. */
export function listenToKeys(commands: Commands, volume: () => number): void {
  const actions: Readonly<Record<string, () => void>> = {
    m: () => commands.toggleSound(),
    i: () => commands.toggleReadings(),
    c: () => commands.toggleClock(),
    s: () => commands.takeSnapshot(),
    p: () => commands.togglePictureInPicture(),
    f: () => commands.toggleFullScreen(),
    arrowup: () => commands.setVolume(Math.min(1, volume() + VOLUME_STEP)),
    arrowdown: () => commands.setVolume(Math.max(0, volume() - VOLUME_STEP)),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const action = actions[event.key.toLowerCase()];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** A slider takes the arrow keys itself. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
