import type { Amf0Value } from "../flv/amf0.ts";
import type { FlvMessage } from "../flv/message.ts";
import { type Command, decodeCommand, object } from "./command.ts";
import { Connection } from "./connection.ts";
import { corrupt } from "./corrupt.ts";
import { serversFourccs } from "./fourcc-list.ts";
import { mediaOf, withoutAmf3Mark } from "./media-message.ts";
import { MessageType, type RtmpMessage, UserControl } from "./message.ts";
import { connectFacts, type PublishRequest, publishRequest } from "./publish-request.ts";

export type ServerEvent =
  /** It waits for `accept` or `refuse`. */
  | { readonly kind: "publish"; readonly request: PublishRequest }
  /** Of an accepted publisher; `@setDataFrame` is taken off, an aggregate message taken apart. */
  | { readonly kind: "message"; readonly message: FlvMessage }
  /** It has ended its stream in order. */
  | { readonly kind: "unpublish" };

const mebibyte = 1024 * 1024;
/** Until it is let in, a peer gets little memory; what it sends too early is kept as long as it fits. */
const strangerLimits = { maxMessageBytes: mebibyte, maxPartialBytes: mebibyte };
const maxEarlyBytes = mebibyte;
/** What one of such messages counts at least: small ones cost more than their bodies. */
const minEarlyBytes = 1024;
const publisherLimits = { maxMessageBytes: 8 * mebibyte, maxPartialBytes: 16 * mebibyte };

/** The side of a server in one RTMP connection (Adobe RTMP 1.0): bytes in, events and bytes out; no I/O, no clock. */
export class ServerSession {
  readonly #connection = new Connection("server", strangerLimits);
  #state: "idle" | "asked" | "publishing" | "refused" = "idle";
  #connected = connectFacts(null);
  #lastStreamId = 0;
  #publishedStreamId = 0;
  /** Media of a publisher that does not wait for its answer. */
  #early: FlvMessage[] = [];
  #earlyBytes = 0;

  /**
   * What the bytes complete. Media that came before `accept` come with the next push after it.
   * @throws CorruptInputError for what is no RTMP, or beyond its limits: the connection is to be closed
   */
  push(chunk: Uint8Array): ServerEvent[] {
    const events: ServerEvent[] = [];
    if (this.#state === "publishing") this.#releaseEarly(events);
    for (const message of this.#connection.push(chunk)) this.#take(message, events);
    return events;
  }

  /** Lets the publisher send, unless it has left in the meantime. */
  accept(): void {
    if (this.#state !== "asked") return;
    this.#state = "publishing";
    this.#connection.limits = publisherLimits;
    this.#connection.userControl(UserControl.streamBegin, this.#publishedStreamId);
    this.#status("status", "NetStream.Publish.Start", "Publishing");
  }

  /**
   * Answers `publish` with an error of this code, or ends what was accepted; the connection is to be closed once
   * `takeOutput` is sent.
   */
  refuse(code: string, description: string): void {
    this.#state = "refused";
    this.#status("error", code, description);
  }

  /** Asks for a sign of life: a PingRequest. */
  ping(timestampMs: number): void {
    this.#connection.userControl(UserControl.pingRequest, timestampMs);
  }

  takeOutput(): Uint8Array | null {
    return this.#connection.takeOutput();
  }

  #take(message: RtmpMessage, events: ServerEvent[]): void {
    const { type, body, streamId } = message;
    if (type === MessageType.commandAmf0) this.#obey(decodeCommand(body), streamId, events);
    else if (type === MessageType.commandAmf3)
      this.#obey(decodeCommand(withoutAmf3Mark(body)), streamId, events);
    else if (this.#state === "publishing")
      for (const part of mediaOf(message)) events.push({ kind: "message", message: part });
    else if (this.#state === "asked") this.#keepEarly(message);
  }

  #keepEarly(message: RtmpMessage): void {
    this.#earlyBytes += Math.max(minEarlyBytes, message.body.length);
    if (this.#earlyBytes > maxEarlyBytes)
      corrupt(`more than ${maxEarlyBytes} bytes before the answer to publish`);
    const body = message.body.slice(); // no view that holds what else was read
    for (const part of mediaOf({ ...message, body })) this.#early.push(part);
  }

  #releaseEarly(events: ServerEvent[]): void {
    for (const message of this.#early) events.push({ kind: "message", message });
    this.#early = [];
    this.#earlyBytes = 0;
  }

  /** Commands of 7.2, and those that publishers send besides. Others are ignored, as by nginx-rtmp. */
  #obey(command: Command, streamId: number, events: ServerEvent[]): void {
    switch (command.name) {
      case "connect":
        return this.#connect(command);
      case "createStream":
        return this.#result(command, ++this.#lastStreamId);
      case "releaseStream":
      case "FCPublish":
      case "_checkbw":
        return this.#result(command, null);
      case "getStreamLength":
        return this.#result(command, 0);
      case "publish":
        return this.#publish(command, streamId, events);
      case "play":
      case "play2":
        return this.#status(
          "error",
          "NetStream.Play.Failed",
          "This server does not play over RTMP, but over HTTP-FLV",
          streamId,
        );
      case "FCUnpublish":
      case "closeStream":
      case "deleteStream":
        return this.#unpublish(events);
    }
  }

  /** 7.2.1.1, and Enhanced RTMP 2, "Enhancing NetConnection connect Command". */
  #connect({ transactionId, values }: Command): void {
    this.#connected = connectFacts(values[0]);
    this.#connection.announce();
    this.#connection.limitBandwidth();
    const fourccs = serversFourccs(values[0]);
    const server = object(["fmsVer", "FMS/3,0,1,123"], ["capabilities", 31], ...fourccs);
    const info = object(
      ["level", "status"],
      ["code", "NetConnection.Connect.Success"],
      ["description", "Connected"],
      ["objectEncoding", 0],
    );
    this.#connection.command({ name: "_result", transactionId, values: [server, info] });
  }

  /** 7.2.2.6 */
  #publish({ values }: Command, streamId: number, events: ServerEvent[]): void {
    const [, name] = values;
    if (this.#state !== "idle")
      return this.#status(
        "error",
        "NetStream.Publish.BadName",
        "This connection publishes already",
        streamId,
      );
    if (typeof name !== "string" || name === "")
      return this.#status("error", "NetStream.Publish.BadName", "A stream name is missing", streamId);
    this.#state = "asked";
    this.#publishedStreamId = streamId;
    events.push({ kind: "publish", request: publishRequest(this.#connected, name) });
  }

  #unpublish(events: ServerEvent[]): void {
    if (this.#state !== "publishing" && this.#state !== "asked") return;
    this.#state = "idle";
    this.#early = [];
    this.#earlyBytes = 0;
    this.#status("status", "NetStream.Unpublish.Success", "Unpublished");
    events.push({ kind: "unpublish" });
  }

  #result({ transactionId }: Command, value: Amf0Value): void {
    this.#connection.command({ name: "_result", transactionId, values: [null, value] });
  }

  #status(
    level: "status" | "error",
    code: string,
    description: string,
    streamId = this.#publishedStreamId,
  ): void {
    const info = object(["level", level], ["code", code], ["description", description]);
    this.#connection.command({ name: "onStatus", transactionId: 0, values: [null, info] }, streamId);
  }
}
