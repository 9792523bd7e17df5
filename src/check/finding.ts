import type { FaultId } from "./catalogue.ts";

/** An error stops some players, a warning disturbs some, a note is informational. */
export type Severity = "error" | "warning" | "note";

/** A kind of fault, whatever stream it is found in. */
export interface FaultKind {
  readonly severity: Severity;
  readonly title: string;
  /** The document that says how it should be, and its section. */
  readonly specification: string;
  /** How players react to it. */
  readonly player: string;
}

const kindOf =
  (severity: Severity) =>
  (title: string, specification: string, player: string): FaultKind => ({
    severity,
    title,
    specification,
    player,
  });

/** A kind that stops some players. */
export const error = kindOf("error");
/** A kind that disturbs some players. */
export const warning = kindOf("warning");
/** A kind that is worth knowing and breaks nothing. */
export const note = kindOf("note");

/** Where in the stream: bytes and tags from its beginning. */
export interface Place {
  readonly offset: number;
  /** The first tag is 1; null before it. */
  readonly tag: number | null;
  readonly timestampMs: number | null;
}

export interface Measure {
  readonly value: number;
  readonly unit: "ms" | "bytes" | "%";
}

export interface Finding extends FaultKind {
  readonly id: FaultId;
  /** Its first occurrence in words: what was expected, what came. */
  readonly detail: string;
  readonly count: number;
  readonly first: Place | null;
  /** The one farthest from what it should be, where it can be measured. */
  readonly worst: Measure | null;
}
