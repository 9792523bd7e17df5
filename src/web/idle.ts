const IDLE_AFTER_MS = 3500;

/** Marks an element `data-idle` while nobody moves, types or is busy with it: for a wall, nothing but the video. */
export function watchIdle(element: HTMLElement, isBusy: () => boolean, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    if (signal.aborted) return;
    if (isBusy()) timer = setTimeout(rest, IDLE_AFTER_MS);
    else element.dataset["idle"] = "";
  };
  const wake = () => {
    clearTimeout(timer);
    delete element.dataset["idle"];
    timer = setTimeout(rest, IDLE_AFTER_MS);
  };
  for (const event of ["pointermove", "pointerdown", "keydown", "focusin"])
    document.addEventListener(event, wake, { passive: true, signal });
  wake();
}
