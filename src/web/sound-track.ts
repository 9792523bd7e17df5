import { soundDecoderConfig } from "./decoder-config.ts";
import type { Sound } from "./preferences.ts";
import type { CodedSound } from "./sample.ts";
import { SoundDecoder } from "./sound-decoder.ts";
import { SoundOutput } from "./sound-output.ts";

/** Begins no sooner: a context that may sound takes a moment until it does. */
const ALLOWED_AFTER_MS = 1000;

/** The low-latency player's sound: nothing of it runs while it is muted. */
export class SoundTrack {
  readonly #worklet: URL;
  readonly #onRefused: () => void;
  readonly #onError: (error: unknown) => void;
  #audioSpecificConfig: Uint8Array | null = null;
  #sound: Sound = { isMuted: true, volume: 1 };
  #decoder: SoundDecoder | null = null;
  #output: SoundOutput | null = null;

  constructor(worklet: URL, onRefused: () => void, onError: (error: unknown) => void) {
    this.#worklet = worklet;
    this.#onRefused = onRefused;
    this.#onError = onError;
  }

  /** The moment of the stream that is heard; null while nothing is. */
  get streamMs(): number | null {
    return this.#output?.streamMs ?? null;
  }

  get bufferedMs(): number {
    return this.#output?.bufferedMs ?? 0;
  }

  /** Settings come again with each connection; the loudspeaker stays open where they are the same. */
  configure(audioSpecificConfig: Uint8Array): void {
    if (isSame(this.#audioSpecificConfig, audioSpecificConfig)) return;
    this.#audioSpecificConfig = audioSpecificConfig;
    this.#stop();
    this.#update();
  }

  setSound(sound: Sound): void {
    this.#sound = sound;
    this.#update();
  }

  push(sound: CodedSound): void {
    this.#decoder?.decode(sound);
  }

  close(): void {
    this.#audioSpecificConfig = null;
    this.#stop();
  }

  #update(): void {
    if (this.#sound.isMuted) return this.#stop();
    if (this.#output === null && this.#audioSpecificConfig !== null) this.#start(this.#audioSpecificConfig);
    if (this.#output !== null) this.#output.volume = this.#sound.volume;
  }

  #start(audioSpecificConfig: Uint8Array): void {
    const { sampleRate, numberOfChannels } = soundDecoderConfig(audioSpecificConfig);
    const output = new SoundOutput(sampleRate, numberOfChannels, this.#worklet, this.#onError);
    output.resume();
    this.#output = output;
    this.#decoder = new SoundDecoder(audioSpecificConfig, (block) => output.play(block), this.#onError);
    setTimeout(() => {
      if (this.#output === output && !output.isAllowed) this.#onRefused();
    }, ALLOWED_AFTER_MS);
  }

  #stop(): void {
    this.#decoder?.close();
    this.#output?.close();
    this.#decoder = null;
    this.#output = null;
  }
}

function isSame(before: Uint8Array | null, now: Uint8Array): boolean {
  return before?.length === now.length && before.every((byte, at) => byte === now[at]);
}
