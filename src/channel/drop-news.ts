import { type LogEvent, notice, warning } from "../log.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";

const EVERY_MS = 60_000;

interface Drops {
  /** Since they were told of. */
  damaged: number;
  lastDamage: string;
  /** By the caller's clock; null before the first line. */
  toldMs: number | null;
  /** The first that decoders ignore. */
  ignored: string | null;
}

/** What is said of units that could not be used: of damaged ones the first at once, further ones once a minute. */
export class DropNews {
  readonly #inputs = new Map<string, Drops>();
  /** Cameras that send units for others to ignore send them all the time: a line is enough. */
  readonly #toldOfIgnored = new Set<string>();

  add(input: string, { damaged, last }: DroppedUnits): void {
    const drops = this.#inputs.get(input) ?? { damaged: 0, lastDamage: last, toldMs: null, ignored: null };
    this.#inputs.set(input, drops);
    drops.damaged += damaged;
    if (damaged > 0) drops.lastDamage = last;
    else drops.ignored ??= last;
  }

  /** What is to be said by now; `nowMs` by a clock that does not step. */
  due(nowMs: number): readonly LogEvent[] {
    return [...this.#inputs].flatMap(([input, drops]) => [
      ...this.#ignored(input, drops),
      ...this.#damaged(input, drops, nowMs),
    ]);
  }

  #ignored(input: string, { ignored }: Drops): readonly LogEvent[] {
    if (ignored === null || this.#toldOfIgnored.has(input)) return [];
    this.#toldOfIgnored.add(input);
    const text = `${input} sends units that decoders ignore, and they are dropped: ${ignored}`;
    return [notice("units-dropped", text, { input, why: "ignored" })];
  }

  #damaged(input: string, drops: Drops, nowMs: number): readonly LogEvent[] {
    const { damaged, lastDamage, toldMs } = drops;
    if (damaged === 0 || (toldMs !== null && nowMs - toldMs < EVERY_MS)) return [];
    drops.damaged = 0;
    drops.toldMs = nowMs;
    const text = `${input} sent damaged data: ${damaged} dropped, the last: ${lastDamage}`;
    return [warning("units-dropped", text, { input, why: "damaged", units: damaged })];
  }
}
