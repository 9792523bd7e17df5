import { type Amf0Property, type Amf0Value, property } from "../flv/amf0.ts";
import { readUint24 } from "../flv/bytes.ts";
import type { FlvMessage } from "../flv/message.ts";
import { type Command, decodeCommand, object, textProperty } from "./command.ts";
import { type Acknowledgements, Connection } from "./connection.ts";
import { corrupt } from "./corrupt.ts";
import { carriedFourccs, listedFourccs } from "./fourcc-list.ts";
import { mediaOf, withoutAmf3Mark } from "./media-message.ts";
import { MessageType, type RtmpMessage, UserControl } from "./message.ts";
import { parseRtmpUrl, type RtmpUrl } from "./url.ts";

export interface ClientOptions {
  readonly url: RtmpUrl;
  readonly role: "publish" | "play";
  /** `flashVer`. */
  readonly program: string;
}

export type ClientEvent =
  /** It may send, or what it plays follows. */
  | { readonly kind: "ready" }
  /** `code` and `description` as the server has them; `redirect`: an RTMP URL to go to instead. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly description: string;
      readonly redirect: string | null;
    }
  /** Of a stream that is played. */
  | { readonly kind: "message"; readonly message: FlvMessage }
  /** The stream that is played has come to its end. */
  | { readonly kind: "ended" };

const mebibyte = 1024 * 1024;
const limits = { maxMessageBytes: 8 * mebibyte, maxPartialBytes: 16 * mebibyte };
/** Transaction ids of the commands whose answer counts. */
const Transaction = { connect: 1, createStream: 4 } as const;
/** What we say that we buffer (7.1.7); live servers do not look at it. */
const bufferMs = 3000;
const maxShownCharacters = 200;

/** The side of a client in one RTMP connection (Adobe RTMP 1.0), that publishes or plays: bytes in, events and bytes out. */
export class ClientSession {
  readonly #options: ClientOptions;
  readonly #connection = new Connection("client", limits);
  #state: "greeting" | "asking" | "ready" | "over" = "greeting";
  #streamId = 0;
  #fourccs: readonly string[] | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Of the message stream, from `ready` on. */
  get streamId(): number {
    return this.#streamId;
  }

  /** The FourCCs of the codecs that the server says that it takes; null where it says nothing of any. */
  get fourccs(): readonly string[] | null {
    return this.#fourccs;
  }

  get acknowledgements(): Acknowledgements {
    return this.#connection.acknowledgements;
  }

  /** What the bytes complete. @throws CorruptInputError for what is no RTMP, or beyond its limits */
  push(chunk: Uint8Array): ClientEvent[] {
    const events: ClientEvent[] = [];
    const messages = this.#connection.push(chunk);
    if (this.#state === "greeting" && this.#connection.isOpen) this.#connect();
    for (const message of messages) this.#take(message, events);
    return events;
  }

  /** Ends the stream in order, where there is one: FCUnpublish, deleteStream. */
  end(): void {
    if (this.#state !== "ready") return;
    const { role, url } = this.#options;
    if (role === "publish") this.#call("FCUnpublish", 0, null, url.name);
    this.#call("deleteStream", 0, null, this.#streamId);
  }

  /** What is to be written now, the handshake first; null where there is nothing. Frames of media go by `frameMessage`. */
  takeOutput(): Uint8Array | null {
    return this.#connection.takeOutput();
  }

  /** 7.2.1.1, and Enhanced RTMP 2, "Enhancing NetConnection connect Command": some servers play no H.265 without the list. */
  #connect(): void {
    this.#state = "asking";
    const { url, role, program } = this.#options;
    const properties: Amf0Property[] = [
      ["app", url.app],
      ...(role === "publish" ? [["type", "nonprivate"] as const] : []),
      ["flashVer", program],
      ["tcUrl", url.tcUrl],
      ["fourCcList", carriedFourccs],
    ];
    this.#call("connect", Transaction.connect, object(...properties));
  }

  #take(message: RtmpMessage, events: ClientEvent[]): void {
    if (this.#state === "over") return;
    const { type, body } = message;
    if (type === MessageType.commandAmf0) this.#obey(decodeCommand(body), events);
    else if (type === MessageType.commandAmf3) this.#obey(decodeCommand(withoutAmf3Mark(body)), events);
    else if (type === MessageType.userControl) this.#userControl(body, events);
    else if (this.#options.role === "play") this.#play(message, events);
  }

  #play(message: RtmpMessage, events: ClientEvent[]): void {
    const media = mediaOf(message);
    if (media.length > 0) this.#ready(events); // some servers do not say that it starts
    for (const part of media) events.push({ kind: "message", message: part });
  }

  #obey(command: Command, events: ClientEvent[]): void {
    const { name, transactionId, values } = command;
    const [, info] = values;
    if (name === "onBWDone") return this.#call("_checkbw", 0, null); // which Flash Media Server waits for
    if (name === "onStatus") return this.#status(info, events);
    if (transactionId === Transaction.connect) return this.#connected(name, values, events);
    if (transactionId === Transaction.createStream) return this.#streamCreated(name, info, events);
  }

