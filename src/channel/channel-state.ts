import type { UserError } from "../errors.ts";
import type { LogEvent } from "../log.ts";
import type { StreamState } from "../stream.ts";

/** What state a channel is in, since when, and what it waits for. */
export class ChannelState {
  readonly #name: string;
  readonly #onChange: (event: LogEvent) => void;
  #current: StreamState = "starting";
  #sinceMs = Date.now();
  #failure: UserError | null = null;

  constructor(name: string, onChange: (event: LogEvent) => void) {
    this.#name = name;
    this.#onChange = onChange;
  }

  get current(): StreamState {
    return this.#current;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Why it is not on the air; null where nothing is wrong. */
  get failure(): UserError | null {
    return this.#failure;
  }

  get isOnAir(): boolean {
    return this.#current === "on-air" || this.#current === "degraded";
  }

  enter(state: StreamState): void {
    const before = this.#current;
    if (state === before) return;
    this.#current = state;
    this.#sinceMs = Date.now();
    const name = this.#name;
    const text = `"${name}" is ${state} (was ${before})`;
    this.#onChange({ level: "debug", event: "state-changed", text, fields: { name, state, before } });
  }

  /** The same, with what keeps it from being on the air. */
  enterFor(state: StreamState, failure: UserError | null): void {
    this.#failure = failure;
    this.enter(state);
  }
}
