import { setTimeout as delay } from "node:timers/promises";

/** The longest visit takes a minute, and is judged. */
const PATIENCE_MS = 200_000;

/** What happened, as it happens, and what of it is wrong. */
export class Report {
  readonly faults: string[] = [];
  readonly #sinceMs = performance.now();

  tell(text: string): void {
    console.log(`${((performance.now() - this.#sinceMs) / 1000).toFixed(1)} s: ${text}`);
  }

  wrong(text: string): void {
    this.faults.push(text);
    this.tell(`WRONG: ${text}`);
  }

  /** The result; null, and a fault with a name, where it fails or hangs. */
  async inTime<Result>(what: string, doing: Promise<Result>): Promise<Result | null> {
    const over = new AbortController();
    const late = delay(PATIENCE_MS, undefined, over).then(() => {
      throw new Error(`it hung for ${PATIENCE_MS / 1000} s`);
    });
    try {
      return await Promise.race([doing, late]);
    } catch (error) {
      this.wrong(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    } finally {
      over.abort();
      late.catch(() => undefined);
    }
  }
}
