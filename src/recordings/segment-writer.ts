import type { DiskError } from "./disk.ts";
import type { DiskChild } from "./disk-child.ts";
import type { Begun, FoundFile, RequestTo, Tags } from "./disk-protocol.ts";

let lastNumber = 0;

/**
 * A segment's file on its way to the disk process. Nothing is waited for: what is appended is sent at once, and a failure is
 * heard of later.
 */
export class SegmentWriter {
  /** Resolves when there is a file; null if it could not be made. */
  readonly begun: Promise<Begun | null>;
  readonly #child: DiskChild;
  readonly #number: number;
  #failure: DiskError | null = null;
  #onFailed: (error: DiskError, finished: FoundFile | null) => void = () => undefined;

  constructor(child: DiskChild, file: Pick<RequestTo<"begin">, "folder" | "names">) {
    lastNumber += 1;
    this.#child = child;
    this.#number = lastNumber;
    child.onSegmentFailed(this.#number, (error, finished) => this.#fail(error, finished));
    const asked = child.ask({ op: "begin", segment: this.#number, ...file });
    this.begun = asked.then(
      ({ value }) => value as Begun, // as the process answers
      (error: DiskError) => {
        this.#fail(error, null);
        return null;
      },
    );
  }

  get failure(): DiskError | null {
    return this.#failure;
  }

  /** @param hear once; `finished` is what could be kept */
  onFailed(hear: (error: DiskError, finished: FoundFile | null) => void): void {
    this.#onFailed = hear;
  }

  /** Whole tags. Resolves when more may be sent. */
  append(tags: Omit<Tags, "segment">, bytes: readonly Uint8Array[]): void | Promise<void> {
    if (this.#failure === null) return this.#child.append({ segment: this.#number, ...tags }, bytes);
  }

  /** Resolves when the disk has all of it: true, or false if it has failed. */
  async sync(): Promise<boolean> {
    try {
      await this.#child.ask({ op: "sync", segment: this.#number });
      return true;
    } catch (error) {
      this.#fail(error as DiskError, null); // the only one it throws
      return false;
    }
  }

  /**
   * Writes its index, and gives it its name; null if it has failed, or there was nothing in it.
   * @param durationMs where it is known better than from its tags
   */
  async finish(durationMs: number | null): Promise<FoundFile | null> {
    try {
      const { value } = await this.#child.ask({ op: "finish", segment: this.#number, durationMs });
      this.#child.forgetSegment(this.#number);
      return value as FoundFile | null; // as the process answers
    } catch (error) {
      this.#fail(error as DiskError, null); // the only one it throws
      return null;
    }
  }

  #fail(error: DiskError, finished: FoundFile | null): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#child.forgetSegment(this.#number);
    this.#onFailed(error, finished);
  }
}
