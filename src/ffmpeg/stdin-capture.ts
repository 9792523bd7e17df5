import { UserError } from "../errors.ts";
import { AnnexBTrack } from "./annexb-pipe.ts";
import { type Capture, type CaptureOptions, inputFailure, nowUs } from "./capture.ts";

/** Raw H.264 or H.265 on a stream that is ours to read, as stdin: no ffmpeg, no encoder, and it ends when the stream ends. */
export class StdinCapture implements Capture {
  readonly label = "stdin";
  readonly ended: Promise<void>;
  readonly #input: NodeJS.ReadStream;
  readonly #track: AnnexBTrack;
  #finish: () => void = () => undefined;

  constructor(
    input: NodeJS.ReadStream,
    fps: number | null,
    { onPackets, onDropped }: Pick<CaptureOptions, "onPackets" | "onDropped">,
  ) {
    this.#input = input;
    this.#track = new AnnexBTrack(fps);
    this.ended = new Promise((resolve, reject) => {
      const guard = (read: () => void) => {
        try {
          read();
        } catch (error) {
          this.#release();
          reject(inputFailure(this.label, error));
        }
        const dropped = this.#track.takeDrops();
        if (dropped !== null) onDropped?.("video", dropped);
      };
      this.#finish = () => {
        this.#release();
        resolve();
      };
      input.on("data", (chunk: Buffer) => guard(() => onPackets(this.#track.push(chunk, nowUs()))));
      input.once("end", () => {
        guard(() => onPackets(this.#track.end()));
        this.#finish();
      });
      input.once("error", (error) => reject(inputFailure(this.label, error)));
    });
  }

  get droppedFrames(): number {
    return this.#track.droppedFrames;
  }

  /** Nothing watches over it. */
  readonly lastDropMs = null;

  async stop(): Promise<void> {
    this.#finish();
  }

  kill(): void {
    this.#finish();
  }

  #release(): void {
    this.#input.removeAllListeners("data");
    this.#input.removeAllListeners("end");
    this.#input.pause();
  }
}

/** @throws UserError when stdin is a terminal: nobody types video. */
export function refuseTerminal(input: NodeJS.ReadStream): void {
  if (!input.isTTY) return;
  throw new UserError(
    "usage",
    "--device - reads H.264 or H.265 from a pipe, but stdin is a terminal; for example: rpicam-vid -t 0 --inline --flush --low-latency --libav-format h264 -o - | flvcast start --device -",
  );
}
