import type { OnAir } from "../channel/description.ts";
import type { Controllable } from "../control/serve.ts";
import { UserError } from "../errors.ts";
import { redactUrls } from "../ffmpeg/redact.ts";
import type { StartSettings } from "../settings/settings.ts";
import type { CastStatus, Still } from "../status.ts";

/** A cast as `start` handles it. */
export interface RunningCast {
  /** Resolves when it can be watched, with null if it was stopped before. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when nothing of it is left; rejects when it failed. */
  readonly ended: Promise<void>;
  status(): CastStatus;
  /** A URL of its own with the token that it needs. */
  withToken(url: string): string;
  still(): Promise<Still>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  kill(): void;
}

/** What signals and other processes ask of a cast, from before there is one until nothing is left of it. */
export class Conductor implements Controllable {
  readonly #settings: Pick<StartSettings, "name" | "device">;
  readonly #startedMs = Date.now();
  readonly #over: Promise<void>;
  #cast: RunningCast | null = null;
  #isStopped = false;
  #end: () => void = () => undefined;

  constructor(settings: Pick<StartSettings, "name" | "device">) {
    this.#settings = settings;
    this.#over = new Promise((resolve) => (this.#end = resolve));
  }

  /** From now on there is a cast; what was asked before counts. */
  direct(cast: RunningCast): void {
    this.#cast = cast;
    if (this.#isStopped) stop(cast);
  }

  /** Nothing is left. */
  end(): void {
    this.#end();
  }

  status(): CastStatus {
    return this.#cast?.status() ?? this.#beforehand();
  }

  url(): string | null {
    const { url } = this.status();
    return url === null || this.#cast === null ? url : this.#cast.withToken(url);
  }

  async still(): Promise<Still> {
    return (await this.#cast?.still()) ?? { kind: "not-yet" };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#cast !== null) stop(this.#cast);
    await this.#over;
  }

  async restart(): Promise<void> {
    if (this.#cast === null) throw new UserError("notReady", "it is being started");
    await this.#cast.restart();
  }

  kill(): void {
    this.#cast?.kill();
  }

  #beforehand(): CastStatus {
    return {
      name: this.#settings.name,
      state: "starting",
      sinceMs: this.#startedMs,
      startedMs: this.#startedMs,
      pid: process.pid,
      url: null,
      device: redactUrls(this.#settings.device),
      inputs: [],
      encoder: null,
      codecs: [],
      size: null,
      fps: null,
      bitrateKbps: null,
      restarts: 0,
      viewers: 0,
      lastError: null,
    };
  }
}

function stop(cast: RunningCast): void {
  cast.stop().catch(() => undefined); // how it went is what `ended` says
}
