import type { FromWorklet } from "./audio-worklet.ts";
import type { PcmBlock } from "./jitter-buffer.ts";

/** A report that is older says nothing any more. */
const FRESH_S = 0.5;

/** The loudspeaker, with the clock that pictures are locked to. Made where a viewer asked for sound. */
export class AudioOutput {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  #node: AudioWorkletNode | null = null;
  #report: FromWorklet | null = null;
  #isClosed = false;

  constructor(sampleRateHz: number, channels: number, worklet: URL, onError: (error: unknown) => void) {
    this.#context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: "interactive" });
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#begin(channels, worklet).catch((error: unknown) => {
      if (!this.#isClosed) onError(error); // else nobody wants it any more
    });
  }

  /** Whether the browser lets it sound: not before somebody has touched the page. */
  get isAllowed(): boolean {
    return this.#context.state === "running";
  }

  get bufferedMs(): number {
    return this.#report?.bufferedMs ?? 0;
  }

  get streamMs(): number | null {
    const report = this.#report;
    if (report?.streamMs == null) return null;
    if (this.#context.currentTime - report.contextS > FRESH_S) return null;
    return report.streamMs + (this.#heardS() - report.contextS) * 1000;
  }

  set volume(volume: number) {
    this.#gain.gain.value = volume;
  }

  play(block: PcmBlock): void {
    const transfer = block.planes.map((plane) => plane.buffer as ArrayBuffer); // our own, never shared
    this.#node?.port.postMessage(block, transfer);
  }

  resume(): void {
    this.#context.resume().catch(() => undefined); // isAllowed tells
  }

  close(): void {
    this.#isClosed = true;
    this.#node?.disconnect();
    this.#context.close().catch(() => undefined); // it is closed already
  }

  /**
   * What is heard now, by the context's clock. `currentTime` steps with each piece that the output takes; the output's own
   * stamp tells when a moment was heard, and the time that has passed since then does not step.
   */
  #heardS(): number {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const passedS = (performance.now() - performanceTime) / 1000;
    if (contextTime > 0 && passedS < FRESH_S) return contextTime + passedS;
    return this.#context.currentTime - (this.#context.outputLatency || this.#context.baseLatency);
  }

  async #begin(channels: number, worklet: URL): Promise<void> {
    await this.#context.audioWorklet.addModule(worklet);
    if (this.#isClosed) return;
    const node = new AudioWorkletNode(this.#context, "stream-audio", {
      numberOfInputs: 0,
      outputChannelCount: [channels],
    });
    node.port.addEventListener("message", ({ data }: MessageEvent<FromWorklet>) => (this.#report = data));
    node.port.start();
    node.connect(this.#gain);
    this.#node = node;
  }
}
