import { redactor } from "../devices/redact.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { catalogue, type FaultId } from "./catalogue.ts";
import type { Finding, Measure, Place, Severity } from "./finding.ts";

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** What is looked at of a line: many times what a report has of it, so that no cut leaves a part of a secret there. */
const MAX_SAID_LENGTH = 1000;

/** What has been found: each kind of fault once, however often it comes. */
export class Faults {
  readonly #found = new Map<FaultId, Finding>();
  readonly #redactors: ((text: string) => string)[] = [];

  /** A URL that is asked for: servers repeat it in what they say. */
  keepSecret(url: string): void {
    this.#redactors.push(redactor(url));
  }

  /** What a server says, as a report may have it: without secrets, on one line, and not endless. */
  said(text: string, maxLength = 40): string {
    const start = text.slice(0, MAX_SAID_LENGTH);
    const shown = this.#redactors.reduce((left, redact) => redact(left), start).replace(/\p{C}/gu, "?");
    return shown.length > maxLength ? `${shown.slice(0, maxLength - 1)}…` : shown;
  }

  /** The same in quotation marks. */
  quoted(text: string): string {
    return JSON.stringify(this.said(text));
  }

  report(id: FaultId, detail: string, place: Place | null = null, measure: Measure | null = null): void {
    const known = this.#found.get(id);
    if (known === undefined) {
      this.#found.set(id, { id, ...catalogue[id], detail, count: 1, first: place, worst: measure });
      return;
    }
    this.#found.set(id, { ...known, count: known.count + 1, worst: worse(known.worst, measure) });
  }

  /** What `read` returns; null, with a finding, where its input is corrupt. `isNews`: else there is such a finding. */
  readable<Value>(id: FaultId, place: Place | null, read: () => Value, isNews = true): Value | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      if (isNews) this.report(id, error.message, place);
      return null;
    }
  }

  /** Adds a parameter set to those that are known. They are sent again and again: a broken one is reported once. */
  learnSet(add: () => void, place: Place): void {
    this.readable("sps-malformed", place, add, !this.has("sps-malformed"));
  }

  has(...ids: readonly FaultId[]): boolean {
    return ids.some((id) => this.#found.has(id));
  }

  /** Errors first, then as they were found. */
  all(): readonly Finding[] {
    return [...this.#found.values()].toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  }
}

/** What looks for faults in one part of a stream or of an answer, and reports them to the one list. */
export abstract class Judge {
  protected readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  protected report(id: FaultId, detail: string, place?: Place | null, measure?: Measure | null): void {
    this.faults.report(id, detail, place, measure);
  }
}

export const inMs = (value: number): Measure => ({ value, unit: "ms" });
export const inBytes = (value: number): Measure => ({ value, unit: "bytes" });
export const inPercent = (value: number): Measure => ({ value, unit: "%" });

function worse(a: Measure | null, b: Measure | null): Measure | null {
  if (a === null || b === null) return a ?? b;
  return Math.abs(b.value) > Math.abs(a.value) ? b : a;
}
