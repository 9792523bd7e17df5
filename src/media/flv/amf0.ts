import { CorruptInputError } from "../corrupt-input.ts";
import { joinBytes } from "./bytes.ts";

/** A value of AMF 0 (Adobe "Action Message Format -- AMF 0", 2007), of the types that FLV metadata is made of. */
export type Amf0Value =
  | number
  | boolean
  | string
  | null
  | Amf0Object
  | Amf0EcmaArray
  | readonly Amf0Value[] // strict array
  | Amf0Date;

export interface Amf0Object {
  readonly kind: "object";
  readonly properties: readonly Amf0Property[];
}

export interface Amf0EcmaArray {
  readonly kind: "ecma-array";
  readonly properties: readonly Amf0Property[];
}

export interface Amf0Date {
  readonly kind: "date";
  /** Milliseconds since 1 January 1970, UTC. */
  readonly epochMs: number;
}

/** Properties keep their order, and a name may come twice: so no record. */
export type Amf0Property = readonly [name: string, value: Amf0Value];

/** The properties of an object or ECMA array, in their order; null where the value is neither. */
export function propertiesOf(value: Amf0Value | undefined): readonly Amf0Property[] | null {
  return typeof value === "object" && value !== null && "properties" in value ? value.properties : null;
}

/** One of them; null where there is none of that name. */
export function property(value: Amf0Value | undefined, name: string): Amf0Value {
  return propertiesOf(value)?.find(([known]) => known === name)?.[1] ?? null;
}

/** Type markers (section 2.1). */
export const Marker = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  typedObject: 0x10,
} as const;

const maxShortStringBytes = 0xffff;
/** Real metadata is a few levels and some hundred bytes; key frame indexes of long files reach hundreds of KiB. */
const metadataLimits: Amf0Limits = { maxDepth: 16, maxBytes: 4 * 1024 * 1024 };

export interface Amf0Limits {
  readonly maxDepth: number;
  readonly maxBytes: number;
}

/** The values one after the other, as in a script tag: a name and what belongs to it. */
export function encodeAmf0(...values: readonly Amf0Value[]): Uint8Array {
  return joinBytes(values.flatMap(encodeValue));
}

function encodeValue(value: Amf0Value): Uint8Array[] {
  if (value === null) return [u8(Marker.null)]; // 2.7
  if (typeof value === "number") return [u8(Marker.number), double(value)]; // 2.2
  if (typeof value === "boolean") return [u8(Marker.boolean), u8(value ? 1 : 0)]; // 2.3
  if (typeof value === "string") return encodeString(value);
  if (!("kind" in value)) return [u8(Marker.strictArray), u32(value.length), ...value.flatMap(encodeValue)]; // 2.12
  switch (value.kind) {
    case "object": // 2.5
      return [u8(Marker.object), ...encodeProperties(value.properties)];
    case "ecma-array": // 2.10
      return [u8(Marker.ecmaArray), u32(value.properties.length), ...encodeProperties(value.properties)];
    case "date": // 2.13: the time comes first, then a time-zone that must be 0
      return [u8(Marker.date), double(value.epochMs), u16(0)];
  }
}

/** A string (2.4), or a long string (2.14) where its length takes more than 16 bits. */
function encodeString(text: string): Uint8Array[] {
  const utf8 = utf8Of(text);
  return utf8.length <= maxShortStringBytes
    ? [u8(Marker.string), u16(utf8.length), utf8]
    : [u8(Marker.longString), u32(utf8.length), utf8];
}

/** Names and values up to an empty name with an object end marker (2.5, 2.11). */
function encodeProperties(properties: readonly Amf0Property[]): Uint8Array[] {
  const pairs = properties.flatMap(([name, value]) => {
    const utf8 = utf8Of(name);
    return [u16(utf8.length), utf8, ...encodeValue(value)];
  });
  return [...pairs, u16(0), u8(Marker.objectEnd)];
}

function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function u16(value: number): Uint8Array {
  if (value > maxShortStringBytes)
    throw new RangeError(`AMF0: a name of ${value} bytes, expected at most ${maxShortStringBytes}`);
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

function double(value: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(8));
  out.setFloat64(0, value);
  return new Uint8Array(out.buffer);
}

