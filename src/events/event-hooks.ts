import type { LogEvent } from "../log.ts";
import type { EventRule, PublicEventName } from "../settings/serve-settings.ts";
import type { StreamStatus } from "../stream.ts";
import { Hook, type HookOptions, hookKey } from "./hook.ts";
import type { PublicEvent } from "./public-event.ts";
import { StreamEvents } from "./stream-events.ts";

export interface EventHooksOptions extends HookOptions {
  readonly server: string;
  /** A stream as it is now; null where there is none of that name. */
  readonly status: (stream: string) => StreamStatus | null;
}

type ServerEventName = Extract<PublicEventName, `config-${string}` | `server-${string}`>;

/** Tells programs and web servers what happens. Nobody waits for them. */
export class EventHooks {
  readonly #options: EventHooksOptions;
  readonly #streams = new Map<string, StreamEvents>();
  #hooks: readonly Hook[];

  constructor(rules: readonly EventRule[], options: EventHooksOptions) {
    this.#options = options;
    this.#hooks = rules.map((rule) => new Hook(rule, options));
  }

  /** Something was logged. @param stream whose it is; null: the server's */
  notice(log: LogEvent, stream: string | null): void {
    if (stream === null) return;
    const { server, status } = this.#options;
    const events = this.#streams.get(stream) ?? new StreamEvents(server, stream);
    this.#streams.set(stream, events);
    for (const event of events.hear(log, status(stream))) this.#push(event);
    if (log.event !== "state-changed" || log.fields.state !== "ended") return;
    this.#streams.delete(stream);
    for (const hook of this.#hooks) hook.end(stream);
  }

  /** Something happened to the server. @param text a sentence, without a full stop */
  tell(event: ServerEventName, text: string, reason: string | null = null): void {
    const none = { stream: null, state: null, previous: null, sinceMs: null, url: null };
    const { server } = this.#options;
    this.#push({ id: crypto.randomUUID(), event, atMs: Date.now(), server, ...none, reason, text });
  }

  /** What waits for a rule that stays is not lost. */
  update(rules: readonly EventRule[]): void {
    const old = [...this.#hooks];
    this.#hooks = rules.map((rule) => {
      const at = old.findIndex(({ key }) => key === hookKey(rule));
      return (at === -1 ? null : old.splice(at, 1)[0]) ?? new Hook(rule, this.#options);
    });
    for (const hook of old) void hook.close(); // it takes a few seconds at most, and never rejects
  }

  /** Resolves when all is delivered, or after a few seconds. */
  async close(): Promise<void> {
    await Promise.all(this.#hooks.map((hook) => hook.close()));
  }

  kill(): void {
    for (const hook of this.#hooks) hook.kill();
  }

  #push(event: PublicEvent): void {
    for (const hook of this.#hooks) hook.push(event);
  }
}
