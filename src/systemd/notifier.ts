import { type LogEvent, warning } from "../log.ts";
import type { Machine } from "../system/machine.ts";

export interface NotifierOptions {
  readonly machine: Pick<Machine, "env" | "run">;
  /** What the operator should know, a line each. */
  readonly onNotice: (event: LogEvent) => void;
}

/** systemd-notify takes some 20 ms, and waits up to 5 s until systemd has read what it sent. */
const NOTIFY_TIMEOUT_MS = 6000;

/**
 * Tells systemd how the service is doing: sd_notify(3). Node opens no datagram socket of the AF_UNIX kind, so
 * systemd-notify sends for us, and the unit needs NotifyAccess=all. Outside of systemd it does nothing.
 */
export class ServiceNotifier {
  readonly isHeard: boolean;
  readonly #options: NotifierOptions;
  /** What is to be sent next: of each kind the newest. */
  readonly #pending = new Map<string, string>();
  #sending: Promise<void> | null = null;
  #hasFailed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.isHeard = Boolean(options.machine.env["NOTIFY_SOCKET"]);
  }

  /** The service does what it is for. */
  ready(status: string): void {
    this.#tell({ READY: "1", STATUS: status });
  }

  /** It takes on another configuration, until it is ready again: Type=notify-reload of systemd.service(5). */
  async reloading(): Promise<void> {
    await this.sent(); // in a message of its own, or READY=1 would be of before
    const nowUs = process.hrtime.bigint() / 1000n; // CLOCK_MONOTONIC
    this.#tell({ RELOADING: "1", MONOTONIC_USEC: String(nowUs) });
    await this.sent();
  }

  /** It is not there yet, on purpose: the start may take so much longer from now. */
  waiting(status: string, extendMs: number): void {
    this.#tell({ STATUS: status, EXTEND_TIMEOUT_USEC: String(extendMs * 1000) });
  }

  status(text: string): void {
    this.#tell({ STATUS: text });
  }

  /** All is well: the watchdog may wait again. */
  watchdog(): void {
    this.#tell({ WATCHDOG: "1" });
  }

  stopping(): void {
    this.#tell({ STOPPING: "1", STATUS: "stopping" });
  }

  /** Resolves when all has been sent, or could not be. */
  async sent(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  #tell(assignments: Readonly<Record<string, string>>): void {
    if (!this.isHeard) return;
    for (const [name, value] of Object.entries(assignments)) this.#pending.set(name, oneLine(value));
    this.#sending ??= this.#send();
  }

  /** One process after the other: what comes later is heard later. */
  async #send(): Promise<void> {
    while (this.#pending.size > 0) {
      const words = [...this.#pending].map(([name, value]) => `${name}=${value}`);
      this.#pending.clear();
      const ran = await this.#options.machine.run("systemd-notify", words, { timeoutMs: NOTIFY_TIMEOUT_MS });
      if (ran?.code !== 0) this.#complain(ran === null ? "not installed, or hangs" : ran.stderr.trim());
    }
    this.#sending = null; // at once: what is told a moment later must not count on this one
  }

  #complain(problem: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.onNotice(
      warning(
        "systemd-unreachable",
        `cannot report to systemd, which may stop this service (systemd-notify: ${oneLine(problem)})`,
      ),
    );
  }
}

/** A message has an assignment a line: a newline would begin another. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 500);
}
