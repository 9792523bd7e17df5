import { type ButtonLook, IconButton } from "./button.ts";
import { make } from "./elements.ts";
import type { PlayerCommands } from "./keys.ts";
import { SoundControls } from "./sound-controls.ts";
import type { Sound } from "./storage.ts";

export type PanelKind = "links" | "stats" | "keys";

/** What can be done with a player of a live stream; each has its button and its key. */
export interface Commands extends PlayerCommands {
  togglePanel(kind: PanelKind): void;
  toggleClock(): void;
  takeSnapshot(): void;
  togglePictureInPicture(): void;
  openRecordings(): void;
}

export interface ControlsState {
  readonly isPaused: boolean;
  readonly sound: Sound;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  readonly panel: PanelKind | null;
  readonly isClockShown: boolean;
  readonly isPictureInPicture: boolean;
  readonly isFullScreen: boolean;
}

export class Controls {
  readonly element: HTMLElement;
  readonly #pause: IconButton;
  readonly #sound: SoundControls;
  readonly #panels: Readonly<Record<PanelKind, IconButton>>;
  readonly #clock: IconButton;
  readonly #snapshot: IconButton;
  readonly #window: IconButton;
  readonly #fullScreen: IconButton;

  constructor(commands: Commands) {
    this.#pause = new IconButton(pauseLook(false), () => commands.togglePause());
    this.#sound = new SoundControls(commands);
    const panel = (kind: PanelKind) => new IconButton(panelLooks[kind], () => commands.togglePanel(kind));
    this.#panels = { links: panel("links"), stats: panel("stats"), keys: panel("keys") };
    this.#panels.keys.element.classList.add("for-keyboards");
    this.#clock = new IconButton(clockLook, () => commands.toggleClock());
    this.#snapshot = new IconButton(snapshotLook, () => commands.takeSnapshot());
    this.#window = new IconButton(windowLook, () => commands.togglePictureInPicture());
    this.#fullScreen = new IconButton(fullScreenLook(false), () => commands.toggleFullScreen());
    this.element = make(
      "div",
      { class: "controls", attributes: { role: "toolbar", "aria-label": "Player" } },
      group(this.#pause.element, ...this.#sound.elements),
      group(...this.#right().map(({ element }) => element)),
    );
  }

  show(state: ControlsState): void {
    const { sound, hasAudio, hasVideo } = state;
    this.#pause.look = pauseLook(state.isPaused);
    this.#sound.show(sound, hasAudio);
    for (const [kind, button] of Object.entries(this.#panels)) button.isPressed = kind === state.panel;
    this.#clock.isPressed = state.isClockShown;
    this.#snapshot.isHidden = !hasVideo;
    this.#window.isHidden = !hasVideo || !document.pictureInPictureEnabled;
    this.#window.isPressed = state.isPictureInPicture;
    this.#fullScreen.isHidden = !document.fullscreenEnabled;
    this.#fullScreen.look = fullScreenLook(state.isFullScreen);
  }

  #right(): readonly IconButton[] {
    const { links, stats, keys } = this.#panels;
    return [keys, links, stats, this.#clock, this.#snapshot, this.#window, this.#fullScreen];
  }
}

export function group(...children: readonly HTMLElement[]): HTMLElement {
  return make("div", { class: "controls-group" }, ...children);
}

const panelLooks: Readonly<Record<PanelKind, ButtonLook>> = {
  links: { icon: "links", label: "Links", key: "L" },
  stats: { icon: "stats", label: "Stats", key: "I" },
  keys: { icon: "keys", label: "Keyboard shortcuts", key: "?" },
};
const clockLook: ButtonLook = { icon: "clock", label: "Clock", key: "C" };
const snapshotLook: ButtonLook = { icon: "snapshot", label: "Save snapshot", key: "S" };
const windowLook: ButtonLook = { icon: "window", label: "Picture in picture", key: "P" };
export const pauseLook = (isPaused: boolean): ButtonLook =>
  isPaused ? { icon: "play", label: "Resume", key: "K" } : { icon: "pause", label: "Pause", key: "K" };
export const fullScreenLook = (isOn: boolean): ButtonLook =>
  isOn
    ? { icon: "leaveFullScreen", label: "Exit full screen", key: "F" }
    : { icon: "fullScreen", label: "Full screen", key: "F" };
