import type { AudioSettings } from "../media/flv/audio-body.ts";
import { AudioOutput } from "./audio-output.ts";
import { audioDecoderConfig, openAudioDecoder, type SoundDecoder } from "./decoders.ts";
import type { AudioSample } from "./sample.ts";
import type { Sound } from "./storage.ts";

/** Begins no sooner: a context that may sound takes a moment until it does. */
const ALLOWED_AFTER_MS = 1000;

/** The low-latency player's sound: nothing of it runs while it is muted. */
export class AudioTrack {
  readonly #worklet: URL;
  readonly #onRefused: () => void;
  readonly #onError: (error: unknown) => void;
  #settings: AudioSettings | null = null;
  #sound: Sound = { isMuted: true, volume: 1 };
  #decoder: SoundDecoder | null = null;
  #output: AudioOutput | null = null;

  constructor(worklet: URL, onRefused: () => void, onError: (error: unknown) => void) {
    this.#worklet = worklet;
    this.#onRefused = onRefused;
    this.#onError = onError;
  }

  get streamMs(): number | null {
    return this.#output?.streamMs ?? null;
  }

  get bufferedMs(): number {
    return this.#output?.bufferedMs ?? 0;
  }

  /** Settings come again with each connection; the loudspeaker stays open where they are the same. */
  configure(settings: AudioSettings): void {
    if (isSame(this.#settings, settings)) return;
    this.#settings = settings;
    this.#stop();
    this.#update();
  }

  setSound(sound: Sound): void {
    this.#sound = sound;
    this.#update();
  }

  push(sample: AudioSample): void {
    if (sample.settings !== undefined) this.configure(sample.settings);
    this.#decoder?.decode(sample);
  }

  close(): void {
    this.#settings = null;
    this.#stop();
  }

  #update(): void {
    if (this.#sound.isMuted) return this.#stop();
    if (this.#output === null && this.#settings !== null) this.#start(this.#settings);
    if (this.#output !== null) this.#output.volume = this.#sound.volume;
  }

  #start(settings: AudioSettings): void {
    const { sampleRate, numberOfChannels } = audioDecoderConfig(settings);
    const output = new AudioOutput(sampleRate, numberOfChannels, this.#worklet, this.#onError);
    output.resume();
    this.#output = output;
    this.#decoder = openAudioDecoder(settings, (block) => output.play(block), this.#onError);
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

function isSame(before: AudioSettings | null, now: AudioSettings): boolean {
  if (before?.codec !== now.codec) return false;
  if (before.sampleRateHz !== now.sampleRateHz || before.channels !== now.channels) return false;
  const [one, other] = [before.decoderConfig, now.decoderConfig];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
