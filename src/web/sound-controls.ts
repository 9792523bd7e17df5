import { type ButtonLook, IconButton } from "./button.ts";
import { make } from "./elements.ts";
import type { PlayerCommands } from "./keys.ts";
import type { Sound } from "./storage.ts";

export class SoundControls {
  readonly elements: readonly HTMLElement[];
  readonly #button: IconButton;
  readonly #volume = make("input", {
    class: "volume",
    attributes: { type: "range", min: "0", max: "1", step: "0.05", "aria-label": "Volume" },
  });

  constructor(commands: Pick<PlayerCommands, "toggleSound" | "setVolume">) {
    this.#button = new IconButton(soundLook(true), () => commands.toggleSound());
    this.#volume.addEventListener("input", () => commands.setVolume(this.#volume.valueAsNumber));
    this.elements = [this.#button.element, this.#volume];
  }

  show({ isMuted, volume }: Sound, hasAudio = true): void {
    this.#button.look = soundLook(isMuted);
    this.#button.isHidden = !hasAudio;
    this.#volume.hidden = !hasAudio;
    const level = isMuted ? 0 : volume;
    this.#volume.valueAsNumber = level;
    this.#volume.style.setProperty("--level", `${level * 100}%`);
  }
}

const soundLook = (isMuted: boolean): ButtonLook =>
  isMuted ? { icon: "muted", label: "Unmute", key: "M" } : { icon: "sound", label: "Mute", key: "M" };
