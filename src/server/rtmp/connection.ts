import type { Socket } from "node:net";
import { UserError } from "../../errors.ts";
import { isKeyFrame } from "../../inputs/flv-headers.ts";
import { PublishedInput } from "../../inputs/published-input.ts";
import type { Present, StreamSlot } from "../../inputs/stream-slot.ts";
import { CorruptInputError } from "../../media/corrupt-input.ts";
import { TagType } from "../../media/flv/layout.ts";
import type { FlvMessage } from "../../media/flv/message.ts";
import type { PublishRequest } from "../../media/rtmp/publish-request.ts";
import { type ServerEvent, ServerSession } from "../../media/rtmp/server-session.ts";
import type { RtmpLimits } from "./limits.ts";
import type { PublisherNews, SparseKeyFrames } from "./news.ts";
import type { Publishers, PublishVerdict } from "./publishers.ts";

export interface ConnectionOptions {
  readonly publishers: Pick<Publishers, "judge">;
  readonly limits: RtmpLimits;
  readonly news: PublisherNews;
  readonly address: string;
  /** It publishes. */
  readonly onPublishing: () => void;
}

interface Publishing {
  readonly name: string;
  readonly slot: StreamSlot;
  readonly present: Present;
  readonly spacing: KeyFrameSpacing;
}

type State =
  /** Nobody knows yet what it wants. */
  | { readonly kind: "waiting" }
  /** It is judged, or refused. */
  | { readonly kind: "answering" }
  | ({ readonly kind: "publishing" } & Publishing)
  | { readonly kind: "over" };

/** One connection of RTMP, from its first byte until somebody ends it; then `slot` has nobody of it. */
export class RtmpConnection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #session = new ServerSession();
  readonly #pings: NodeJS.Timeout;
  #state: State = { kind: "waiting" };
  #bytes = 0;
  #heardMs = performance.now();
  #mediaMs = performance.now();

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#pings = setInterval(() => this.#ping(), options.limits.pingMs).unref();
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => socket.destroy());
    socket.once("end", () => this.#end("disconnected"));
    socket.once("close", () => this.#closed());
  }

  /** Ends it. @param how as `was replaced` */
  drop(how: string): void {
    this.#refuse("NetStream.Publish.Rejected", `the publisher ${how}`);
    this.#end(how);
  }

  #receive(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#heardMs = performance.now();
    if (this.#state.kind === "over") return;
    if (this.#state.kind !== "publishing" && this.#bytes > this.#options.limits.maxBytesBefore)
      return void this.#socket.destroy();
    try {
      this.#handle(this.#session.push(chunk));
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      return this.#cut(`sent invalid RTMP: ${error.message}`);
    }
    this.#flush();
  }

  #handle(events: readonly ServerEvent[]): void {
    const messages: FlvMessage[] = [];
    for (const event of events) {
      if (event.kind === "message") messages.push(event.message);
      else if (event.kind === "publish") void this.#publish(event.request);
    }
    if (messages.length > 0) this.#media(messages);
    if (events.some(({ kind }) => kind === "unpublish")) this.#end("stopped");
  }

  async #publish(request: PublishRequest): Promise<void> {
    if (this.#state.kind !== "waiting") return this.#cut("published twice on one connection");
    this.#state = { kind: "answering" };
    const verdict = this.#options.publishers.judge(request, this.#options.address);
    if (verdict.kind === "admitted") return this.#admit(request, verdict.slot);
    await this.#answer(verdict);
  }

  #admit({ name, program }: PublishRequest, slot: StreamSlot): void {
    const { news, address, onPublishing } = this.#options;
    const present: Present = {
      ...{ program, address, sinceMs: Date.now() },
      input: new PublishedInput({ onKnown: () => slot.known(), now: () => performance.now() }),
      silentMs: () => performance.now() - this.#mediaMs,
      drop: (how) => this.drop(how),
    };
    const spacing = new KeyFrameSpacing((intervalMs) => news.onSparseKeyFrames(name, intervalMs));
    this.#mediaMs = performance.now();
    this.#state = { kind: "publishing", name, slot, present, spacing };
    this.#session.accept();
    onPublishing();
    news.onJoined(name, present);
    slot.enter(present);
  }

  async #answer({ code, description, isGuess }: Extract<PublishVerdict, { kind: "refused" }>): Promise<void> {
    this.#socket.pause();
    if (isGuess) await new Promise((resolve) => setTimeout(resolve, this.#options.limits.refusalDelayMs));
    this.#socket.resume();
    this.#refuse(`NetStream.Publish.${code}`, description);
    this.#end(description);
  }

  #media(messages: readonly FlvMessage[]): void {
    if (this.#state.kind !== "publishing") return;
    const { present, spacing } = this.#state;
    this.#mediaMs = performance.now();
    for (const message of messages) spacing.see(message);
    try {
      present.input.push(messages);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#refuse("NetStream.Publish.Rejected", error.message);
      this.#end(`was refused: ${error.message}`);
    }
  }

  #refuse(code: string, description: string): void {
    if (this.#state.kind === "over" || this.#socket.destroyed) return;
    this.#session.refuse(code, description);
  }

  #ping(): void {
    if (this.#state.kind !== "publishing") return;
    const { quietMs } = this.#options.limits;
    const nowMs = performance.now();
    if (nowMs - this.#heardMs > quietMs) return this.#cut(`sent nothing for ${Math.round(quietMs / 1000)} s`);
    this.#session.ping(Math.floor(nowMs) >>> 0);
    this.#flush();
  }

  #flush(): void {
    const output = this.#session.takeOutput();
    if (output !== null && this.#socket.writable) this.#socket.write(output);
    if (this.#socket.writableLength > this.#options.limits.maxUnreadBytes) this.#cut("read nothing");
  }

  /** Says what is left to say, and closes; by force where that takes long. */
  #end(how: string): void {
    if (this.#state.kind === "over") return;
    this.#leave(how);
    this.#flush();
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), this.#options.limits.lingerMs).unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  #cut(how: string): void {
    this.#leave(how);
    this.#socket.destroy();
  }

  #closed(): void {
    clearInterval(this.#pings);
    this.#leave("disconnected");
  }

  #leave(how: string): void {
    const state = this.#state;
    this.#state = { kind: "over" };
    if (state.kind !== "publishing") return;
    const { name, slot, present } = state;
    slot.leave(present);
    present.input.end(new UserError("deviceAbsent", `the publisher ${how}`));
    this.#options.news.onLeft(name, present, { how, bytes: this.#bytes });
  }
}

const ALLOWED_MS = 4000;

/** Tells once when a publisher's key frames are too far apart: whoever joins waits for one. */
class KeyFrameSpacing {
  readonly #onSparse: (seen: SparseKeyFrames) => void;
  #keyMs: number | null = null;
  #frames = 0;
  #isTold = false;

  constructor(onSparse: (seen: SparseKeyFrames) => void) {
    this.#onSparse = onSparse;
  }

  see(message: FlvMessage): void {
    if (this.#isTold || message.type !== TagType.video) return;
    this.#frames += 1;
    if (!isKeyFrame(message)) return;
    const intervalMs = this.#keyMs === null ? 0 : message.timestampMs - this.#keyMs;
    if (intervalMs > ALLOWED_MS) {
      this.#isTold = true;
      this.#onSparse({ intervalMs, fps: (this.#frames * 1000) / intervalMs });
    }
    this.#keyMs = message.timestampMs;
    this.#frames = 0;
  }
}
