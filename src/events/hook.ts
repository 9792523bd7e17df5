import { shownArgument } from "../devices/redact.ts";
import type { LogEvent } from "../log.ts";
import type { EventRule } from "../settings/serve-settings.ts";
import { Debounce } from "./debounce.ts";
import type { Deliver } from "./delivery.ts";
import { poster } from "./post.ts";
import type { PublicEvent } from "./public-event.ts";
import { EventQueue } from "./queue.ts";
import { runner } from "./run.ts";

export interface HookOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onNotice: (event: LogEvent) => void;
}

/** What is on its way at the end has so long. */
const CLOSE_GRACE_MS = 3000;

/** One rule: what lasts goes into the queue of its stream, and so no stream waits for another one's. */
export class Hook {
  /** Two rules with the same key do the same. */
  readonly key: string;
  readonly #deliver: Deliver;
  readonly #shown: string;
  readonly #debounce: Debounce;
  readonly #onNotice: (event: LogEvent) => void;
  readonly #queues = new Map<string | null, EventQueue>();

  constructor(rule: EventRule, { env, onNotice }: HookOptions) {
    const { action, on, afterMs } = rule;
    this.key = hookKey(rule);
    this.#deliver = action.kind === "run" ? runner(action, env) : poster(action);
    this.#shown = shownArgument(action.kind === "run" ? action.command[0] : action.url);
    this.#onNotice = onNotice;
    this.#debounce = new Debounce(afterMs, (event) => {
      if (on === null || on.includes(event.event)) this.#queueOf(event.stream).push(event);
    });
  }

  push(event: PublicEvent): void {
    this.#debounce.push(event);
  }

  end(stream: string): void {
    this.#debounce.end(stream);
  }

  /** Resolves when all is delivered, or dropped for lack of time. */
  async close(): Promise<void> {
    this.#debounce.close();
    const queues = [...this.#queues.values()];
    const timer = setTimeout(() => {
      for (const queue of queues) queue.abort("soon");
    }, CLOSE_GRACE_MS);
    await Promise.all(queues.map((queue) => queue.drained()));
    clearTimeout(timer);
    for (const queue of queues) queue.reportMissed();
  }

  kill(): void {
    for (const queue of this.#queues.values()) queue.abort("now");
  }

  #queueOf(stream: string | null): EventQueue {
    const known = this.#queues.get(stream);
    if (known !== undefined) return known;
    const queue = new EventQueue({
      ...{ deliver: this.#deliver, shown: this.#shown, onNotice: this.#onNotice },
      onIdle: () => this.#queues.delete(stream),
    });
    this.#queues.set(stream, queue);
    return queue;
  }
}

export function hookKey(rule: EventRule): string {
  return JSON.stringify(rule);
}
