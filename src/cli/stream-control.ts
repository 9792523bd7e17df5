import type { Channel } from "../channel/channel.ts";
import type { Controllable } from "../control/serve.ts";
import { UserError } from "../errors.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { Still, StreamStatus } from "../status.ts";

/** A stream as `start` handles it. */
export type RunningStream = Controllable & Pick<Channel, "onAir" | "ended" | "kill">;

/** What signals and other processes ask of a stream, from before there is one until nothing is left of it. */
export class StreamControl implements Controllable {
  readonly #settings: Pick<ChannelSettings, "name" | "device">;
  readonly #startedMs = Date.now();
  readonly #over: Promise<void>;
  #stream: RunningStream | null = null;
  #isStopped = false;
  #end: () => void = () => undefined;

  constructor(settings: Pick<ChannelSettings, "name" | "device">) {
    this.#settings = settings;
    this.#over = new Promise((resolve) => (this.#end = resolve));
  }

  /** From now on there is a stream; what was asked before counts. */
  direct(stream: RunningStream): void {
    this.#stream = stream;
    if (this.#isStopped) stop(stream);
  }

  /** Nothing is left. */
  end(): void {
    this.#end();
  }

  status(): StreamStatus {
    return this.#stream?.status() ?? this.#beforehand();
  }

  withToken(url: string): string {
    return this.#stream?.withToken(url) ?? url;
  }

  async still(): Promise<Still> {
    return (await this.#stream?.still()) ?? { kind: "not-yet" };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#stream !== null) stop(this.#stream);
    await this.#over;
  }

  async restart(): Promise<void> {
    if (this.#stream === null) throw new UserError("notReady", "it is being started");
    await this.#stream.restart();
  }

  kill(): void {
    this.#stream?.kill();
  }

  #beforehand(): StreamStatus {
    return {
      name: this.#settings.name,
      state: "starting",
      sinceMs: this.#startedMs,
      startedMs: this.#startedMs,
      pid: process.pid,
      url: null,
      device: this.#settings.device.shown,
      inputs: [],
      encoder: null,
      encoderReason: null,
      codecs: [],
      size: null,
      fps: null,
      bitrateKbps: null,
      restarts: 0,
      viewers: 0,
      lastError: null,
      reason: null,
    };
  }
}

function stop(stream: RunningStream): void {
  stream.stop().catch(() => undefined); // how it went is what `ended` says
}
