import type { PublicEventName } from "../settings/serve-settings.ts";
import type { PublicEvent } from "./public-event.ts";

/** Two events of which one undoes the other. */
interface Pair {
  readonly away: PublicEventName;
  readonly back: PublicEventName;
  /** It has to last so long to be told, where the rule says nothing. */
  readonly afterMs: number;
  /** What counts as told before anything was: an input that is back was lost before, a stream that is up may be new. */
  readonly first: "back" | null;
}

const pairs: readonly Pair[] = [
  { away: "stream-down", back: "stream-up", afterMs: 5000, first: null },
  { away: "input-lost", back: "input-back", afterMs: 0, first: "back" },
  { away: "push-down", back: "push-up", afterMs: 5000, first: null },
  { away: "unwatched", back: "watched", afterMs: 0, first: null },
];

interface Change {
  told: "away" | "back" | null;
  /** What is told unless it is over before. */
  pending: { readonly event: PublicEvent; readonly timer: NodeJS.Timeout } | null;
}

/** Passes on what lasts: what is over before its time is not told, and neither is that it is over. */
export class Debounce {
  readonly #afterMs: number | null;
  readonly #pass: (event: PublicEvent) => void;
  /** By stream, then by what changes. */
  readonly #streams = new Map<string | null, Map<string, Change>>();

  /** @param afterMs null: as each event has it */
  constructor(afterMs: number | null, pass: (event: PublicEvent) => void) {
    this.#afterMs = afterMs;
    this.#pass = pass;
  }

  push(event: PublicEvent): void {
    const pair = pairs.find(({ away, back }) => event.event === away || event.event === back);
    if (pair === undefined) return this.#pass(event);
    const change = this.#changeOf(event, pair);
    if (change.pending !== null) clearTimeout(change.pending.timer);
    change.pending = null;
    const kind = event.event === pair.away ? "away" : "back";
    if (change.told === kind) return;
    const afterMs = kind === "away" ? (this.#afterMs ?? pair.afterMs) : 0;
    if (afterMs === 0) return this.#tell(change, kind, event);
    const timer = setTimeout(() => this.#tell(change, kind, event), afterMs).unref();
    change.pending = { event, timer };
  }

  /** The stream has ended: what is pending lasts forever. */
  end(stream: string): void {
    const changes = [...(this.#streams.get(stream)?.values() ?? [])];
    this.#streams.delete(stream);
    const pending = changes.flatMap((change) =>
      change.pending === null ? [] : [{ ...change, ...change.pending }],
    );
    for (const { timer } of pending) clearTimeout(timer);
    const lasting = pending.filter(({ told }) => told === "back").map(({ event }) => event);
    for (const event of lasting.toSorted((one, other) => one.atMs - other.atMs)) this.#pass(event);
  }

  close(): void {
    for (const changes of this.#streams.values())
      for (const { pending } of changes.values()) if (pending !== null) clearTimeout(pending.timer);
    this.#streams.clear();
  }

  #tell(change: Change, kind: "away" | "back", event: PublicEvent): void {
    change.pending = null;
    change.told = kind;
    this.#pass(event);
  }

  #changeOf({ stream, input, target }: PublicEvent, { away, first }: Pair): Change {
    const changes = this.#streams.get(stream) ?? new Map<string, Change>();
    this.#streams.set(stream, changes);
    const key = `${away} ${input ?? target ?? ""}`;
    const change = changes.get(key) ?? { told: first, pending: null };
    changes.set(key, change);
    return change;
  }
}
