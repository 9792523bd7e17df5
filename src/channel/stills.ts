import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { decodeStill } from "../ffmpeg/still.ts";
import { videoCodecs } from "../media/codecs.ts";
import type { VideoFrame } from "../media/packet.ts";
import type { Still } from "../status.ts";
import type { KeyPicture } from "./pipeline.ts";

export interface StillsOptions {
  /** The newest key picture; null where none has come. */
  readonly keyPicture: () => KeyPicture | null;
  /** @throws UserError where there is no ffmpeg */
  readonly ffmpeg: () => Promise<Pick<FfmpegBinary, "path">>;
  readonly decode?: typeof decodeStill;
}

/** A sane decoder takes a tenth of this. */
const TIMEOUT_MS = 5000;

/**
 * The stream's picture as it is now, for whoever asks: the last key picture, decoded once however many ask, and by one
 * process at a time. Who asks while it runs gets what it makes.
 */
export class Stills {
  readonly #options: StillsOptions;
  readonly #closed = new AbortController();
  #last: { readonly of: VideoFrame; readonly jpeg: Buffer } | null = null;
  #decoding: Promise<Buffer> | null = null;

  constructor(options: StillsOptions) {
    this.#options = options;
  }

  /** @throws UserError where it cannot be decoded */
  async still(): Promise<Still> {
    const picture = this.#options.keyPicture();
    if (picture === null || this.#closed.signal.aborted) return { kind: "not-yet" };
    if (this.#last?.of === picture.frame) return { kind: "jpeg", bytes: this.#last.jpeg };
    this.#decoding ??= this.#decode(picture).finally(() => (this.#decoding = null));
    return { kind: "jpeg", bytes: await this.#decoding };
  }

  /** Resolves when no process of it is left. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#decoding?.catch(() => undefined); // whoever asked hears of it
  }

  async #decode({ config, frame }: KeyPicture): Promise<Buffer> {
    const { ffmpeg, decode = decodeStill } = this.#options;
    const { joinUnits, rawFormat } = videoCodecs[config.codec];
    const jpeg = await decode(joinUnits([...config.parameterSets, ...frame.units]), {
      format: rawFormat,
      ffmpegPath: (await ffmpeg()).path,
      timeoutMs: TIMEOUT_MS,
      signal: this.#closed.signal,
    });
    this.#last = { of: frame, jpeg };
    return jpeg;
  }
}
