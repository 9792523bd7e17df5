import { type ButtonLook, IconButton } from "../button.ts";
import { fullScreenLook, group, pauseLook } from "../controls.ts";
import { make } from "../elements.ts";
import { SoundControls } from "../sound-controls.ts";
import type { Sound } from "../storage.ts";
import { drawings } from "./drawings.ts";
import type { RecordingCommands, RecordingPanel } from "./recording-keys.ts";

/** What browsers play; Chromium takes no more than 16. */
export const RATES = [0.5, 1, 2, 4, 8, 16];

export interface RecordingControlsState {
  readonly isPaused: boolean;
  readonly rate: number;
  readonly sound: Sound;
  /** Of the segment that is played; null where nothing is. */
  readonly isKept: boolean | null;
  readonly panel: RecordingPanel | null;
  readonly isFullScreen: boolean;
}

export class RecordingControls {
  readonly element: HTMLElement;
  readonly #pause: IconButton;
  readonly #sound: SoundControls;
  readonly #rate: HTMLSelectElement;
  readonly #keep: IconButton;
  readonly #download: IconButton;
  readonly #keys: IconButton;
  readonly #fullScreen: IconButton;

  constructor(commands: RecordingCommands) {
    this.#pause = new IconButton(pauseLook(true), () => commands.togglePause());
    this.#sound = new SoundControls(commands);
    this.#rate = rateChoice((rate) => commands.setRate(rate));
    this.#keep = new IconButton(keepLook(false), () => commands.toggleKeep());
    this.#download = new IconButton(downloadLook, () => commands.togglePanel("download"));
    this.#keys = new IconButton(keysLook, () => commands.togglePanel("keys"));
    this.#keys.element.classList.add("for-keyboards");
    this.#fullScreen = new IconButton(fullScreenLook(false), () => commands.toggleFullScreen());
    const step = (direction: 1 | -1) => {
      const button = new IconButton(stepLooks[direction], () => commands.stepFrame(direction));
      button.element.classList.add("frame-step");
      return button.element;
    };
    const marks = (["in", "out"] as const).map(
      (name) => new IconButton(markLooks[name], () => commands.mark(name)),
    );
    this.element = make(
      "div",
      { class: "controls", attributes: { role: "toolbar", "aria-label": "Player" } },
      group(this.#pause.element, step(-1), step(1), this.#rate, ...this.#sound.elements),
      group(
        ...[...marks, this.#keep, this.#download, this.#keys, this.#fullScreen].map(({ element }) => element),
      ),
    );
  }

  show(state: RecordingControlsState): void {
    this.#pause.look = pauseLook(state.isPaused);
    this.#sound.show(state.sound);
    this.#rate.value = String(state.rate);
    this.#keep.look = keepLook(state.isKept === true);
    this.#keep.isPressed = state.isKept === true;
    this.#keep.element.disabled = state.isKept === null;
    this.#download.isPressed = state.panel === "download";
    this.#keys.isPressed = state.panel === "keys";
    this.#fullScreen.isHidden = !document.fullscreenEnabled;
    this.#fullScreen.look = fullScreenLook(state.isFullScreen);
  }
}

function rateChoice(onChoose: (rate: number) => void): HTMLSelectElement {
  const options = RATES.map((rate) =>
    make("option", { text: `${rate === 0.5 ? "½" : rate}×`, attributes: { value: String(rate) } }),
  );
  const attributes = { "aria-label": "Speed" };
  const choice = make("select", { class: "rate", title: "Speed (< >)", attributes }, ...options);
  choice.addEventListener("change", () => onChoose(Number(choice.value)));
  return choice;
}

const keepLook = (isKept: boolean): ButtonLook => ({
  icon: drawings.keep,
  label: isKept ? "Stop keeping this segment" : "Keep this segment",
  key: "S",
});
const downloadLook: ButtonLook = { icon: drawings.download, label: "Download", key: "D" };
const keysLook: ButtonLook = { icon: "keys", label: "Keyboard shortcuts", key: "?" };
const stepLooks: Readonly<Record<1 | -1, ButtonLook>> = {
  [-1]: { icon: drawings.frameBack, label: "Previous frame", key: "," },
  1: { icon: drawings.frameForward, label: "Next frame", key: "." },
};
const markLooks = {
  in: { icon: drawings.markIn, label: "Start a clip here", key: "I" },
  out: { icon: drawings.markOut, label: "End the clip here", key: "O" },
} satisfies Record<string, ButtonLook>;
