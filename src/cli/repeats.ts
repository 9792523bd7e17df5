import type { LogRecord } from "./log-lines.ts";

/** How long the same words are counted instead of said again. */
const WINDOW_MS = 10_000;
/** Different events that are remembered at once: what alternates is counted, too. */
const MAX_KINDS = 16;

interface Kind {
  readonly event: LogRecord;
  readonly untilMs: number;
  more: number;
}

/**
 * Counts what repeats. An event is said at once; the same again within ten seconds is counted, and the count said when
 * they are over. It keeps no time: the caller passes the time, by any clock that never goes back.
 */
export class Repeats {
  readonly #kinds = new Map<string, Kind>();

  /** What is to be said now that this happened: counts that are due, then the event itself if it is new. */
  push(event: LogRecord, nowMs: number): readonly LogRecord[] {
    const due = this.due(nowMs);
    const key = `${event.level} ${event.program ?? ""} ${event.text.replace(ADDRESSES, "")}`;
    const kind = this.#kinds.get(key);
    if (kind !== undefined) {
      kind.more += 1;
      return due;
    }
    const evicted = this.#kinds.size < MAX_KINDS ? [] : this.#forgetOldest();
    this.#kinds.set(key, { event, untilMs: nowMs + WINDOW_MS, more: 0 });
    return [...due, ...evicted, event];
  }

  /** When `due` has a count to say; null where there is none. */
  get dueMs(): number | null {
    for (const { more, untilMs } of this.#kinds.values()) if (more > 0) return untilMs; // in the order of time
    return null;
  }

  /** The counts whose time is over. */
  due(nowMs: number): readonly LogRecord[] {
    return this.#take(({ untilMs }) => untilMs <= nowMs);
  }

  /** All counts, at the end. */
  flush(): readonly LogRecord[] {
    return this.#take(() => true);
  }

  #take(isOver: (kind: Kind) => boolean): readonly LogRecord[] {
    const over = [...this.#kinds].filter(([, kind]) => isOver(kind));
    for (const [key] of over) this.#kinds.delete(key);
    return over.flatMap(([, kind]) => counted(kind));
  }

  #forgetOldest(): readonly LogRecord[] {
    const [oldest] = this.#kinds;
    if (oldest === undefined) return [];
    this.#kinds.delete(oldest[0]);
    return counted(oldest[1]);
  }
}

/** `[h264 @ 0x55d0c8]`: where in memory ffmpeg's part happens to be, another at each start. */
const ADDRESSES = / @ (?:0x)?[0-9a-f]+/g;

function counted({ event, more }: Kind): readonly LogRecord[] {
  if (more === 0) return [];
  const times = more === 1 ? "once more" : `${more} times more`;
  return [{ ...event, text: `${event.text} (${times})`, fields: { ...event.fields, repeated: more } }];
}
