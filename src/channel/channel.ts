import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { Packet } from "../media/packet.ts";
import { FanOut } from "../outputs/fan-out.ts";
import { LiveOutput, type LiveOutputOptions } from "../outputs/live/live-output.ts";
import type { Output } from "../outputs/output.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { MediaTotals, Still, StreamHandle, StreamState, StreamStatus } from "../status.ts";
import { describe, type OnAir, sessionStatus } from "./description.ts";
import { openPlace } from "./open-place.ts";
import type { Place } from "./place.ts";
import { Planner } from "./plan.ts";
import type { Session, Surroundings } from "./session.ts";
import { encodedDespiteCopy } from "./session-events.ts";
import { Start } from "./start.ts";
import { Stills } from "./stills.ts";
import { Meter } from "./supervisor/meter.ts";

/** What a channel stands in: where it is served, what it shares with others, and who hears of it. */
export interface ChannelContext {
  readonly place: Place;
  readonly surroundings: Surroundings;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine: (line: string) => void;
  /** What the operator should know: what was lost, came back, or was done in another way. */
  readonly onNotice: (event: LogEvent) => void;
}

/** How long a search for a device may go on after a stop. */
const PLAN_GRACE_MS = 1000;

/** One device on its way to its viewers, until it ends, fails or is stopped. Nothing happens before `start`. */
export class Channel implements StreamHandle {
  /** Resolves when the device was found and the port is open; rejects as `ended` does. */
  readonly opened: Promise<void>;
  /** Resolves when a key frame can be watched, with null if the channel was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the channel is over and nothing of it is left; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  #settings: ChannelSettings;
  readonly #context: ChannelContext;
  #planner: Planner;
  readonly #live: LiveOutput;
  readonly #outputs: FanOut;
  readonly #meter = new Meter();
  readonly #stills = new Stills({
    keyPicture: () => this.#start?.pipeline?.keyPicture ?? null,
    ffmpeg: () => this.#planner.ffmpeg(),
  });
  readonly #started = new AbortController();
  readonly #open = new AbortController();
  readonly #ready = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();
  /** null before the device was found. */
  #start: Start | null = null;
  #state: StreamState = "starting";
  #sinceMs = Date.now();
  #waitsFor: UserError | null = null;

