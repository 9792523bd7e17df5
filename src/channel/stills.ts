import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { decodeStill } from "../ffmpeg/still.ts";
import { videoCodecs } from "../media/codecs.ts";
import type { VideoFrame } from "../media/packet.ts";
import type { Still } from "../stream.ts";
import type { KeyPicture } from "./filler.ts";

export interface StillsOptions {
  readonly keyPicture: () => KeyPicture | null;
  /** @throws UserError where there is no ffmpeg */
  readonly ffmpeg: () => Promise<Pick<FfmpegBinary, "path">>;
  readonly decode?: typeof decodeStill;
}

/** A sane decoder takes a tenth of this. */
const TIMEOUT_MS = 5000;
/** A picture that is so much older than the newest one is none of now. */
const MAX_BEHIND_MS = 60_000;

/**
 * The stream's current picture for those who ask: the last key picture, decoded once however many ask, and by one
 * process at a time. Who asks while it runs gets what it makes.
 */
export class Stills {
  readonly #options: StillsOptions;
  readonly #closed = new AbortController();
  #last: { readonly of: VideoFrame; readonly still: Still } | null = null;
  #decoding: Promise<Still> | null = null;

  constructor(options: StillsOptions) {
    this.#options = options;
  }

  /** @throws UserError where it cannot be decoded */
  async still(): Promise<Still> {
    const picture = this.#options.keyPicture();
    if (picture === null || this.#closed.signal.aborted) return { kind: "not-yet" };
    const { takenMs } = picture;
    if (picture.behindMs > MAX_BEHIND_MS) return { kind: "too-old", takenMs };
    if (this.#last?.of === picture.frame) return this.#last.still;
    this.#decoding ??= this.#decode(picture).finally(() => (this.#decoding = null));
    return await this.#decoding;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#decoding?.catch(() => undefined); // reported to the caller that asked
  }

  async #decode({ config, frame, takenMs }: KeyPicture): Promise<Still> {
    const { ffmpeg, decode = decodeStill } = this.#options;
    const { joinUnits, rawFormat } = videoCodecs[config.codec];
    const bytes = await decode(joinUnits([...config.parameterSets, ...frame.units]), {
      format: rawFormat,
      ffmpegPath: (await ffmpeg()).path,
      timeoutMs: TIMEOUT_MS,
      signal: this.#closed.signal,
    });
    const still: Still = { kind: "jpeg", bytes, takenMs };
    this.#last = { of: frame, still };
    return still;
  }
}
