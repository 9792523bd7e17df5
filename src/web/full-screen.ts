/** Of the whole page, so that what lies over a video stays there. Nothing where it is not allowed, as in many frames. */
export function toggleFullScreen(): void {
  if (!document.fullscreenEnabled) return;
  const isOn = document.fullscreenElement !== null;
  const toggled = isOn ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  toggled.catch(() => undefined); // the browser wanted a fresh press
}
