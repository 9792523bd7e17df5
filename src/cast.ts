import { setTimeout as delay } from "node:timers/promises";
import type { Packet } from "./codec/packet.ts";
import { type ExitReason, UserError } from "./failure.ts";
import { type Capture, FfmpegCapture } from "./ffmpeg/capture.ts";
import { redactor } from "./ffmpeg/redact.ts";
import { shellLine } from "./ffmpeg/shell-line.ts";
import { refuseTerminal, StdinCapture } from "./ffmpeg/stdin-capture.ts";
import { encodeHeader } from "./flv/header.ts";
import { HttpServer } from "./http/server.ts";
import { type Lineup, planLineup } from "./lineup.ts";
import { Channel } from "./live/channel.ts";
import { Feed } from "./live/feed.ts";
import { describeOnAir, type OnAir } from "./on-air.ts";
import type { StartSettings } from "./settings/settings.ts";
import { version } from "./version.ts";

export interface CastOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadStream;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
}

/** How long viewers may take to receive the end of the stream. */
const CLOSE_GRACE_MS = 3000;
/** B-frames show within the first pictures: so many are looked at before a passed-through stream is called ready. */
const COPIED_FRAMES_LOOKED_AT = 16;

/** Puts a device on the air. @throws UserError when it cannot be opened or the port cannot be had. */
export async function startCast(settings: StartSettings, options: CastOptions = {}): Promise<Cast> {
  const lineup = await planLineup(settings, options.env ?? process.env);
  if (lineup.readsStdin) refuseTerminal(options.stdin ?? process.stdin);
  const { tracks, rates } = lineup;
  const channel = new Channel({ name: settings.name, header: encodeHeader(tracks), hasVideo: tracks.video });
  const minVideoFrames = settings.copy ? COPIED_FRAMES_LOOKED_AT : 1;
  const feed = new Feed({ channel, tracks, rates, encoderName: `flvcast ${version}`, minVideoFrames });
  const server = new HttpServer([channel]);
  const port = await server.listen(settings.host, settings.port);
  const onAir = () => describeOnAir(settings, port, lineup, feed);
  return new Cast(settings, { lineup, channel, feed, server, onAir }, options);
}

/** The ffmpeg command lines of a cast, quoted for a shell; opens files and URLs to look what is in them. */
export async function commandLines(
  settings: StartSettings,
  { env = process.env }: CastOptions = {},
): Promise<readonly string[]> {
  const { ffmpegPath, plans } = await planLineup(settings, env);
  const lines = plans.map((plan) => shellLine([ffmpegPath, ...plan.args]));
  return settings.showSecrets ? lines : lines.map(redactor(plans.map((plan) => plan.source.url)));
}

interface Parts {
  readonly lineup: Lineup;
  readonly channel: Channel;
  readonly feed: Feed;
  readonly server: HttpServer;
  readonly onAir: () => Promise<OnAir>;
}

/** One device on its way to its viewers, until it ends, fails or is stopped. */
export class Cast {
  /** Resolves when a key frame can be watched, with null if the cast was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the cast is over and nothing of it is left; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  readonly #settings: StartSettings;
  readonly #parts: Parts;
  readonly #captures: readonly Capture[];
  readonly #ready = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();

  constructor(settings: StartSettings, parts: Parts, options: CastOptions) {
    this.#settings = settings;
    this.#parts = parts;
    this.#captures = startCaptures(parts.lineup, settings.fps, options, (packets) => this.#feed(packets));
    this.ended = this.#run();
    this.onAir = Promise.race([raised(this.#ready), this.ended]).then(() =>
      this.#ready.signal.aborted ? parts.onAir() : null,
    );
    this.onAir.catch(() => undefined); // `ended` tells the same
  }

  /** Ends the cast in an orderly way: captures first, then every response with its last chunk. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.ended;
  }

  /** Kills what runs beside us, for an end without delay. */
  kill(): void {
    for (const capture of this.#captures) capture.kill();
  }

  #feed(packets: readonly Packet[]): void {
    this.#parts.feed.push(packets);
    if (!this.#ready.signal.aborted && this.#parts.channel.isReady) this.#ready.abort();
  }

  async #run(): Promise<void> {
    try {
      await Promise.race([raised(this.#stopped), this.#inputsEnd(), this.#lateness(), this.#durationEnd()]);
      if (!this.#ready.signal.aborted && !this.#stopped.signal.aborted)
        throw this.#neverReady("brokenInput", "it ended before");
    } finally {
      this.#over.abort();
      await Promise.allSettled(this.#captures.map((capture) => capture.stop()));
      this.#parts.channel.end();
      await this.#parts.server.close(CLOSE_GRACE_MS);
    }
  }

  /** The stream ends with its first input, and fails with any. */
  async #inputsEnd(): Promise<void> {
    const [first, ...others] = this.#captures.map((capture) => capture.ended);
    await Promise.race([first, Promise.all(others).then(() => first)]);
  }

  async #lateness(): Promise<never> {
    const { readyTimeoutMs } = this.#settings;
    await Promise.race([raised(this.#ready), this.#wait(readyTimeoutMs)]);
    if (this.#ready.signal.aborted) return new Promise(() => undefined); // in time: never late again
    throw this.#neverReady("notReady", `it has had ${readyTimeoutMs / 1000} s (--ready-timeout)`);
  }

  async #durationEnd(): Promise<void> {
    await raised(this.#ready);
    const { durationMs } = this.#settings;
    await (durationMs === null ? raised(this.#over) : this.#wait(durationMs));
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#over.signal });
  }

  #neverReady(reason: ExitReason, circumstance: string): UserError {
    const { feed } = this.#parts;
    const labels = this.#captures.map((capture) => capture.label).join(" and ");
    const frames = this.#captures.reduce((sum, capture) => sum + capture.droppedFrames, 0);
    if (frames > 0 && feed.videoConfig === null) {
      return new UserError(
        "brokenInput",
        `${labels}: ${frames} pictures came, and none of them is an IDR picture with its SPS and PPS, where decoding ` +
          `could begin; ${circumstance}: have its encoder send them, or leave --copy out`,
      );
    }
    return new UserError(
      reason,
      `${labels} sent no ${feed.missing ?? "video"} to begin with: ${circumstance}`,
    );
  }
}

function startCaptures(
  { plans, readsStdin, ffmpegPath, baseS }: Lineup,
  fps: number | null,
  { onFfmpegLine = () => undefined, stdin = process.stdin }: CastOptions,
  onPackets: (packets: readonly Packet[]) => void,
): readonly Capture[] {
  const fromStdin = readsStdin ? [new StdinCapture(stdin, fps, { onPackets })] : [];
  return [
    ...fromStdin,
    ...plans.map((plan) => new FfmpegCapture(ffmpegPath, plan, baseS, { onPackets, onFfmpegLine })),
  ];
}

async function raised({ signal }: AbortController): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
