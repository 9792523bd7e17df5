import type { Commands } from "./controls.ts";

const VOLUME_STEP = 0.05;

/** The keys of a player, wherever the focus is but in a field for text. */
export function listenToKeys(commands: Commands, volume: () => number): void {
  const actions: Readonly<Record<string, () => void>> = {
    m: () => commands.toggleSound(),
    i: () => commands.toggleStats(),
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

const IDLE_AFTER_MS = 3500;

/** Marks an element `data-idle` while nobody moves, types or is busy with it: for a wall, nothing but the picture. */
export function watchIdle(element: HTMLElement, isBusy: () => boolean): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    if (isBusy()) timer = setTimeout(rest, IDLE_AFTER_MS);
    else element.dataset["idle"] = "";
  };
  const wake = () => {
    clearTimeout(timer);
    delete element.dataset["idle"];
    timer = setTimeout(rest, IDLE_AFTER_MS);
  };
  for (const event of ["pointermove", "pointerdown", "keydown", "focusin"]) {
    document.addEventListener(event, wake, { passive: true });
  }
  wake();
}
