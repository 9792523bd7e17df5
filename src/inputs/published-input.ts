import type { UserError } from "../errors.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import { FlvHeaders } from "./flv-headers.ts";
import { FlvOpening } from "./flv-opening.ts";
import { KeptFeed, type KeptLimits, keptLimits } from "./kept-feed.ts";
import type { OpenedMessages } from "./message-source.ts";

export interface PublishedInputOptions {
  /** Its tracks are known: it can be taken. */
  readonly onKnown: () => void;
  /** In milliseconds, of a clock that only grows. */
  readonly now: () => number;
  readonly limits?: KeptLimits;
}

type State =
  /** Which tracks it has is not known yet. */
  | { readonly kind: "opening"; readonly opening: FlvOpening }
  /** What was kept is gone; it opens again with a key frame. */
  | { readonly kind: "waiting-for-key" }
  /** It waits for a capture: since the last key frame. */
  | { readonly kind: "known"; readonly opening: FlvOpening; readonly feed: KeptFeed }
  | { readonly kind: "taken"; readonly feed: KeptFeed }
  | { readonly kind: "over" };

/**
 * What one publisher sends, for one capture at a time. Where none has it, all since the last key frame is kept for the next
 * one: so a stream is restarted, and its publisher stays.
 */
export class PublishedInput {
  readonly #options: PublishedInputOptions;
  readonly #headers = new FlvHeaders();
  #state: State = { kind: "opening", opening: new FlvOpening() };

  constructor(options: PublishedInputOptions) {
    this.#options = options;
  }

  /** @throws UserError for a codec that cannot be carried, in words for the publisher's user */
  push(messages: readonly FlvMessage[]): void {
    if (this.#state.kind !== "taken") return messages.forEach((message) => this.#add(message));
    for (const message of messages) this.#headers.see(message);
    this.#state.feed.push(messages);
  }

  /** null where it is taken, or not known yet. */
  take(): OpenedMessages | null {
    if (this.#state.kind !== "known") return null;
    const { opening, feed } = this.#state;
    this.#state = { kind: "taken", feed };
    return { opening, feed };
  }

  end(failure: UserError): void {
    const state = this.#state;
    this.#state = { kind: "over" };
    if ("feed" in state) state.feed.end(failure);
  }

  #add(message: FlvMessage): void {
    this.#headers.see(message);
    const { kind } = this.#state;
    if ((kind === "known" || kind === "waiting-for-key") && this.#headers.canBegin(message)) {
      this.#state = { kind: "opening", opening: new FlvOpening() };
      for (const header of this.#headers.at(message.timestampMs)) this.#keep(header);
    }
    this.#keep(message);
  }

  #keep(message: FlvMessage): void {
    const state = this.#state;
    if (state.kind === "opening") {
      if (!state.opening.push(message, this.#options.now())) return;
      this.#state = { kind: "known", opening: state.opening, feed: this.#makeFeed() };
      this.#options.onKnown();
    } else if ("feed" in state) state.feed.push([message]);
  }

  #makeFeed(): KeptFeed {
    const { limits = keptLimits, now } = this.#options;
    const feed: KeptFeed = new KeptFeed({ limits, now, onClosed: () => this.#closed(feed) });
    return feed;
  }

  /** Its capture has ended, or there was too much to keep for one. */
  #closed(feed: KeptFeed): void {
    if ("feed" in this.#state && this.#state.feed === feed) this.#state = { kind: "waiting-for-key" };
  }
}
