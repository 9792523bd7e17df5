import { JitterBuffer, type PcmBlock } from "./jitter-buffer.ts";

/** What is sent to the page: which moment of the stream plays, and how much lies ahead. */
export interface FromWorklet {
  /** Null while it is silent. */
  readonly streamMs: number | null;
  /** When that was, by the context's clock. */
  readonly contextS: number;
  readonly bufferedMs: number;
}

// TypeScript's libraries do not know the scope of an AudioWorklet (W3C Web Audio API, 1.32.2 and 1.32.5).
declare const sampleRate: number;
declare const currentTime: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Quanta of 128 samples between two reports: some 27 ms at 48 kHz. */
const REPORT_EVERY = 10;

class StreamAudio extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer(sampleRate);
  #quanta = 0;

  constructor() {
    super();
    this.port.addEventListener("message", ({ data }: MessageEvent<PcmBlock>) =>
      this.#buffer.push(data, Date.now()),
    );
    this.port.start();
  }

  process(_inputs: unknown, [channels = []]: readonly (readonly Float32Array[])[]): boolean {
    const streamMs = this.#buffer.pull(channels, Date.now());
    if (this.#quanta++ % REPORT_EVERY === 0) this.#report(streamMs);
    return true;
  }

  #report(streamMs: number | null): void {
    const report: FromWorklet = { streamMs, contextS: currentTime, bufferedMs: this.#buffer.bufferedMs };
    this.port.postMessage(report, []);
  }
}

registerProcessor("stream-audio", StreamAudio);
