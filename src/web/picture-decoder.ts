import type { VideoSettings } from "../media/flv/video-body.ts";
import { pictureDecoderConfig } from "./decoder-config.ts";
import type { PictureDecoder } from "./picture-flow.ts";
import type { CodedPicture } from "./sample.ts";

/** WebCodecs' decoder of pictures; it is made anew after an error, which closes it. */
export class BrowserPictureDecoder implements PictureDecoder {
  readonly #onPicture: (picture: VideoFrame) => void;
  readonly #onError: (error: Error) => void;
  #config: VideoDecoderConfig | null = null;
  #decoder: VideoDecoder | null = null;

  constructor(onPicture: (picture: VideoFrame) => void, onError: (error: Error) => void) {
    this.#onPicture = onPicture;
    this.#onError = onError;
  }

  configure(settings: VideoSettings): void {
    this.#config = pictureDecoderConfig(settings);
    this.#open().configure(this.#config);
  }

  decode({ isKey, presentationTimeMs, data }: CodedPicture): void {
    const decoder = this.#open();
    if (decoder.state === "unconfigured" && this.#config !== null) decoder.configure(this.#config);
    decoder.decode(
      new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp: presentationTimeMs * 1000, data }),
    );
  }

  reset(): void {
    if (this.#decoder?.state === "configured") this.#decoder.reset();
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }

  #open(): VideoDecoder {
    if (this.#decoder !== null && this.#decoder.state !== "closed") return this.#decoder;
    this.#decoder = new VideoDecoder({
      output: (picture) => this.#onPicture(picture),
      error: (error) => this.#onError(error),
    });
    return this.#decoder;
  }
}
