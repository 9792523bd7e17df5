/** Ends pauses before their time. What rings while nobody pauses ends the next pause at once. */
export class Alarm {
  #isRinging = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#isRinging = true;
    this.#wake();
  }

  /** What has rung so far ends no pause. */
  forget(): void {
    this.#isRinging = false;
  }

  /** Resolves when it rings, or after so long. */
  async rung(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.#isRinging)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (ms !== undefined) timer = setTimeout(resolve, ms);
      });
    clearTimeout(timer);
    this.#isRinging = false;
    this.#wake = () => undefined;
  }
}
