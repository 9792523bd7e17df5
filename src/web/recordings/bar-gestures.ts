/** What is done to a bar with a mouse, fingers or a pen; `share`: 0 at its left, 1 at its right. */
export interface BarCommands {
  hover(share: number | null): void;
  /** It is held there, before it is let go. */
  drag(share: number): void;
  drop(share: number): void;
  cancel(): void;
  /** What was at a place goes to another one, or stays. */
  zoom(factor: number, share: number, toShare?: number): void;
  /** By a part of what is shown. */
  pan(share: number): void;
}

const WHEEL_STEP = 0.0016;
const LINE_PX = 32;

/** One finger seeks; two fingers zoom and pan, as does the wheel. */
export function listenToGestures(element: HTMLElement, commands: BarCommands): void {
  const fingers = new Map<number, number>();
  /** Once there were two, the one that is left seeks nowhere. */
  let isPinch = false;
  const shareOf = ({ clientX }: MouseEvent) => {
    const { left, width } = element.getBoundingClientRect();
    return (clientX - left) / width;
  };
  const pinchOf = () => {
    const [a = 0, b = 0] = fingers.values();
    return { middle: (a + b) / 2, apart: Math.max(0.01, Math.abs(a - b)) };
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || fingers.size === 2) return;
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, shareOf(event));
    isPinch = fingers.size === 2;
    if (isPinch) commands.cancel();
    else commands.drag(shareOf(event));
  });
  element.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) {
      if (event.pointerType !== "touch") commands.hover(shareOf(event));
      return;
    }
    const before = pinchOf();
    fingers.set(event.pointerId, shareOf(event));
    if (fingers.size === 2) {
      const now = pinchOf();
      commands.zoom(before.apart / now.apart, before.middle, now.middle);
    } else if (!isPinch) commands.drag(shareOf(event));
  });
  const lift = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    if (!isPinch && event.type === "pointerup") commands.drop(shareOf(event));
    else if (!isPinch) commands.cancel();
    if (fingers.size === 0) isPinch = false;
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
  element.addEventListener("pointerleave", () => commands.hover(null));
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
      const isAcross = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const movedPx = (event.deltaX === 0 ? event.deltaY : isAcross ? event.deltaX : event.deltaY) * unitPx;
      if (isAcross) commands.pan(movedPx / element.clientWidth);
      else commands.zoom(Math.exp(movedPx * WHEEL_STEP), shareOf(event));
    },
    { passive: false },
  );
}
