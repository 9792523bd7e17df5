import { setTimeout as delay } from "node:timers/promises";
import { Attempt } from "./attempt.ts";
import { forgetEncoders } from "./audition/memory.ts";
import type { UserError } from "./failure.ts";
import { redactor } from "./ffmpeg/redact.ts";
import { shellLine } from "./ffmpeg/shell-line.ts";
import { refuseTerminal } from "./ffmpeg/stdin-capture.ts";
import { encodeHeader } from "./flv/header.ts";
import { foldersOf } from "./folders.ts";
import { HttpServer } from "./http/server.ts";
import { type Lineup, noLessons, planLineup } from "./lineup.ts";
import { Channel } from "./live/channel.ts";
import { type Machine, thisMachine } from "./machine/machine.ts";
import { describeOnAir, type OnAir } from "./on-air.ts";
import { retakeAfter } from "./retake.ts";
import type { StartSettings } from "./settings/settings.ts";

export interface CastOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadStream;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
  /** What the operator should know and need not act on, a line each. */
  readonly onNotice?: (line: string) => void;
}

/** How long viewers may take to receive the end of the stream. */
const CLOSE_GRACE_MS = 3000;

/** Puts a device on the air. @throws UserError when it cannot be opened or the port cannot be had */
export async function startCast(settings: StartSettings, options: CastOptions = {}): Promise<Cast> {
  const machine = thisMachine(options.env ?? process.env);
  const lineup = await planLineup(settings, machine);
  if (lineup.readsStdin) refuseTerminal(options.stdin ?? process.stdin);
  const { tracks } = lineup;
  const channel = new Channel({ name: settings.name, header: encodeHeader(tracks), hasVideo: tracks.video });
  const server = new HttpServer([channel]);
  const port = await server.listen(settings.host, settings.port);
  return new Cast({ settings, machine, lineup, channel, server, port }, options);
}

/** The ffmpeg command lines of a cast, quoted for a shell; opens and tries what a start would, and captures nothing. */
export async function commandLines(
  settings: StartSettings,
  { env = process.env, onNotice = () => undefined }: CastOptions = {},
): Promise<readonly string[]> {
  const { ffmpegPath, plans, encoder } = await planLineup(settings, thisMachine(env));
  if (encoder !== null) onNotice(`encoder: ${encoder.why}`);
  const lines = plans.map((plan) => shellLine([ffmpegPath, ...plan.args]));
  return settings.showSecrets ? lines : lines.map(redactor(plans.map((plan) => plan.source.url)));
}

interface Parts {
  readonly settings: StartSettings;
  readonly machine: Machine;
  readonly lineup: Lineup;
  readonly channel: Channel;
  readonly server: HttpServer;
  readonly port: number;
}

/** One device on its way to its viewers, until it ends, fails or is stopped. */
export class Cast {
  /** Resolves when a key frame can be watched, with null if the cast was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the cast is over and nothing of it is left; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  readonly #parts: Parts;
  readonly #options: CastOptions;
  #attempt: Attempt;
  readonly #ready = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();

  constructor(parts: Parts, options: CastOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#attempt = this.#begin(parts.lineup);
    this.ended = this.#run();
    this.onAir = Promise.race([raised(this.#ready), this.ended]).then(() =>
      this.#ready.signal.aborted ? this.#describe() : null,
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
    this.#attempt.kill();
  }

  #begin(lineup: Lineup): Attempt {
    const { channel, machine, settings } = this.#parts;
    const {
      stdin = process.stdin,
      onFfmpegLine = () => undefined,
      onNotice = () => undefined,
    } = this.#options;
    const onPackets = () => {
      if (this.#ready.signal.aborted || !channel.isReady) return;
      if (lineup.encoder?.isFallback) onNotice(lineup.encoder.why); // of interest only where it goes on
      this.#ready.abort();
    };
    const { fps } = settings;
    return new Attempt({ lineup, channel, machine, fps, stdin, onFfmpegLine, onNotice, onPackets });
  }

  #describe(): Promise<OnAir> {
    const { settings, port } = this.#parts;
    return describeOnAir(settings, port, this.#attempt);
  }

  async #run(): Promise<void> {
    try {
      await Promise.race([raised(this.#stopped), this.#captured(), this.#lateness(), this.#durationEnd()]);
      if (!this.#ready.signal.aborted && !this.#stopped.signal.aborted)
        throw this.#attempt.neverReady("brokenInput", "it ended before");
    } finally {
      this.#over.abort();
      await this.#attempt.stop();
      this.#parts.channel.end();
      await this.#parts.server.close(CLOSE_GRACE_MS);
    }
  }

  /** Until the inputs end. What fails before the first key frame is begun anew while there is another way. */
  async #captured(): Promise<void> {
    const { settings, machine } = this.#parts;
    for (let lessons = noLessons; ; ) {
      try {
        return await this.#attempt.ended;
      } catch (failure) {
        if (this.#ready.signal.aborted) throw failure;
        // Whatever the reason: an encoder that was found to work may no longer.
        if (this.#attempt.lineup.encoder !== null) forgetEncoders(foldersOf(machine.env).cache);
        const retake = retakeAfter(failure, this.#attempt.lineup, lessons);
        if (retake === null) throw failure;
        this.#options.onNotice?.(retake.notice);
        await this.#attempt.stop();
        lessons = retake.lessons;
        const lineup = await planLineup(settings, machine, lessons);
        if (this.#over.signal.aborted) return;
        this.#attempt = this.#begin(lineup);
      }
    }
  }

  async #lateness(): Promise<never> {
    const { readyTimeoutMs } = this.#parts.settings;
    await Promise.race([raised(this.#ready), this.#wait(readyTimeoutMs)]);
    if (this.#ready.signal.aborted) return new Promise(() => undefined); // in time: never late again
    throw this.#neverReady(readyTimeoutMs);
  }

  async #durationEnd(): Promise<void> {
    await raised(this.#ready);
    const { durationMs } = this.#parts.settings;
    await (durationMs === null ? raised(this.#over) : this.#wait(durationMs));
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#over.signal });
  }

  #neverReady(readyTimeoutMs: number): UserError {
    return this.#attempt.neverReady("notReady", `it has had ${readyTimeoutMs / 1000} s (--ready-timeout)`);
  }
}

async function raised({ signal }: AbortController): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