function utf8Of(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * All values of a script tag's body. Throws CorruptInputError on what is cut short, nested too deep, too long or of
 * another type; offsets in messages count from `bodyOffset`.
 */
export function decodeAmf0(body: Uint8Array, bodyOffset = 0, limits = metadataLimits): Amf0Value[] {
  if (body.length > limits.maxBytes)
    throw new CorruptInputError(
      `AMF0: ${body.length} bytes at offset ${bodyOffset}, expected at most ${limits.maxBytes}`,
    );
  const reader = new Amf0Reader(body, bodyOffset, limits.maxDepth);
  const values: Amf0Value[] = [];
  while (reader.remainingBytes > 0) values.push(decodeValue(reader, 0));
  return values;
}

function decodeValue(reader: Amf0Reader, depth: number): Amf0Value {
  if (depth > reader.maxDepth) reader.fail(`values nested deeper than ${reader.maxDepth}`);
  const marker = reader.u8();
  switch (marker) {
    case Marker.number:
      return reader.double();
    case Marker.boolean:
      return reader.u8() !== 0;
    case Marker.string:
      return reader.utf8(reader.u16());
    case Marker.longString:
      return reader.utf8(reader.u32());
    case Marker.null:
    case Marker.undefined:
      return null;
    case Marker.typedObject:
      reader.utf8(reader.u16()); // class-name (2.18)
      return { kind: "object", properties: decodeProperties(reader, depth) };
    case Marker.object:
      return { kind: "object", properties: decodeProperties(reader, depth) };
    case Marker.ecmaArray:
      reader.u32(); // only "approximate" (FLV E.4.4.5): the end marker decides
      return { kind: "ecma-array", properties: decodeProperties(reader, depth) };
    case Marker.strictArray:
      return decodeStrictArray(reader, depth);
    case Marker.date:
      return decodeDate(reader);
    default:
      return reader.fail(`type marker ${marker}, which FLV metadata does not use`);
  }
}

function decodeProperties(reader: Amf0Reader, depth: number): Amf0Property[] {
  const properties: Amf0Property[] = [];
  for (;;) {
    const name = reader.utf8(reader.u16());
    if (name === "" && reader.skipIf(Marker.objectEnd)) return properties;
    properties.push([name, decodeValue(reader, depth + 1)]);
  }
}

function decodeStrictArray(reader: Amf0Reader, depth: number): Amf0Value[] {
  const count = reader.u32();
  if (count > reader.remainingBytes)
    reader.fail(`an array of ${count} values in ${reader.remainingBytes} bytes`);
  const values: Amf0Value[] = [];
  for (let i = 0; i < count; i++) values.push(decodeValue(reader, depth + 1));
  return values;
}

function decodeDate(reader: Amf0Reader): Amf0Date {
  const epochMs = reader.double();
  reader.u16(); // time-zone: "should not be filled in or used" (2.13)
  return { kind: "date", epochMs };
}

/** Numbers and texts of an AMF 0 body, one after another; what is missing is corrupt, and where is said. */
export class Amf0Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #bodyOffset: number;
  readonly maxDepth: number;
  readonly #text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(body: Uint8Array, bodyOffset: number, maxDepth = metadataLimits.maxDepth) {
    this.#bytes = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.length);
    this.#bodyOffset = bodyOffset;
    this.maxDepth = maxDepth;
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  utf8(byteCount: number): string {
    const start = this.#take(byteCount);
    try {
      return this.#text.decode(this.#bytes.subarray(start, start + byteCount));
    } catch (cause) {
      throw new CorruptInputError(`AMF0: a string that is not UTF-8 at offset ${this.#bodyOffset + start}`, {
        cause,
      });
    }
  }

  skipIf(byte: number): boolean {
    const isNext = this.#bytes[this.#at] === byte;
    if (isNext) this.#at++;
    return isNext;
  }

  fail(what: string): never {
    throw new CorruptInputError(`AMF0: ${what} at offset ${this.#bodyOffset + this.#at}`);
  }

  #take(byteCount: number): number {
    if (byteCount > this.remainingBytes)
      this.fail(`${byteCount} bytes expected where ${this.remainingBytes} are left,`);
    const start = this.#at;
    this.#at += byteCount;
    return start;
  }
}
