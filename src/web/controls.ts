import { type ButtonLook, IconButton } from "./button.ts";
import { make } from "./elements.ts";
import type { Sound } from "./preferences.ts";

/** What can be done with a player; each has its button and its key. */
export interface Commands {
  toggleSound(): void;
  setVolume(volume: number): void;
  toggleReadings(): void;
  toggleClock(): void;
  takeSnapshot(): void;
  togglePictureInPicture(): void;
  toggleFullScreen(): void;
}

/** What the buttons show. */
export interface ControlsState {
  readonly sound: Sound;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  readonly areReadingsShown: boolean;
  readonly isClockShown: boolean;
  readonly isPictureInPicture: boolean;
  readonly isFullScreen: boolean;
}

/** The bar below the picture. */
export class Controls {
  readonly element: HTMLElement;
  readonly #volume = make("input", {
    class: "volume",
    attributes: { type: "range", min: "0", max: "1", step: "0.05", "aria-label": "Volume" },
  });
  readonly #sound: IconButton;
  readonly #readings: IconButton;
  readonly #clock: IconButton;
  readonly #snapshot: IconButton;
  readonly #window: IconButton;
  readonly #fullScreen: IconButton;

  constructor(commands: Commands) {
    this.#sound = new IconButton(soundLook(true), () => commands.toggleSound());
    this.#readings = new IconButton(readingsLook(false), () => commands.toggleReadings());
    this.#clock = new IconButton(clockLook(false), () => commands.toggleClock());
    this.#snapshot = new IconButton(snapshotLook, () => commands.takeSnapshot());
    this.#window = new IconButton(windowLook(false), () => commands.togglePictureInPicture());
    this.#fullScreen = new IconButton(fullScreenLook(false), () => commands.toggleFullScreen());
    this.#volume.addEventListener("input", () => commands.setVolume(this.#volume.valueAsNumber));
    const left = make("div", { class: "controls-group" }, this.#sound.element, this.#volume);
    const right = [this.#readings, this.#clock, this.#snapshot, this.#window, this.#fullScreen];
    this.element = make(
      "div",
      { class: "controls", attributes: { role: "toolbar", "aria-label": "Player" } },
      left,
      make("div", { class: "controls-group" }, ...right.map(({ element }) => element)),
    );
  }

  show(state: ControlsState): void {
    const { sound, hasAudio, hasVideo } = state;
    this.#sound.look = soundLook(sound.isMuted);
    this.#sound.isHidden = !hasAudio;
    this.#volume.hidden = !hasAudio;
    const level = sound.isMuted ? 0 : sound.volume;
    this.#volume.valueAsNumber = level;
    this.#volume.style.setProperty("--level", `${level * 100}%`);
    this.#readings.look = readingsLook(state.areReadingsShown);
    this.#clock.look = clockLook(state.isClockShown);
    this.#snapshot.isHidden = !hasVideo;
    this.#window.isHidden = !hasVideo || !document.pictureInPictureEnabled;
    this.#window.look = windowLook(state.isPictureInPicture);
    this.#fullScreen.isHidden = !document.fullscreenEnabled;
    this.#fullScreen.look = fullScreenLook(state.isFullScreen);
  }
}

const soundLook = (isMuted: boolean): ButtonLook =>
  isMuted ? { icon: "muted", label: "Unmute", key: "M" } : { icon: "sound", label: "Mute", key: "M" };
const readingsLook = (isPressed: boolean): ButtonLook => ({
  icon: "readings",
  label: "Read-outs",
  key: "I",
  isPressed,
});
const clockLook = (isPressed: boolean): ButtonLook => ({
  icon: "clock",
  label: "Clock",
  key: "C",
  isPressed,
});
const snapshotLook: ButtonLook = { icon: "snapshot", label: "Save this picture", key: "S" };
const windowLook = (isPressed: boolean): ButtonLook => ({
  icon: "window",
  label: "Picture in picture",
  key: "P",
  isPressed,
});
const fullScreenLook = (isOn: boolean): ButtonLook =>
  isOn
    ? { icon: "leaveFullScreen", label: "Leave full screen", key: "F" }
    : { icon: "fullScreen", label: "Full screen", key: "F" };
