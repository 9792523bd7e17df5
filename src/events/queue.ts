import { type LogEvent, notice, warning } from "../log.ts";
import type { Deliver, Trouble } from "./delivery.ts";
import type { PublicEvent } from "./public-event.ts";

export interface QueueOptions {
  readonly deliver: Deliver;
  readonly shown: string;
  readonly onNotice: (event: LogEvent) => void;
  /** Nothing waits, and all is well: it may be forgotten. */
  readonly onIdle: () => void;
}

const MAX_WAITING = 100;

interface Waiting {
  readonly event: PublicEvent;
  readonly queuedMs: number;
}

/** The events of one stream on their way to one hook: one at a time, in their order. */
export class EventQueue {
  readonly #options: QueueOptions;
  #waiting: Waiting[] = [];
  readonly #aborted = new AbortController();
  #working: Promise<void> | null = null;
  /** What is wrong, by its kind; null where the last event was handled. */
  #trouble: string | null = null;
  /** Events that were not handled, since that was reported. */
  #missed = 0;
  #isTooSlow = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  push(event: PublicEvent): void {
    this.#waiting.push({ event, queuedMs: performance.now() });
    if (this.#waiting.length > MAX_WAITING) this.#dropOldest();
    this.#working ??= this.#work();
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#working;
  }

  /** Drops what waits, and ends what is on its way. @param reason "now" if nothing can wait for that */
  abort(reason: "soon" | "now"): void {
    this.#missed += this.#waiting.length;
    this.#waiting = [];
    this.#aborted.abort(reason);
  }

  /** Says how many events were not handled, unless that was said. */
  reportMissed(): void {
    if (this.#missed === 0) return;
    const { shown, onNotice } = this.#options;
    const dropped = this.#missed;
    this.#missed = 0;
    const text = `hook ${shown} missed ${counted(dropped)}`;
    onNotice(warning("events-dropped", text, { hook: shown, dropped }));
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const trouble = await this.#deliver(next);
      if (trouble !== null) this.#missed += 1;
      this.#report(trouble);
    }
    this.#working = null;
    this.#isTooSlow = false;
    if (this.#trouble !== null) return; // what was missed is reported when it works again
    this.reportMissed();
    this.#options.onIdle();
  }

  #deliver({ event, queuedMs }: Waiting): Promise<Trouble | null> {
    const { deliver, shown, onNotice } = this.#options;
    return deliver(event, {
      ...{ queuedMs, signal: this.#aborted.signal },
      onTrouble: (trouble) => this.#report(trouble),
      onLine: (line) => {
        const fields = { hook: shown };
        onNotice({ level: "debug", event: "hook-output", text: `${shown}: ${line}`, fields });
      },
    });
  }

  #dropOldest(): void {
    this.#waiting.shift();
    this.#missed += 1;
    if (this.#isTooSlow) return;
    this.#isTooSlow = true;
    const { shown, onNotice } = this.#options;
    const text = `hook ${shown} cannot keep up: ${MAX_WAITING} events are waiting; dropping the oldest`;
    onNotice(warning("events-dropped", text, { hook: shown, dropped: this.#missed }));
  }

  /** Once for each change: a hook that fails each time would fill the log. */
  #report(trouble: Trouble | null): void {
    const kind = trouble?.kind ?? null;
    if (kind === this.#trouble) return;
    this.#trouble = kind;
    const { shown, onNotice } = this.#options;
    const fields = { hook: shown };
    if (trouble !== null) {
      const detail = trouble.detail === null ? "" : ` (${trouble.detail})`;
      return onNotice(warning("hook-failed", `hook ${shown} ${trouble.kind}${detail}`, fields));
    }
    const missed = this.#missed === 0 ? "" : `; it missed ${counted(this.#missed)}`;
    this.#missed = 0;
    onNotice(notice("hook-recovered", `hook ${shown} works again${missed}`, fields));
  }
}

function counted(events: number): string {
  return events === 1 ? "1 event" : `${events} events`;
}
