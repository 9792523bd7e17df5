import { vi } from "vitest";

/** A decoded picture that knows whether it was closed. */
export class FakeFrame {
  readonly timestamp: number;
  displayWidth = 640;
  displayHeight = 360;
  isClosed = false;

  constructor(timeMs: number) {
    this.timestamp = timeMs * 1000;
  }

  close(): void {
    this.isClosed = true;
  }
}

class FakeChunk {
  readonly type: string;
  readonly timestamp: number;

  constructor({ type, timestamp }: { readonly type: string; readonly timestamp: number }) {
    this.type = type;
    this.timestamp = timestamp;
  }
}

interface Outlets {
  output(decoded: unknown): void;
  error(error: Error): void;
}

/** What all decoders of a test were told, and the decoders, in the order in which they were made. */
export interface Codecs {
  readonly calls: string[];
  readonly video: FakeDecoder[];
  readonly audio: FakeDecoder[];
  readonly configs: object[];
}

/** A WebCodecs decoder that notes its calls; the test lets it succeed or fail. */
export class FakeDecoder {
  readonly #codecs: Codecs;
  readonly #outlets: Outlets;
  state: "unconfigured" | "configured" | "closed" = "unconfigured";

  constructor(codecs: Codecs, outlets: Outlets) {
    this.#codecs = codecs;
    this.#outlets = outlets;
  }

  configure(config: object): void {
    this.#note("configure", "unconfigured", "configured");
    this.#codecs.configs.push(config);
    this.state = "configured";
  }

  decode({ type, timestamp }: FakeChunk): void {
    this.#note(`${type} ${timestamp}`, "configured");
  }

  reset(): void {
    this.#note("reset", "unconfigured", "configured");
    this.state = "unconfigured";
  }

  close(): void {
    this.#note("close", "unconfigured", "configured");
    this.state = "closed";
  }

  give(decoded: unknown): void {
    this.#outlets.output(decoded);
  }

  /** WebCodecs closes a decoder that has failed, and then says so. */
  fail(): void {
    this.state = "closed";
    this.#outlets.error(new Error("it cannot be decoded"));
  }

  #note(call: string, ...allowed: readonly string[]): void {
    if (!allowed.includes(this.state)) throw new Error(`${call}: the decoder is ${this.state}`);
    this.#codecs.calls.push(call);
  }
}

/** Puts WebCodecs in place until `vi.unstubAllGlobals()`. */
export function installWebCodecs(): Codecs {
  const codecs: Codecs = { calls: [], video: [], audio: [], configs: [] };
  const decoderClass = (made: FakeDecoder[]) =>
    class extends FakeDecoder {
      static readonly isConfigSupported = async () => ({ supported: true });
      constructor(outlets: Outlets) {
        super(codecs, outlets);
        made.push(this);
      }
    };
  vi.stubGlobal("VideoDecoder", decoderClass(codecs.video));
  vi.stubGlobal("AudioDecoder", decoderClass(codecs.audio));
  vi.stubGlobal("EncodedVideoChunk", FakeChunk);
  vi.stubGlobal("EncodedAudioChunk", FakeChunk);
  return codecs;
}