  #connected(name: string, values: readonly Amf0Value[], events: ClientEvent[]): void {
    const [, info] = values;
    if (name === "_error" || property(info, "level") === "error") return this.#refused(info, events);
    if (name !== "_result") return;
    this.#fourccs = listedFourccs(values);
    this.#connection.announce();
    if (this.#options.role === "publish") {
      this.#call("releaseStream", 2, null, this.#options.url.name); // their errors say nothing: many servers lack them
      this.#call("FCPublish", 3, null, this.#options.url.name);
    }
    this.#call("createStream", Transaction.createStream, null);
  }

  #streamCreated(name: string, info: Amf0Value | undefined, events: ClientEvent[]): void {
    if (name === "_error") return this.#refused(info, events);
    if (name !== "_result") return;
    if (typeof info !== "number" || !(info >= 0 && info <= 0xffff_ffff) || !Number.isInteger(info))
      return corrupt("createStream was answered without the id of a stream");
    this.#streamId = info;
    const { role, url } = this.#options;
    if (role === "publish") return this.#streamCall("publish", 5, url.name, "live"); // 7.2.2.6
    this.#streamCall("play", 5, url.name, -2); // 7.2.2.1: live, else recorded
    this.#connection.userControl(UserControl.setBufferLength, info, bufferMs);
  }

  /** 7.2.2 */
  #status(info: Amf0Value | undefined, events: ClientEvent[]): void {
    const code = property(info, "code");
    if (property(info, "level") === "error") return this.#refused(info, events);
    if (code === `NetStream.${this.#options.role === "publish" ? "Publish" : "Play"}.Start`)
      this.#ready(events);
    if (code === "NetStream.Play.Stop" || code === "NetStream.Play.UnpublishNotify") this.#ended(events);
  }

  #userControl(body: Uint8Array, events: ClientEvent[]): void {
    if (body.length >= 2 && readUint24(body, 0) >>> 8 === UserControl.streamEof) this.#ended(events);
  }

  #ready(events: ClientEvent[]): void {
    if (this.#state !== "asking") return;
    this.#state = "ready";
    events.push({ kind: "ready" });
  }

  #ended(events: ClientEvent[]): void {
    if (this.#state !== "ready" || this.#options.role !== "play") return;
    this.#state = "over";
    events.push({ kind: "ended" });
  }

  #refused(info: Amf0Value | undefined, events: ClientEvent[]): void {
    this.#state = "over";
    const code = textProperty(info, "code", maxShownCharacters);
    const description = textProperty(info, "description", maxShownCharacters);
    events.push({ kind: "refused", code, description, redirect: redirectOf(info, this.#options.url.name) });
  }

  #call(name: string, transactionId: number, ...values: readonly Amf0Value[]): void {
    this.#connection.command({ name, transactionId, values });
  }

  /** A command of the message stream itself (7.2.2). */
  #streamCall(name: string, transactionId: number, ...values: readonly Amf0Value[]): void {
    this.#connection.command({ name, transactionId, values: [null, ...values] }, this.#streamId);
  }
}

/**
 * Where a server sends its client instead: `ex.redirect` of a status, which is a `tcUrl` (Flash Media Server, SRS), or
 * `ex.redirect2`, which has the name (SRS). null where it does not, or to no address of RTMP.
 */
function redirectOf(info: Amf0Value | undefined, name: string): string | null {
  const ex = property(info, "ex");
  const [whole, tcUrl] = [property(ex, "redirect2"), property(ex, "redirect")];
  const url = typeof whole === "string" ? whole : withName(tcUrl, name);
  return url !== null && parseRtmpUrl(url) !== null ? url : null;
}

function withName(tcUrl: Amf0Value, name: string): string | null {
  if (typeof tcUrl !== "string") return null;
  return tcUrl.endsWith(`/${name}`) ? tcUrl : `${tcUrl.replace(/\/$/, "")}/${name}`;
}
