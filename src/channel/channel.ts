import { setTimeout as delay } from "node:timers/promises";
import { type Access, openDoor, urlWith } from "../app/access.ts";
import type { UserError } from "../errors.ts";
import { refuseTerminal } from "../ffmpeg/stdin-capture.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { Packet } from "../media/packet.ts";
import { FanOut } from "../outputs/fan-out.ts";
import { FlvOutput } from "../outputs/live/flv-output.ts";
import type { Hub } from "../outputs/live/hub.ts";
import type { CertificateWatch } from "../server/http/certificate-watch.ts";
import type { HttpServer } from "../server/server.ts";
import { flvPath } from "../server/stream-name.ts";
import { type Site, streamUrls } from "../server/urls.ts";
import type { ChannelSettings, ServerSettings } from "../settings/settings.ts";
import type { MediaTotals, Still, StreamHandle, StreamState, StreamStatus } from "../status.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import { passedSocket } from "../systemd/passed-socket.ts";
import { version } from "../version.ts";
import { codecsOf, describeOnAir, type OnAir } from "./description.ts";
import { type ChannelPlan, Planner } from "./plan.ts";
import { Start } from "./start.ts";
import { Stills } from "./stills.ts";
import { ClockWatch } from "./supervisor/clock-watch.ts";
import { DeviceWatch } from "./supervisor/device-watch.ts";
import { Meter } from "./supervisor/meter.ts";

/** What a stream of its own server is started with. */
export interface StreamSettings {
  readonly server: ServerSettings;
  readonly channel: ChannelSettings;
}

export interface ChannelOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadStream;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
  /** What the operator should know: what was lost, came back, or was done in another way. */
  readonly onNotice?: (event: LogEvent) => void;
}

/** How long viewers may take to receive the end of the stream. */
const CLOSE_GRACE_MS = 3000;

/** Puts a device on the air. @throws UserError when it cannot be opened or the port cannot be had */
export async function startStream(
  { server: serverSettings, channel: settings }: StreamSettings,
  options: ChannelOptions = {},
): Promise<Channel> {
  const machine = thisMachine(options.env ?? process.env);
  if (settings.device.kind === "stdin") refuseTerminal(options.stdin ?? process.stdin);
  const onNotice = options.onNotice ?? (() => undefined);
  const loading = import("../app/make-server.ts"); // a tenth of a second, spent while ffmpeg is asked for its version
  const planner = new Planner(settings, machine);
  const plan = settings.wait ? null : await planner.plan();
  const { server, certificate, scheme } = await (await loading).makeServer(
    { ...serverSettings, maxViewers: settings.viewers.maxViewers },
    onNotice,
  );
  server.announce(settings.name);
  try {
    const { host } = serverSettings;
    const passed = passedSocket(machine.env);
    const address =
      passed === null
        ? { host, port: await server.listen(host, serverSettings.port) }
        : await server.listenOn(passed);
    const site = { scheme, ...address };
    const { url } = await streamUrls(site, flvPath(settings.name));
    const access = await openDoor({ ...serverSettings, name: settings.name }, server.address, {
      env: machine.env,
      onNotice,
    });
    server.setGate(access.gate);
    return new Channel({ settings, machine, planner, plan, server, certificate, site, url, access }, options);
  } catch (error) {
    certificate?.close();
    await server.close(0);
    throw error;
  }
}

interface Parts {
  readonly settings: ChannelSettings;
  readonly machine: Machine;
  readonly planner: Planner;
  readonly plan: ChannelPlan | null;
  readonly server: HttpServer;
  /** The viewer URL. */
  readonly url: string;
  readonly site: Site;
  readonly certificate: CertificateWatch | null;
  readonly access: Access;
}

