import { UserError } from "../errors.ts";

/** A place in a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** More than that are the consequences of a few. */
const MAX_LINES = 50;

export class Faults {
  readonly #path: string;
  /** By their lines, as several streams have the faults of what they share. */
  readonly #found = new Map<string, Position>();

  /** @param path as the user knows it */
  constructor(path: string) {
    this.#path = path;
  }

  /** Returns null, for the value that is missing then. @param key where in the file, as `streams.door.size`; empty for all of it */
  add(at: Position, key: string, message: string): null {
    this.#found.set(
      `${this.#path}:${at.line}:${at.column}: ${key === "" ? message : `${key}: ${message}`}`,
      at,
    );
    return null;
  }

  get count(): number {
    return this.#found.size;
  }

  throwIfAny(): void {
    const lines = this.#lines();
    const [first] = lines;
    if (first === undefined) return;
    if (lines.length === 1) throw new UserError("usage", first);
    const left = lines.length - MAX_LINES;
    const shown = left > 0 ? [...lines.slice(0, MAX_LINES), `and ${left} more`] : lines;
    throw new UserError("usage", `${this.#path} has ${lines.length} errors`, { lastLines: shown });
  }

  #lines(): readonly string[] {
    const sorted = [...this.#found].toSorted(([, a], [, b]) => a.line - b.line || a.column - b.column);
    return sorted.map(([line]) => line);
  }
}
