import type { MessageReceiver } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { FlvDemuxer } from "../media/flv/demuxer.ts";

/** The cause of an opening that failed since it is no FLV. */
export class NotFlvError extends Error {
  override readonly name = "NotFlvError";
}

/** An FLV stream of another server, in pieces: hands on its messages, and where the bytes are no FLV, its end. */
export class FlvBytes {
  readonly #label: string;
  readonly #receiver: MessageReceiver;
  readonly #demuxer = new FlvDemuxer({ isTolerant: true });
  #hasBegun = false;
  #isOver = false;

  constructor(label: string, receiver: MessageReceiver) {
    this.#label = label;
    this.#receiver = receiver;
  }

  push(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const events = this.#read(chunk);
    this.#hasBegun ||= events.length > 0;
    const messages = events.filter((event) => event.kind === "tag");
    if (messages.length > 0) this.#receiver.onMessages(messages);
  }

  end(failure: UserError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.onEnd(failure);
  }

  #read(chunk: Uint8Array) {
    try {
      return this.#demuxer.push(chunk);
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      const cause = this.#hasBegun ? error : new NotFlvError(error.message);
      this.end(new UserError("brokenInput", `${this.#label}: ${error.message}`, { cause }));
      return [];
    }
  }
}
