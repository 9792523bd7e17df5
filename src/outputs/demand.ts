/** Who wants a stream: viewers, requests that are held, outputs. One that runs on demand runs while anybody does. */
export class Demand {
  #count = 0;
  #onChange: () => void = () => undefined;

  get count(): number {
    return this.#count;
  }

  /** Calls `listener` at each change from now on, and no other one. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** One wants it until the returned function is called. */
  take(): () => void {
    let isHeld = true;
    this.#add(1);
    return () => {
      if (isHeld) this.#add(-1);
      isHeld = false;
    };
  }

  #add(change: 1 | -1): void {
    this.#count += change;
    this.#onChange();
  }
}
