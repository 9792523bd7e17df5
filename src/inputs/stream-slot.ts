import type { PublishedInput } from "./published-input.ts";
import type { Publisher, PublisherSlot } from "./publishers.ts";

/** Somebody who publishes, whether the tracks are known or not. */
export interface Present extends Pick<Publisher, "program" | "address"> {
  readonly sinceMs: number;
  readonly input: PublishedInput;
  /** For how long no sound and no video has come. */
  silentMs(): number;
  /** Ends it. @param how as `was replaced` */
  drop(how: string): void;
}

export class StreamSlot implements PublisherSlot {
  #present: Present | null = null;
  readonly #listeners = new Set<() => void>();
  #onChange: () => void = () => undefined;

  get present(): Present | null {
    return this.#present;
  }

  set onChange(listener: () => void) {
    this.#onChange = listener;
  }

  /** Its place is free. */
  enter(present: Present): void {
    this.#present = present;
    this.#onChange();
  }

  leave(present: Present): void {
    if (this.#present !== present) return; // another has its place
    this.#present = null;
    this.#onChange();
  }

  known(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  take(): Publisher | null {
    const taken = this.#present?.input.take() ?? null;
    if (taken === null || this.#present === null) return null;
    const { program, address } = this.#present;
    return { program, address, ...taken };
  }

  onPublisher(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
