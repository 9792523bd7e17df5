import { vi } from "vitest";

/** What a page did with the loudspeaker: the contexts it made, and the worklets in them. */
export interface Loudspeaker {
  readonly contexts: FakeAudioContext[];
  readonly worklets: FakeWorklet[];
}

export class FakeAudioContext {
  readonly sampleRate: number;
  state = "running";
  currentTime = 0;
  outputLatency = 0;
  baseLatency = 0;
  /** What was heard last, and when; a browser that plays nothing yet says 0. */
  outputTimestamp = { contextTime: 0, performanceTime: 0 };
  volume = { value: 1 };
  readonly modules: string[] = [];
  readonly destination = {};
  readonly audioWorklet = { addModule: async (url: URL) => void this.modules.push(url.href) };

  constructor({ sampleRate }: { readonly sampleRate: number }) {
    this.sampleRate = sampleRate;
  }

  getOutputTimestamp() {
    return this.outputTimestamp;
  }

  createGain() {
    return { gain: this.volume, connect: () => undefined };
  }

  /** A browser that has not been touched yet refuses. */
  async resume(): Promise<void> {
    if (this.state === "suspended") throw new DOMException("not allowed", "NotAllowedError");
  }

  async close(): Promise<void> {
    if (this.state === "closed") throw new DOMException("closed", "InvalidStateError");
    this.state = "closed";
  }
}

export class FakeWorklet {
  readonly channels: readonly number[] | undefined;
  readonly sent: unknown[] = [];
  isConnected = false;
  isStarted = false;
  #hear: (event: { readonly data: unknown }) => void = () => undefined;
  readonly port = {
    addEventListener: (_: string, hear: (event: { readonly data: unknown }) => void) => (this.#hear = hear),
    start: () => (this.isStarted = true),
    postMessage: (message: unknown) => void this.sent.push(message),
  };

  constructor(_context: unknown, _name: string, options: { readonly outputChannelCount?: number[] }) {
    this.channels = options.outputChannelCount;
  }

  connect(): void {
    this.isConnected = true;
  }

  disconnect(): void {
    this.isConnected = false;
  }

  /** What the thread of the sound says; a port that was not started brings nothing. */
  report(streamMs: number | null, contextS: number, bufferedMs: number): void {
    if (this.isStarted) this.#hear({ data: { streamMs, contextS, bufferedMs } });
  }
}

/** Puts Web Audio in place until `vi.unstubAllGlobals()`. */
export function installWebAudio(options: { readonly isAllowed: boolean } = { isAllowed: true }): Loudspeaker {
  const speaker: Loudspeaker = { contexts: [], worklets: [] };
  vi.stubGlobal(
    "AudioContext",
    class extends FakeAudioContext {
      override state = options.isAllowed ? "running" : "suspended";
      constructor(settings: { readonly sampleRate: number }) {
        super(settings);
        speaker.contexts.push(this);
      }
    },
  );
  vi.stubGlobal(
    "AudioWorkletNode",
    class extends FakeWorklet {
      constructor(...args: ConstructorParameters<typeof FakeWorklet>) {
        super(...args);
        speaker.worklets.push(this);
      }
    },
  );
  return speaker;
}
