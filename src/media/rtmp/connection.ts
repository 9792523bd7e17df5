import { joinBytes, readUint32 } from "../flv/bytes.ts";
import { ChunkReader, defaultChunkBytes, type ReaderLimits } from "./chunk-reader.ts";
import { frame, sentChunkBytes } from "./chunk-writer.ts";
import { type Command, encodeCommand } from "./command.ts";
import { corrupt } from "./corrupt.ts";
import { Handshake } from "./handshake.ts";
import { MessageType, type RtmpMessage, UserControl } from "./message.ts";

/** After how many bytes we ask the peer for an Acknowledgement. A client hears by them whether its server still reads. */
const windowBytes = { server: 2_500_000, client: 65_536 } as const;
/** Of answers that nobody has taken: a peer that asks so much in one read means harm. */
const maxOutputBytes = 256 * 1024;

const controlChunkStream = 2;
const commandChunkStream = 3;

/** What the peer has acknowledged (5.4.3). */
export interface Acknowledgements {
  readonly count: number;
  /** The most that it received between two, as it says: our window, or one of its own. */
  readonly everyBytes: number;
}

/** What both sides of a connection have in common: the handshake, chunks, and the messages that are about these (5.4, 7.1.7). */
export class Connection {
  readonly #handshake: Handshake;
  readonly #reader: ChunkReader;
  #sentChunkBytes = defaultChunkBytes;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  /** After how many bytes the peer wants an Acknowledgement; none until it says so. */
  #peerWindowBytes = Number.POSITIVE_INFINITY;
  readonly #windowBytes: number;
  #announcedWindowBytes = 0;
  #acknowledgements: Acknowledgements = { count: 0, everyBytes: 0 };
  /** What the last one said. */
  #peerReceivedBytes = 0;

  constructor(role: "server" | "client", limits: ReaderLimits) {
    this.#windowBytes = windowBytes[role];
    this.#handshake = new Handshake(role);
    this.#reader = new ChunkReader(limits);
    if (role === "client") this.#write(Handshake.greeting());
  }

  set limits(limits: ReaderLimits) {
    this.#reader.limits = limits;
  }

  /** Whether the handshake is done: before, no message may be sent. */
  get isOpen(): boolean {
    return this.#handshake.isDone;
  }

  get acknowledgements(): Acknowledgements {
    return this.#acknowledgements;
  }

  /** The messages that the bytes complete, but those that are answered or obeyed here. @throws CorruptInputError */
  push(bytes: Uint8Array): RtmpMessage[] {
    const taken = this.#handshake.isDone
      ? 0
      : this.#handshake.push(bytes, (part) => {
          this.#write(part);
        });
    const chunks = bytes.subarray(taken);
    const messages = this.#reader.push(chunks).filter((message) => !this.#obey(message));
    this.#acknowledge(chunks.length);
    return messages;
  }

  /** Before media and long commands; a server says it all before it answers `connect`. */
  announce(): void {
    this.#announceWindow(this.#windowBytes);
    this.#control(MessageType.setChunkSize, u32(sentChunkBytes));
    this.#sentChunkBytes = sentChunkBytes;
  }

  /** How much the peer may send before it waits (5.4.5), as it pleases (limit type 2: dynamic). */
  limitBandwidth(): void {
    this.#control(MessageType.setPeerBandwidth, joinBytes([u32(this.#windowBytes), Uint8Array.of(2)]));
  }

  command(command: Command, streamId = 0): void {
    const message = { type: MessageType.commandAmf0, streamId, timestampMs: 0, body: encodeCommand(command) };
    this.#write(frame(message, commandChunkStream, this.#sentChunkBytes));
  }

  userControl(event: number, ...values: readonly number[]): void {
    this.#control(MessageType.userControl, joinBytes([Uint8Array.of(0, event), ...values.map(u32)]));
  }

  takeOutput(): Uint8Array | null {
    if (this.#output.length === 0) return null;
    const output = joinBytes(this.#output);
    this.#output = [];
    this.#outputBytes = 0;
    return output;
  }

  /** Whether the message was for this class. */
  #obey({ type, body }: RtmpMessage): boolean {
    switch (type) {
      case MessageType.acknowledgement: // nothing that we send waits for it
        this.#noteAcknowledgement(sizeOf(body));
        return true;
      case MessageType.windowAcknowledgementSize:
        this.#peerWindowBytes = sizeOf(body) || Number.POSITIVE_INFINITY;
        return true;
      case MessageType.setPeerBandwidth: // answered with our window, "if different" (5.4.5)
        this.#fitWindow(sizeOf(body));
        return true;
      case MessageType.userControl:
        return this.#answerPing(body);
      default:
        return false;
    }
  }

  #answerPing(body: Uint8Array): boolean {
    const isPing = body.length >= 6 && body[0] === 0 && body[1] === UserControl.pingRequest;
    if (isPing) this.userControl(UserControl.pingResponse, readUint32(body, 2));
    return isPing;
  }

  /** 5.4.3: the number of bytes so far, which wraps. */
  #acknowledge(chunkBytes: number): void {
    this.#receivedBytes += chunkBytes;
    if (this.#receivedBytes - this.#acknowledgedBytes < this.#peerWindowBytes) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    this.#control(MessageType.acknowledgement, u32(this.#receivedBytes));
  }

  #noteAcknowledgement(receivedBytes: number): void {
    const { count, everyBytes } = this.#acknowledgements;
    const bytes = receivedBytes - this.#peerReceivedBytes; // negative where it wraps
    this.#acknowledgements = { count: count + 1, everyBytes: Math.max(everyBytes, bytes) };
    this.#peerReceivedBytes = receivedBytes;
  }

  /** No larger than what the peer lets us send. */
  #fitWindow(bandwidthBytes: number): void {
    const bytes = Math.min(this.#windowBytes, bandwidthBytes);
    if (bytes !== this.#announcedWindowBytes) this.#announceWindow(bytes);
  }

  #announceWindow(bytes: number): void {
    this.#announcedWindowBytes = bytes;
    this.#control(MessageType.windowAcknowledgementSize, u32(bytes));
  }

  #control(type: number, body: Uint8Array): void {
    this.#write(frame({ type, streamId: 0, timestampMs: 0, body }, controlChunkStream, this.#sentChunkBytes));
  }

  #write(part: Uint8Array): void {
    this.#output.push(part);
    this.#outputBytes += part.length;
    if (this.#outputBytes > maxOutputBytes) corrupt(`more than ${maxOutputBytes} bytes to answer`);
  }
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function sizeOf(body: Uint8Array): number {
  return body.length < 4
    ? corrupt(`a control message of ${body.length} bytes, expected 4`)
    : readUint32(body, 0);
}