  constructor(settings: ChannelSettings, context: ChannelContext) {
    this.#settings = settings;
    this.#context = context;
    this.#planner = this.#plannerOf(settings);
    this.#live = liveOutput(settings, {
      onHub: (hub) => context.place.serve(hub),
      onViewer: (change, { address }) => this.#tellOfViewer(change, address),
    });
    this.#outputs = new FanOut({
      live: this.#live,
      onFailed: ({ name }, error) =>
        context.onNotice(
          warning("output-failed", `output "${name}" failed and was closed: ${String(error)}`, {
            output: name,
          }),
        ),
    });
    this.ended = raised(this.#started).then(() => this.#run());
    this.opened = Promise.race([raised(this.#open), this.ended]);
    this.onAir = Promise.race([raised(this.#ready), this.ended]).then(() => this.#describe());
    // Those who wait for one of them get its error.
    for (const promise of [this.ended, this.opened, this.onAir]) promise.catch(() => undefined);
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Looks for the device, opens the place and captures; how it goes is told by the promises. */
  start(): void {
    this.#started.abort();
  }

  status(): StreamStatus {
    const { place } = this.#context;
    const { url = null, pageUrl = null, urls = [] } = place.addresses() ?? {};
    const { failure } = place;
    return {
      ...{ name: this.name, state: this.#state, sinceMs: this.#sinceMs, pid: process.pid },
      startedMs: Math.round(performance.timeOrigin),
      ...{ url, pageUrl, urls, isReachable: failure === null },
      device: this.#settings.device.shown,
      ...sessionStatus(this.#session, this.#waitsFor),
      ...(failure && { lastError: failure.message, reason: failure.reason }),
      ...{ fps: this.#meter.fps, bitrateKbps: this.#meter.bitrateKbps },
      keyIntervalMs: this.#meter.keyIntervalMs,
      ...droppedUnits(this.#meter.totals),
      viewers: this.#live.hub?.viewerCount ?? 0,
    };
  }

  /** What has come, since the start. */
  totals(): MediaTotals {
    return this.#meter.totals;
  }

  /** The picture as it is now. @throws UserError where it cannot be decoded */
  async still(): Promise<Still> {
    const tracks = this.#session?.plan.tracks;
    return tracks?.video === false ? { kind: "none" } : await this.#stills.still();
  }

  /** Ends every process and begins again, viewers staying; before the first key frame it does nothing. */
  async restart(): Promise<void> {
    if (!this.#open.signal.aborted) throw new UserError("notReady", "the stream is still starting");
    if (this.#ready.signal.aborted) this.#session?.restart();
  }

  /**
   * From now on it captures this; its name stays. Its inputs end and begin again, filled meanwhile: viewers stay, unless
   * there are other tracks. How long it lasts does not change.
   */
  replan(settings: ChannelSettings): void {
    this.#settings = settings;
    this.#planner = this.#plannerOf(settings);
    this.setLimits(settings.viewers);
    this.#start?.change({ settings, planner: this.#planner });
  }

  /** From now on these hold for those who watch. */
  setLimits(viewers: ChannelSettings["viewers"]): void {
    this.#settings = { ...this.#settings, viewers };
    this.#live.setLimits(viewers);
  }

  /** Whether it was told to stop, rather than at its input's end, and how many viewers it has had so far. */
  get ending(): { readonly isStopped: boolean; readonly viewers: number } {
    const { hub } = this.#live;
    const viewers = hub === null ? 0 : hub.viewerCount + hub.totals.departures;
    return { isStopped: this.#stopped.signal.aborted, viewers };
  }

  /** A URL of this channel with the token that it needs; the same, where it needs none. */
  withToken(url: string): string {
    return this.#context.place.withToken(url);
  }

  /** From now on this output gets the stream's packets, too. */
  addOutput(output: Output): void {
    this.#outputs.add(output);
  }

  /** Ends one output; resolves when it has ended. */
  async removeOutput(output: Output): Promise<void> {
    await this.#outputs.remove(output);
  }

  /** Ends the channel in an orderly way: captures first, then every response with its last chunk. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.start(); // of one that was never started, there is nothing to end
    await this.ended.catch(() => undefined); // how it went is what `ended` says
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Kills what runs beside us, for an end without delay. */
  kill(): void {
    this.#session?.kill();
  }

  get #session(): Session | null {
    return this.#start?.current ?? null;
  }

  #plannerOf(settings: ChannelSettings): Planner {
    const { machine, encoders } = this.#context.surroundings;
    return new Planner(settings, machine, encoders);
  }

  async #run(): Promise<void> {
    const capture = this.#capture();
    try {
      await Promise.race([raised(this.#stopped), capture, this.#durationEnd()]);
      if (!this.#ready.signal.aborted && !this.#stopped.signal.aborted)
        throw this.#session?.neverReady("brokenInput", "the input ended");
    } finally {
      this.#over.abort();
      await this.#session?.stop();
      // What looks for the device may run programs of its own: they are soon over, unless one hangs.
      const late = new AbortController();
      const settled = capture.catch(() => undefined);
      await Promise.race([settled, delay(PLAN_GRACE_MS, undefined, late).catch(() => undefined)]);
      late.abort();
      await this.#outputs.end();
      await this.#stills.close();
      await this.#context.place.leave();
      this.#enter("ended");
    }
  }

  async #capture(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const { place, surroundings, onFfmpegLine, onNotice } = this.#context;
    const { wait } = this.#settings;
    const over = this.#over.signal;
    const onWaiting = (failure: UserError) => this.#wait(failure);
    const plan = wait ? null : await this.#planner.plan();
    if (over.aborted) return;
    await openPlace(place, wait ? { surroundings, events: { onNotice, onWaiting }, over } : null);
    if (over.aborted) return;
    this.#open.abort();
    this.#start = new Start({
      ...{ settings: this.#settings, planner: this.#planner, plan, surroundings, over },
      outputs: this.#outputs,
      events: {
        ...{ onFfmpegLine, onNotice, onWaiting },
        onPackets: (packets) => this.#count(packets),
        onDropped: (track, dropped) => this.#meter.countDropped(track, dropped),
        onChange: () => this.#look(),
      },
    });
    if (!over.aborted) await this.#start.run();
  }

  #count(packets: readonly Packet[]): void {
    this.#meter.count(packets);
    if (this.#ready.signal.aborted) return this.#countAgain();
    if (!this.#outputs.isReady) return;
    this.#tellOfFallback();
    this.#waitsFor = null;
    this.#enter("on-air");
    this.#ready.abort();
  }

  /** After a change of what is captured, it is as at first. */
  #countAgain(): void {
    this.#waitsFor = null;
    if (this.#state !== "on-air") this.#look();
  }

  /** Of interest only where it goes on. */
  #tellOfFallback(): void {
    const plan = this.#session?.plan;
    if (this.#settings.video.copy)
      for (const event of plan?.processes.flatMap(encodedDespiteCopy) ?? []) this.#context.onNotice(event);
    const encoder = plan?.encoder;
    if (!encoder?.isFallback) return;
    this.#context.onNotice(
      notice("encoder-selected", encoder.reason, { encoder: encoder.chosen.encoder.name }),
    );
  }

  #tellOfViewer(change: "joined" | "left", address: string): void {
    const { name } = this;
    const viewers = this.#live.hub?.viewerCount ?? 0;
    const text = `viewer ${change} "${name}": ${address} (${viewers === 1 ? "1 viewer" : `${viewers} viewers`} now)`;
    const fields = { name, address, viewers };
    this.#context.onNotice({ level: "debug", event: `viewer-${change}`, text, fields });
  }

  #wait(failure: UserError): void {
    this.#waitsFor = failure;
    this.#enter(this.#outputs.isReady ? "degraded" : "waiting");
  }

  #look(): void {
    if (this.#ready.signal.aborted) this.#enter(this.#outputs.isReady ? this.#health() : "starting");
  }

  /** Between two sessions, viewers get what fills the time. */
  #health(): StreamState {
    const inputs = this.#session?.inputs ?? null;
    const isWell = inputs?.every(({ state }) => state === "running" || state === "ended");
    return isWell === true ? "on-air" : "degraded";
  }

  #enter(state: StreamState): void {
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    this.#sinceMs = Date.now();
    const { name } = this;
    const text = `"${name}" is ${state} (was ${before})`;
    this.#context.onNotice({ level: "debug", event: "state-changed", text, fields: { name, state, before } });
  }

  #describe(): OnAir | null {
    const session = this.#session;
    const addresses = this.#context.place.addresses();
    if (!this.#ready.signal.aborted || session === null || addresses === null) return null;
    return describe(this.name, addresses, session);
  }

  async #durationEnd(): Promise<void> {
    await raised(this.#ready);
    const { durationMs } = this.#settings;
    if (durationMs === null) await raised(this.#over);
    else await delay(durationMs, undefined, { signal: this.#over.signal });
  }
}

function droppedUnits({ damagedUnits, ignoredUnits }: MediaTotals) {
  return {
    damagedUnits: damagedUnits.video + damagedUnits.audio,
    ignoredUnits: ignoredUnits.video + ignoredUnits.audio,
  };
}

async function raised({ signal }: AbortController): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function liveOutput(
  { name, viewers }: ChannelSettings,
  listeners: Pick<LiveOutputOptions, "onHub" | "onViewer">,
): LiveOutput {
  return new LiveOutput({
    name,
    limits: viewers,
    schedule: (run, delayMs) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    ...listeners,
  });
}
