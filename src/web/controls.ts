import { type ButtonLook, IconButton } from "./button.ts";
import { make } from "./elements.ts";
import type { Sound } from "./storage.ts";

/** What can be done with a player; each has its button and its key. */
export interface Commands {
  toggleSound(): void;
  setVolume(volume: number): void;
  toggleStats(): void;
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
  readonly areStatsShown: boolean;
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
  readonly #stats: IconButton;
  readonly #clock: IconButton;
  readonly #snapshot: IconButton;
  readonly #window: IconButton;
  readonly #fullScreen: IconButton;

  constructor(commands: Commands) {
    this.#sound = new IconButton(soundLook(true), () => commands.toggleSound());
    this.#stats = new IconButton(statsLook, () => commands.toggleStats());
    this.#clock = new IconButton(clockLook, () => commands.toggleClock());
    this.#snapshot = new IconButton(snapshotLook, () => commands.takeSnapshot());
    this.#window = new IconButton(windowLook, () => commands.togglePictureInPicture());
    this.#fullScreen = new IconButton(fullScreenLook(false), () => commands.toggleFullScreen());
    this.#volume.addEventListener("input", () => commands.setVolume(this.#volume.valueAsNumber));
    const left = make("div", { class: "controls-group" }, this.#sound.element, this.#volume);
    const right = [this.#stats, this.#clock, this.#snapshot, this.#window, this.#fullScreen];
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
    this.#stats.isPressed = state.areStatsShown;
    this.#clock.isPressed = state.isClockShown;
    this.#snapshot.isHidden = !hasVideo;
    this.#window.isHidden = !hasVideo || !document.pictureInPictureEnabled;
    this.#window.isPressed = state.isPictureInPicture;
    this.#fullScreen.isHidden = !document.fullscreenEnabled;
    this.#fullScreen.look = fullScreenLook(state.isFullScreen);
  }
}

const soundLook = (isMuted: boolean): ButtonLook =>
  isMuted ? { icon: "muted", label: "Unmute", key: "M" } : { icon: "sound", label: "Mute", key: "M" };
const statsLook: ButtonLook = { icon: "stats", label: "Read-outs", key: "I" };
const clockLook: ButtonLook = { icon: "clock", label: "Clock", key: "C" };
const snapshotLook: ButtonLook = { icon: "snapshot", label: "Save this picture", key: "S" };
const windowLook: ButtonLook = { icon: "window", label: "Picture in picture", key: "P" };
const fullScreenLook = (isOn: boolean): ButtonLook =>
  isOn
    ? { icon: "leaveFullScreen", label: "Leave full screen", key: "F" }
    : { icon: "fullScreen", label: "Full screen", key: "F" };
