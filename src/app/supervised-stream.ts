import type { Channel } from "../channel/channel.ts";
import { UserError } from "../errors.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { StreamRecordings } from "../recordings/segment.ts";
import type { ServedStream } from "../settings/serve-settings.ts";
import type {
  Clip,
  MediaTotals,
  PublishAddress,
  Standby,
  Still,
  StreamHandle,
  StreamStatus,
} from "../stream.ts";
import { Alarm } from "../system/alarm.ts";
import { Backoff } from "../system/backoff.ts";
import type { StreamChange } from "./changes.ts";

export interface SupervisedStreamOptions {
  /** A channel that is yet to be started. @param isToStay asked at its end: whether there will be another one */
  readonly makeChannel: (served: ServedStream, isToStay: () => boolean) => Channel;
  /**
   * Takes the stream's name on this machine; resolves with what gives it free again.
   * @throws UserError where another process has it: then it is tried again
   */
  readonly takeName: (stream: StreamHandle) => Promise<() => Promise<void>>;
  readonly onNotice: (event: LogEvent) => void;
}

/** What is wanted of it. `ended`: its input is over, by itself. */
type Wanted = "running" | "ended" | "stopped" | "removed";

interface Trouble {
  readonly failure: UserError;
  readonly sinceMs: number;
}

/**
 * One stream of a server that goes on whatever becomes of it: a channel that fails is made again after a growing pause. One
 * whose input is over stays ended, until somebody starts it again.
 */
export class SupervisedStream implements StreamHandle {
  readonly name: string;
  /** Resolves when it is known at first how it does: it is on the air, waits for something, or is over. */
  readonly settled: Promise<void>;
  readonly #options: SupervisedStreamOptions;
  #served: ServedStream;
  #channel: Channel;
  #wanted: Wanted = "running";
  #trouble: Trouble | null = null;
  /** Its channel ends for another one to take its place. */
  #isRemade = false;
  /** What the pauses are told by. */
  #told: string | null = null;
  readonly #backoff = new Backoff();
  readonly #alarm = new Alarm();
  #running: Promise<void> | null = null;
  #settle: () => void = () => undefined;

  constructor(served: ServedStream, options: SupervisedStreamOptions) {
    this.name = served.channel.name;
    this.#served = served;
    this.#options = options;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.#channel = this.#makeChannel();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  status(): StreamStatus {
    const status = this.#channel.status();
    if (this.#trouble === null) return status;
    const { failure, sinceMs } = this.#trouble;
    const { message: lastError, reason } = failure;
    return { ...status, state: "waiting", sinceMs, fps: null, bitrateKbps: null, lastError, reason };
  }

  get standby(): Standby | null {
    return this.#trouble === null ? this.#channel.standby : null;
  }

  totals(): MediaTotals {
    return this.#channel.totals();
  }

  async still(): Promise<Still> {
    return await this.#channel.still();
  }

  get recordings(): StreamRecordings | null {
    return this.#channel.recordings;
  }

  clip(lastMs: number): Clip {
    return this.#channel.clip(lastMs);
  }

  saveClip(): void {
    this.#channel.saveClip();
  }

  publishAt(): PublishAddress | null {
    return this.#channel.publishAt();
  }

  withToken(url: string): string {
    return this.#channel.withToken(url);
  }

  /** Begins again with its inputs; what has ended or was stopped starts. @throws UserError while it is starting */
  async restart(): Promise<void> {
    if (this.#isIdle) this.resume();
    else await this.#channel.restart();
  }

  /** Starts again what has ended or waits; what runs goes on. */
  resume(): void {
    this.#wanted = "running";
    this.#alarm.ring();
  }

  get isStopped(): boolean {
    return this.#wanted === "stopped";
  }

  /** Ends it in order; it stays, and can be started again. */
  async stop(): Promise<void> {
    if (this.#wanted === "removed") return;
    this.#wanted = "stopped";
    this.#alarm.ring();
    await this.#channel.stop();
    this.#trouble = null;
    this.#tellOfEnd("stopped");
  }

  /** Ends it for good: nothing of it is left when this resolves. */
  async remove(): Promise<void> {
    this.#wanted = "removed";
    this.#alarm.ring();
    await this.#channel.stop();
    await this.#running;
    this.#settle();
  }

  kill(): void {
    this.#channel.kill();
  }

  /** How it is to be from now on: see `Channel.replan`. */
  change(served: ServedStream, change: StreamChange): void {
    this.#served = served;
    if (this.#isIdle) this.resume();
    else if (change === "replan") this.#channel.replan(served.channel);
    else if (change === "remake") this.#remake();
    else this.#channel.setLimits(served.channel);
  }

  #remake(): void {
    this.#isRemade = true;
    void this.#channel.stop(); // how it went is what `ended` says
  }

  noticed(event: LogEvent): void {
    if (event.event === "state-changed" && event.fields.state !== "starting") this.#settle();
  }

  get #isWanted(): boolean {
    return this.#wanted === "running";
  }

  get #isIdle(): boolean {
    return !this.#isWanted || this.#trouble !== null;
  }

  #makeChannel(): Channel {
    return this.#options.makeChannel(this.#served, () => this.#isWanted);
  }

