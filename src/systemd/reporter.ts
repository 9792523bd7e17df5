import { warning } from "../log.ts";
import type { StreamStatus } from "../stream.ts";
import { type NotifierOptions, ServiceNotifier } from "./notifier.ts";
import { InputWatchdog, type WatchdogLimits } from "./watchdog.ts";

export interface SystemdReporterOptions extends NotifierOptions {
  readonly limits: () => WatchdogLimits;
  /** What it serves may all be waited for: there is a server, whatever it has. */
  readonly isServer?: boolean;
  readonly pid?: number;
}

/** How often it is looked: what takes longer than the event loop's hanging is noticed by systemd. */
const LOOK_MS = 1000;
/** systemd is asked for this much more time for the start, each time half of it is over. */
const EXTEND_MS = 60_000;

/**
 * Keeps systemd up to date on a server's streams: ready once they can be watched, what is on the air or missing, and the
 * watchdog, which is fed by a timer, so that an event loop which hangs feeds nothing. Outside of systemd it does nothing.
 */
export class SystemdReporter {
  readonly #statuses: () => readonly StreamStatus[];
  readonly #options: SystemdReporterOptions;
  readonly #notifier: ServiceNotifier;
  readonly #watchdog: InputWatchdog;
  readonly #watchdogMs: number | null;
  readonly #timer: NodeJS.Timeout | null;
  #isReady = false;
  #sentText = "";
  #extendedMs = Number.NEGATIVE_INFINITY;
  #fedMs = Number.NEGATIVE_INFINITY;
  #isFed = true;

  constructor(statuses: () => readonly StreamStatus[], options: SystemdReporterOptions) {
    this.#statuses = statuses;
    this.#options = options;
    this.#notifier = new ServiceNotifier(options);
    this.#watchdog = new InputWatchdog(options.limits);
    this.#watchdogMs = watchdogMs(options.machine.env, options.pid ?? process.pid);
    this.#timer = this.#notifier.isHeard ? setInterval(() => this.look(), LOOK_MS) : null;
    this.look();
  }

  /** Looks now rather than in a second: something has happened. */
  look(): void {
    if (!this.#notifier.isHeard) return;
    const statuses = this.#statuses();
    const text = statusLine(statuses);
    if (this.#isReadyWith(statuses)) this.#tellReady(text);
    else if (!this.#isReady) this.#extend(text);
    if (text !== this.#sentText) this.#notifier.status(text);
    this.#sentText = text;
    this.#feed(statuses);
  }

  /** Says that the configuration is read again, and when that is done, whatever comes of it. */
  async reload(work: () => Promise<void>): Promise<void> {
    if (!this.#isReady) return await work(); // it is about to be
    await this.#notifier.reloading();
    try {
      await work();
    } finally {
      this.#sentText = statusLine(this.#statuses());
      this.#notifier.ready(this.#sentText);
    }
  }

  /** Says that the service stops, and waits until that is said. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#notifier.stopping();
    await this.#notifier.sent();
  }

  #isReadyWith(statuses: readonly StreamStatus[]): boolean {
    return this.#options.isServer === true
      ? statuses.every(({ state }) => state !== "starting")
      : isReady(statuses);
  }

  #tellReady(text: string): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#notifier.ready(text);
    this.#sentText = text;
  }

  #extend(text: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#extendedMs < EXTEND_MS / 2) return;
    this.#extendedMs = nowMs;
    this.#notifier.waiting(text, EXTEND_MS);
    this.#sentText = text;
  }

  /** At half of the watchdog's time, as sd_watchdog_enabled(3) has it. */
  #feed(statuses: readonly StreamStatus[]): void {
    if (this.#watchdogMs === null) return;
    const stalledInput = this.#watchdog.stalledInput(statuses, performance.now());
    if (stalledInput !== null && this.#isFed) {
      this.#options.onNotice(
        warning(
          "watchdog-stopped",
          `${stalledInput} has sent no frames and has not been restarted; leaving it to systemd's watchdog to restart the service`,
          { input: stalledInput },
        ),
      );
    }
    this.#isFed = stalledInput === null;
    if (!this.#isFed || performance.now() - this.#fedMs < this.#watchdogMs / 2) return;
    this.#fedMs = performance.now();
    this.#notifier.watchdog();
  }
}

function watchdogMs(env: Readonly<Record<string, string | undefined>>, pid: number): number | null {
  const microseconds = Number(env["WATCHDOG_USEC"] ?? "");
  const isOurs = (env["WATCHDOG_PID"] ?? String(pid)) === String(pid);
  return isOurs && Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : null;
}

/** One device that is not there keeps a single stream from being ready, and not a server with others on the air. */
function isReady(statuses: readonly StreamStatus[]): boolean {
  return statuses.some(isUp) && statuses.every((status) => isUp(status) || status.state === "waiting");
}

function isUp(status: StreamStatus): boolean {
  return isOnAir(status) || status.state === "idle";
}

function isOnAir({ state }: StreamStatus): boolean {
  return state === "on-air" || state === "degraded";
}

function isWell({ state, isReachable }: StreamStatus): boolean {
  return state === "on-air" && isReachable;
}

/** Nobody watches it, and it would start if anybody did. */
function isIdle({ state, isReachable, lastError }: StreamStatus): boolean {
  return state === "idle" && isReachable && lastError === null;
}

/** What `systemctl status` shows: what is on the air, or what is missing. Few words change while all is well. */
export function statusLine(statuses: readonly StreamStatus[]): string {
  const [only, ...others] = statuses;
  if (only === undefined) return "no streams";
  if (others.length === 0) return lineOf(only);
  const onAir = statuses.filter(isWell);
  const idle = statuses.filter(isIdle);
  const rest = statuses.filter((status) => !isWell(status) && !isIdle(status));
  return [
    `${onAir.length} on air`,
    ...(idle.length === 0 ? [] : [`${idle.length} idle`]),
    ...rest.map((status) => `${status.name}: ${lineOf(status)}`),
  ].join(", ");
}

function lineOf(status: StreamStatus): string {
  const { state, url, device, size, encoder, inputs, lastError } = status;
  if (isOnAir(status) && !status.isReachable) return `on air, but unreachable${because(lastError)}`;
  if (state === "idle" && !status.isReachable) return `idle, but unreachable${because(lastError)}`;
  const details = [size, encoder].filter((one) => one !== null).join(", ");
  const onAir = `on air${url === null ? "" : `: ${url}`}${details === "" ? "" : ` (${details})`}`;
  switch (state) {
    case "starting":
      return `waiting for the first key frame from ${device}`;
    case "waiting":
      return `waiting for ${device}${because(lastError)}`;
    case "idle":
      return `idle${url === null ? "" : `: ${url}`}${lastError === null ? "" : ` (${lastError})`}`;
    case "on-air":
      return onAir;
    case "degraded": {
      const missing = inputs.filter((input) => input.state !== "running" && input.state !== "ended");
      const error = missing.find((input) => input.lastError !== null)?.lastError ?? lastError;
      // While another configuration is taken on, it has no inputs.
      const labels = missing.length === 0 ? [device] : missing.map(({ label }) => label);
      return `${onAir}, without ${labels.join(" and ")}${because(error)}`;
    }
    case "ended":
      return `ended${because(lastError)}`;
  }
}

function because(error: string | null): string {
  return error === null ? "" : `: ${error}`;
}
