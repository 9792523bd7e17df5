/** Who wants a stream: viewers, requests that are held, outputs. One that runs on demand runs while anybody does. */
export class Demand {
  readonly #whole: Demand | null;
  #count = 0;
  readonly #listeners = new Set<() => void>();

  /** @param whole has all counted that this one has, too */
  constructor(whole: Demand | null = null) {
    this.#whole = whole;
  }

  get count(): number {
    return this.#count;
  }

  /** Calls `listener` at each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  take(): () => void {
    let isHeld = true;
    const release = this.#whole?.take();
    this.#add(1);
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#add(-1);
      release?.();
    };
  }

  #add(change: 1 | -1): void {
    this.#count += change;
    for (const listener of this.#listeners) listener();
  }
}
