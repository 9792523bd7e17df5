/** Of the whole page, so that what lies over a video stays there. */
export function toggleFullScreen(): void {
  const isOn = document.fullscreenElement !== null;
  void (isOn ? document.exitFullscreen() : document.documentElement.requestFullscreen());
}
