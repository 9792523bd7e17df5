import type { UserError } from "../errors.ts";

/** Tells what is wrong when it changes, and not each time that it is tried. */
export class FailureNews<Failure extends { readonly message: string } = UserError> {
  readonly #onNews: (failure: Failure, delayMs: number) => void;
  #told: string | null = null;

  constructor(onNews: (failure: Failure, delayMs: number) => void) {
    this.#onNews = onNews;
  }

  tell(failure: Failure, delayMs: number): void {
    if (this.#told !== failure.message) this.#onNews(failure, delayMs);
    this.#told = failure.message;
  }

  /** Whatever is told next is news. */
  forget(): void {
    this.#told = null;
  }
}
