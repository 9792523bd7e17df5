import type { MessageFeed, MessageReceiver } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { type FlvMessage, heldBytes } from "../media/flv/message.ts";

export interface KeptLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/** More than a capture takes to begin. */
export const keptLimits: KeptLimits = { maxBytes: 16 * 1024 * 1024, maxMs: 10_000 };

export interface KeptFeedOptions {
  readonly limits: KeptLimits;
  /** In milliseconds, of a clock that only grows. */
  readonly now: () => number;
  /** Nobody receives any more, or in time. */
  readonly onClosed: () => void;
}

/** Messages for one receiver; what comes before it is kept. */
export class KeptFeed implements MessageFeed {
  readonly #options: KeptFeedOptions;
  #kept: FlvMessage[] = [];
  #keptBytes = 0;
  #keptSinceMs = 0;
  #receiver: MessageReceiver | null = null;
  #ended: UserError | null = null;
  #isClosed = false;

  constructor(options: KeptFeedOptions) {
    this.#options = options;
  }

  push(messages: readonly FlvMessage[]): void {
    if (this.#isClosed || this.#ended !== null) return;
    if (this.#receiver !== null) return this.#receiver.onMessages(messages);
    const { limits, now } = this.#options;
    if (this.#kept.length === 0) this.#keptSinceMs = now();
    for (const message of messages) this.#kept.push(message);
    this.#keptBytes += messages.reduce((sum, message) => sum + heldBytes(message), 0);
    if (this.#keptBytes > limits.maxBytes || now() - this.#keptSinceMs > limits.maxMs) this.close();
  }

  end(failure: UserError): void {
    this.#ended = failure;
    this.#receiver?.onEnd(failure);
  }

  receive(receiver: MessageReceiver): () => void {
    this.#receiver = receiver;
    if (this.#kept.length > 0) receiver.onMessages(this.#kept);
    this.#kept = [];
    const ended = this.#isClosed ? new UserError("failure", "it took too long to start") : this.#ended;
    if (ended !== null) queueMicrotask(() => this.#receiver?.onEnd(ended)); // `receive` has returned then
    return () => this.close();
  }

  close(): void {
    this.#receiver = null;
    this.#kept = [];
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.onClosed();
  }
}
