import { Buffer } from "node:buffer";
import { HeldBytes } from "../media/held-bytes.ts";

/**
 * What flvcast and its disk process say to each other: messages of a JSON object and bytes, which begin with how many bytes
 * each has, in 32 bits. Tags, which come 30 times a second, have four numbers for the object.
 */

/** What is asked of the disk process. Paths are absolute, and below `folder`, which must be there. */
export type DiskRequest =
  /** A file for a segment; `names` are paths without suffix and number, none of which may be in use. The first is taken. */
  | {
      readonly op: "begin";
      readonly segment: number;
      readonly folder: string;
      readonly names: readonly string[];
    }
  | { readonly op: "sync"; readonly segment: number }
  /** `durationMs`: where it is known better than from its tags. */
  | { readonly op: "finish"; readonly segment: number; readonly durationMs: number | null }
  /** `next` goes on with it until it says that it is done. */
  | {
      readonly op: "scan";
      readonly folder: string;
      readonly under: string;
      readonly source: string;
      readonly depth: number;
    }
  | { readonly op: "repair"; readonly folder: string; readonly file: string }
  | { readonly op: "next"; readonly walk: number }
  | {
      readonly op: "read";
      readonly folder: string;
      readonly file: string;
      readonly start: number;
      readonly length: number;
    }
  | { readonly op: "remove"; readonly folder: string; readonly file: string }
  | { readonly op: "move"; readonly folder: string; readonly file: string; readonly to: string }
  | { readonly op: "space"; readonly folder: string };

/** The request of one kind. */
export type RequestTo<Op extends DiskRequest["op"]> = Extract<DiskRequest, { readonly op: Op }>;

export interface Begun {
  /** Absolute. */
  readonly file: string;
  /** 1, or the number that was added to the name. */
  readonly count: number;
}

/** A finished file. */
export interface FoundFile {
  readonly file: string;
  readonly count: number;
  readonly isKept: boolean;
  readonly startMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly isRepaired: boolean;
}

/** Part of the answer to `scan` and `repair`. */
export interface Walked {
  readonly found: readonly FoundFile[];
  /** Goes on with `next`; null when it is done. */
  readonly walk: number | null;
}

/** `code` as of the system. */
export interface Trouble {
  readonly code: string;
  readonly path: string | null;
}

/** `id` is that of the request. */
export type DiskAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly trouble: Trouble }
  /** A segment could not be written any further; `finished` is what could be kept. */
  | { readonly segment: number; readonly trouble: Trouble; readonly finished: FoundFile | null };

/** Whole tags for a segment, which are not answered. */
export interface Tags {
  readonly segment: number;
  /** Where among them a key frame is; null for none. There is one at most. */
  readonly keyAt: number | null;
  /** Its time in the segment. */
  readonly keyMs: number;
  /** When the segment ends with them. */
  readonly endMs: number;
}

export interface MessageHandlers {
  /** `data` is a view that lives until the next push. */
  readonly onTags: (tags: Tags, data: Uint8Array) => void;
  readonly onObject: (object: unknown, data: Uint8Array) => void;
}

const PRELUDE_BYTES = 8;
const TAGS_BYTES = PRELUDE_BYTES + 16;
const NO_KEY = 0xffff_ffff;
/** A batch of frames, of which each has at most 16 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

export function encodeObject(object: object, data: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(JSON.stringify(object));
  const prelude = Buffer.allocUnsafe(PRELUDE_BYTES);
  prelude.writeUInt32BE(json.length, 0);
  prelude.writeUInt32BE(data.length, 4);
  return Buffer.concat([prelude, json, data]);
}

export function encodeTags({ segment, keyAt, keyMs, endMs }: Tags, parts: readonly Uint8Array[]): Buffer {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  const message = Buffer.allocUnsafe(TAGS_BYTES + bytes);
  message.writeUInt32BE(0, 0);
  message.writeUInt32BE(bytes, 4);
  message.writeUInt32BE(segment, 8);
  message.writeUInt32BE(keyAt ?? NO_KEY, 12);
  message.writeUInt32BE(keyMs, 16);
  message.writeUInt32BE(endMs, 20);
  let at = TAGS_BYTES;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  return message;
}

/** Takes messages apart, wherever the bytes are cut. */
export class MessageReader {
  readonly #handlers: MessageHandlers;
  readonly #held = new HeldBytes();

  constructor(handlers: MessageHandlers) {
    this.#handlers = handlers;
  }

  /** Hands on what the chunk completes. @throws Error for what cannot be a message */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const bytes = messageBytes(this.#held.length > 0 ? asBuffer(this.#held.bytes) : rest);
      const taken = rest.subarray(0, bytes - this.#held.length);
      rest = rest.subarray(taken.length);
      if (this.#held.length === 0 && taken.length === bytes && bytes > PRELUDE_BYTES) this.#read(taken);
      else this.#hold(taken);
    }
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    if (this.#held.length <= PRELUDE_BYTES) return;
    const held = asBuffer(this.#held.bytes);
    if (held.length === messageBytes(held)) this.#read(asBuffer(this.#held.take()));
  }

  #read(message: Buffer): void {
    const jsonBytes = message.readUInt32BE(0);
    const dataAt = jsonBytes === 0 ? TAGS_BYTES : PRELUDE_BYTES + jsonBytes;
    const data = message.subarray(dataAt);
    if (jsonBytes === 0) this.#handlers.onTags(tagsOf(message), data);
    else this.#handlers.onObject(JSON.parse(message.toString("utf8", PRELUDE_BYTES, dataAt)), data);
  }
}

/** Of the message that begins so, as far as is known. */
function messageBytes(start: Buffer): number {
  if (start.length < PRELUDE_BYTES) return PRELUDE_BYTES;
  const jsonBytes = start.readUInt32BE(0);
  const bytes = (jsonBytes === 0 ? TAGS_BYTES : PRELUDE_BYTES + jsonBytes) + start.readUInt32BE(4);
  if (bytes > MAX_BYTES) throw new Error(`a message of ${bytes} bytes`);
  return bytes;
}

function tagsOf(message: Buffer): Tags {
  const keyAt = message.readUInt32BE(12);
  return {
    segment: message.readUInt32BE(8),
    keyAt: keyAt === NO_KEY ? null : keyAt,
    keyMs: message.readUInt32BE(16),
    endMs: message.readUInt32BE(20),
  };
}

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length);