/** One device on its way to its viewers, until it ends, fails or is stopped. */
export class Channel implements StreamHandle {
  /** Resolves when a key frame can be watched, with null if the channel was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the channel is over and nothing of it is left; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  readonly #parts: Parts;
  readonly #onNotice: (event: LogEvent) => void;
  readonly #attempts: Start;
  readonly #live: FlvOutput;
  readonly #outputs: FanOut;
  readonly #meter = new Meter();
  readonly #watch = new DeviceWatch();
  readonly #clock = new ClockWatch();
  readonly #stills = new Stills({
    keyPicture: () => this.#attempts.current?.pipeline.keyPicture ?? null,
    ffmpeg: () => this.#parts.planner.ffmpeg(),
  });
  readonly #ready = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();
  #state: StreamState = "starting";
  #sinceMs = Date.now();
  #waitsFor: UserError | null = null;

  constructor(parts: Parts, { stdin = process.stdin, onFfmpegLine, onNotice }: ChannelOptions) {
    const { settings, machine, planner, plan, server } = parts;
    this.#parts = parts;
    this.#onNotice = onNotice ?? (() => undefined);
    this.#live = liveOutput(settings, (hub) => server.serve(hub));
    this.#outputs = new FanOut({
      live: this.#live,
      onFailed: ({ name }, error) =>
        this.#onNotice(
          warning("output-failed", `${name} has failed and ends: ${String(error)}`, { output: name }),
        ),
    });
    this.#attempts = new Start({
      ...{ settings, planner, plan, over: this.#over.signal },
      surroundings: { machine, stdin, watch: this.#watch, clock: this.#clock },
      events: {
        onFfmpegLine: onFfmpegLine ?? (() => undefined),
        onNotice: this.#onNotice,
        onPackets: (packets) => this.#count(packets),
        onWaiting: (failure) => this.#wait(failure),
        onChange: () => this.#enter(this.#ready.signal.aborted ? this.#health() : this.#state),
      },
      outputs: this.#outputs,
    });
    server.setStreams(() => [this]);
    this.ended = this.#run();
    this.onAir = Promise.race([raised(this.#ready), this.ended]).then(() => this.#describe());
    this.onAir.catch(() => undefined); // `ended` tells the same
  }

  status(): StreamStatus {
    const { settings, url } = this.#parts;
    const { current } = this.#attempts;
    const inputs = current?.inputs ?? [];
    const video = current?.pipeline.videoConfig ?? null;
    const encoder = current?.plan.encoder ?? null;
    return {
      ...{ name: settings.name, state: this.#state, sinceMs: this.#sinceMs, pid: process.pid },
      startedMs: Math.round(performance.timeOrigin),
      url,
      device: settings.device.shown,
      inputs,
      encoder: encoder?.chosen.encoder.name ?? null,
      encoderReason: encoder?.reason ?? null,
      codecs: current === null ? [] : codecsOf(current.pipeline),
      size: video && `${video.width}x${video.height}`,
      ...{ fps: this.#meter.fps, bitrateKbps: this.#meter.bitrateKbps },
      restarts: inputs.reduce((sum, { restarts }) => sum + restarts, 0),
      viewers: this.#live.hub?.viewerCount ?? 0,
      lastError:
        inputs.map(({ lastError }) => lastError).findLast((error) => error !== null) ??
        this.#waitsFor?.message ??
        null,
      reason:
        inputs.map(({ reason }) => reason).findLast((reason) => reason !== null) ??
        this.#waitsFor?.reason ??
        null,
    };
  }

  /** What has come, since the start. */
  totals(): MediaTotals {
    return this.#meter.totals;
  }

  /** The picture as it is now. @throws UserError where it cannot be decoded */
  async still(): Promise<Still> {
    const tracks = this.#attempts.current?.plan.tracks;
    return tracks?.video === false ? { kind: "none" } : await this.#stills.still();
  }

  /** Ends every process and begins anew, viewers staying; before the first key frame it does nothing. */
  async restart(): Promise<void> {
    if (this.#ready.signal.aborted) this.#attempts.current?.restart();
  }

  /** A URL of this channel with the token that it needs; the same, where it needs none. */
  withToken(url: string): string {
    return urlWith(this.#parts.access.token, url);
  }

  /** Ends the channel in an orderly way: captures first, then every response with its last chunk. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.ended;
  }

  /** Kills what runs beside us, for an end without delay. */
  kill(): void {
    this.#attempts.current?.kill();
  }

  async #run(): Promise<void> {
    try {
      await Promise.race([raised(this.#stopped), this.#attempts.run(), this.#durationEnd()]);
      if (!this.#ready.signal.aborted && !this.#stopped.signal.aborted)
        throw this.#attempts.current?.neverReady("brokenInput", "it ended before");
    } finally {
      this.#over.abort();
      this.#watch.close();
      this.#parts.certificate?.close();
      this.#clock.close();
      await this.#attempts.current?.stop();
      await this.#outputs.end();
      await this.#stills.close();
      await this.#parts.server.close(CLOSE_GRACE_MS);
      this.#enter("ended");
    }
  }

  #count(packets: readonly Packet[]): void {
    this.#meter.count(packets);
    if (this.#ready.signal.aborted || !this.#outputs.isReady) return;
    this.#tellOfFallback();
    this.#waitsFor = null;
    this.#enter("on-air");
    this.#ready.abort();
  }

  /** Of interest only where it goes on. */
  #tellOfFallback(): void {
    const encoder = this.#attempts.current?.plan.encoder;
    if (!encoder?.isFallback) return;
    this.#onNotice(notice("encoder-selected", encoder.reason, { encoder: encoder.chosen.encoder.name }));
  }

  #wait(failure: UserError): void {
    this.#waitsFor = failure;
    this.#enter("waiting");
  }

  #health(): StreamState {
    const inputs = this.#attempts.current?.inputs ?? [];
    return inputs.every(({ state }) => state === "running" || state === "ended") ? "on-air" : "degraded";
  }

  #enter(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = Date.now();
  }

  async #describe(): Promise<OnAir | null> {
    const { settings, site, access } = this.#parts;
    const { current } = this.#attempts;
    if (!this.#ready.signal.aborted || current === null) return null;
    return describeOnAir({ name: settings.name, site, token: access.token }, current);
  }

  async #durationEnd(): Promise<void> {
    await raised(this.#ready);
    const { durationMs } = this.#parts.settings;
    if (durationMs === null) await raised(this.#over);
    else await delay(durationMs, undefined, { signal: this.#over.signal });
  }
}

async function raised({ signal }: AbortController): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function liveOutput({ name, viewers }: ChannelSettings, onHub: (hub: Hub) => void): FlvOutput {
  return new FlvOutput({
    name,
    encoderName: `flvcast ${version}`,
    limits: viewers,
    schedule: (run, delayMs) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    onHub,
  });
}
