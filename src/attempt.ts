import type { Packet } from "./codec/packet.ts";
import type { Device } from "./device/device.ts";
import { type ExitReason, UserError } from "./failure.ts";
import { type Capture, FfmpegCapture } from "./ffmpeg/capture.ts";
import { explainFailure } from "./ffmpeg/device-failure.ts";
import { type DriverChange, driverChangeLine } from "./ffmpeg/driver-change.ts";
import { StdinCapture } from "./ffmpeg/stdin-capture.ts";
import type { Lineup } from "./lineup.ts";
import type { Channel } from "./live/channel.ts";
import { Feed } from "./live/feed.ts";
import type { Machine } from "./machine/machine.ts";
import { version } from "./version.ts";

export interface AttemptOptions {
  readonly lineup: Lineup;
  readonly channel: Channel;
  readonly machine: Machine;
  /** The nominal rate of raw H.264 on stdin. */
  readonly fps: number | null;
  readonly stdin: NodeJS.ReadStream;
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (line: string) => void;
  /** The channel may have become ready. */
  readonly onPackets: () => void;
}

/** B-frames show within the first pictures: so many are looked at before a passed-through stream is called ready. */
const COPIED_FRAMES_LOOKED_AT = 16;

/** One run of a lineup's processes into the channel. */
export class Attempt {
  readonly lineup: Lineup;
  readonly feed: Feed;
  /** Resolves with the first input's end, rejects with any input's failure. */
  readonly ended: Promise<void>;
  readonly #captures: readonly Capture[];
  readonly #options: AttemptOptions;

  constructor(options: AttemptOptions) {
    const { lineup, channel } = options;
    this.#options = options;
    this.lineup = lineup;
    this.feed = new Feed({
      channel,
      tracks: lineup.tracks,
      rates: lineup.rates,
      encoderName: `flvcast ${version}`,
      minVideoFrames: lineup.isCopied ? COPIED_FRAMES_LOOKED_AT : 1,
    });
    this.#captures = this.#startCaptures();
    const [first, ...others] = this.#captures.map((capture) => capture.ended);
    this.ended = Promise.race([first, Promise.all(others).then(() => first)]);
  }

  /** Resolves when no process of it is left. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#captures.map((capture) => capture.stop()));
  }

  kill(): void {
    for (const capture of this.#captures) capture.kill();
  }

  /** Why nothing could be watched, as far as what came tells. */
  neverReady(reason: ExitReason, circumstance: string): UserError {
    const labels = this.#captures.map((capture) => capture.label).join(" and ");
    const frames = this.#captures.reduce((sum, capture) => sum + capture.droppedFrames, 0);
    if (frames > 0 && this.feed.videoConfig === null) {
      return new UserError(
        "brokenInput",
        `${labels}: ${frames} pictures came, and none of them is an IDR picture with its SPS and PPS, where decoding ` +
          `could begin; ${circumstance}: have its encoder send them, or leave --copy out`,
      );
    }
    const missing = this.feed.missing ?? "video";
    return new UserError(reason, `${labels} sent no ${missing} to begin with: ${circumstance}`);
  }

  #startCaptures(): readonly Capture[] {
    const { lineup, fps, stdin, machine } = this.#options;
    const onPackets = (packets: readonly Packet[]) => {
      this.feed.push(packets);
      this.#options.onPackets();
    };
    const fromStdin = lineup.readsStdin ? [new StdinCapture(stdin, fps, { onPackets })] : [];
    const explain = (failure: UserError, device: Device) => explainFailure(failure, device, machine);
    const captures = lineup.plans.map((plan) => {
      const { onFfmpegLine } = this.#options;
      const onDriverChange = (change: DriverChange) => this.#hear(change, plan.source.label);
      const hearing = { onPackets, onFfmpegLine, onDriverChange, explain };
      return new FfmpegCapture(lineup.ffmpegPath, plan, lineup.baseS, hearing);
    });
    return [...fromStdin, ...captures];
  }

  /** What a driver made of what it was asked for is said once, and stands in the metadata. */
  #hear(change: DriverChange, label: string): void {
    this.#options.onNotice(driverChangeLine(label, change));
    if (change.kind === "rate") this.feed.correct({ framerate: change.toFps });
    if (change.kind === "fixed-rate") this.feed.correct({ framerate: undefined }); // and nobody says which it is
  }
}
