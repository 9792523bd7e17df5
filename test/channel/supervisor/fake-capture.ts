import { UserError } from "../../../src/errors.ts";
import type { Capture } from "../../../src/ffmpeg/capture.ts";
import type { Packet, VideoFrame } from "../../../src/media/packet.ts";

export const picture: VideoFrame = {
  ...{ kind: "video-frame", codec: "h264", isKey: true, decodeTimeUs: 0, presentationTimeUs: 0 },
  units: [Uint8Array.of(0x65)],
};

/** A process that sends, fails and ends when it is told to. */
export class FakeCapture implements Capture {
  readonly label = "cam0";
  readonly droppedFrames = 0;
  lastDropMs: number | null = null;
  readonly ended: Promise<void>;
  isStopped = false;
  #hangs = false;
  readonly #onPackets: (packets: readonly Packet[]) => void;
  #resolve!: () => void;
  #reject!: (failure: Error) => void;

  constructor(onPackets: (packets: readonly Packet[]) => void) {
    this.#onPackets = onPackets;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ended.catch(() => undefined); // whoever awaits it hears of it
  }

  send(packet: Packet = picture): void {
    this.#onPackets([packet]);
  }

  fail(message = "cam0: it was unplugged"): void {
    this.#reject(new UserError("deviceAbsent", message));
  }

  end(): void {
    this.#resolve();
  }

  /** Heeds SIGTERM no more. */
  hang(): void {
    this.#hangs = true;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (!this.#hangs) this.#resolve();
  }

  kill(): void {
    this.isStopped = true;
    this.#resolve();
  }
}