  async #run(): Promise<void> {
    const release = await this.#name();
    try {
      while (this.#wanted !== "removed") {
        if (this.#isWanted) await this.#runChannel();
        else {
          await this.#alarm.rung();
          if (this.#isWanted) this.#channel = this.#makeChannel();
        }
      }
    } finally {
      await release?.();
    }
  }

  async #name(): Promise<(() => Promise<void>) | null> {
    while (this.#wanted !== "removed") {
      try {
        const release = await this.#options.takeName(this);
        this.#trouble = null;
        return release;
      } catch (failure) {
        await this.#pause(known(failure), 0);
      }
    }
    return null;
  }

  /** From its start to its end, and the pause after a failure. */
  async #runChannel(): Promise<void> {
    const startedMs = performance.now();
    this.#channel.start();
    try {
      await this.#channel.ended;
      if (this.#isWanted && !this.#isRemade) this.#over();
    } catch (failure) {
      if (this.#isWanted) await this.#pause(known(failure), performance.now() - startedMs);
    }
    this.#isRemade = false; // of this channel, however it ended
    if (this.#isWanted) this.#channel = this.#makeChannel();
    this.#trouble = null;
  }

  #over(): void {
    this.#wanted = "ended";
    this.#tellOfEnd("ended");
  }

  #tellOfEnd(how: "ended" | "stopped"): void {
    this.#settle();
    const { viewers } = this.#channel.ending;
    const text = `${how}; start it again with: flvcast restart ${this.name}`;
    this.#options.onNotice(notice("ended", text, { name: this.name, viewers }));
  }

  async #pause(failure: UserError, ranMs: number): Promise<void> {
    const delayMs = this.#backoff.failed(ranMs);
    this.#trouble = { failure, sinceMs: this.#trouble?.sinceMs ?? Date.now() };
    this.#settle();
    if (this.#told !== failure.message) this.#tell(failure, delayMs);
    this.#told = failure.message;
    await this.#alarm.rung(delayMs);
  }

  #tell({ message, reason }: UserError, delayMs: number): void {
    const text = `${message}; retrying in ${(delayMs / 1000).toFixed(1)} s`;
    this.#options.onNotice(warning("stream-failed", text, { reason, retryMs: delayMs }));
  }
}

/** A bug of ours ends one stream, too, and no more than that. */
function known(failure: unknown): UserError {
  if (failure instanceof UserError) return failure;
  const { message, stack = "" } = failure instanceof Error ? failure : new Error(String(failure));
  const where = /^\s+(at .*)$/m.exec(stack)?.[1] ?? "";
  return new UserError("failure", `internal error, please report it: ${message} ${where}`, {
    cause: failure,
  });
}
