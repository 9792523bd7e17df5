import type { EventHooks } from "../events/event-hooks.ts";
import type { LogEvent } from "../log.ts";
import type { EventRule } from "../settings/serve-settings.ts";
import type { StreamHandle } from "../stream.ts";
import type { Environment } from "./command.ts";

export interface ServeHooksOptions {
  readonly server: string;
  readonly env: Environment;
  readonly streams: () => readonly Pick<StreamHandle, "name" | "status">[];
  readonly onNotice: (event: LogEvent) => void;
}

/** The events of a server's file: what tells of them is loaded only where somebody is to be told. */
export class ServeHooks {
  readonly #options: ServeHooksOptions;
  #hooks: EventHooks | null = null;
  #isStarted = false;

  constructor(options: ServeHooksOptions) {
    this.#options = options;
  }

  /** From now on these are told. */
  async update(rules: readonly EventRule[]): Promise<void> {
    if (this.#hooks !== null || rules.length === 0) return this.#hooks?.update(rules);
    const { server, env, onNotice } = this.#options;
    const { EventHooks: Hooks } = await import("../events/event-hooks.ts");
    this.#hooks = new Hooks(rules, {
      ...{ server, env, onNotice },
      status: (stream) => this.#find(stream)?.status() ?? null,
    });
  }

  /** Something was logged; a stream of the file that ends is waited for. @param stream whose it is; null: the server's */
  notice(event: LogEvent, stream: string | null): void {
    if (stream === null) this.#noticeServer(event);
    else this.#hooks?.notice(this.#find(stream) === undefined ? event : asWaiting(event), stream);
  }

  /** The server is up, and somebody may want to know. */
  started(): void {
    this.#isStarted = true;
    const { server, streams } = this.#options;
    this.#hooks?.tell("server-started", `"${server}" serves ${streams().length} streams`);
  }

  /** Resolves when all is told, or after a few seconds. */
  async close(): Promise<void> {
    if (this.#isStarted) this.#hooks?.tell("server-stopping", `"${this.#options.server}" stops`);
    await this.#hooks?.close();
  }

  kill(): void {
    this.#hooks?.kill();
  }

  #noticeServer({ event, text }: LogEvent): void {
    if (event === "config-applied" || event === "config-refused") this.#hooks?.tell(event, text);
  }

  #find(stream: string) {
    return this.#options.streams().find(({ name }) => name === stream);
  }
}

function asWaiting(event: LogEvent): LogEvent {
  if (event.event !== "state-changed" || event.fields.state !== "ended") return event;
  return { ...event, fields: { ...event.fields, state: "waiting" } };
}
