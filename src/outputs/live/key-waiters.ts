/** Those who would join, and wait for a key frame to begin with; each holds a viewer's place meanwhile. */
export class KeyWaiters {
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Holds a place until the returned function is called. `onOver` is called once: by `wake`. */
  hold(onOver: () => void): () => void {
    this.#waiting.add(onOver);
    return () => void this.#waiting.delete(onOver);
  }

  /** There is a key frame, or none will come. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onOver of waiting) onOver();
  }
}
