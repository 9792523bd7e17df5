import {
  type Amf0Object,
  type Amf0Property,
  type Amf0Value,
  decodeAmf0,
  encodeAmf0,
  property,
} from "../flv/amf0.ts";
import { corrupt } from "./corrupt.ts";

/** Real commands are one or two levels and some hundred bytes. */
const limits = { maxDepth: 8, maxBytes: 64 * 1024 };

/** A command message (7.1.1, 7.2). */
export interface Command {
  readonly name: string;
  /** 0 where no answer is expected. */
  readonly transactionId: number;
  /** The command object or null, and what follows it. */
  readonly values: readonly Amf0Value[];
}

/** @throws CorruptInputError for what is no command, or too long or deep for one */
export function decodeCommand(body: Uint8Array): Command {
  const [name, transactionId, ...values] = decodeAmf0(body, 0, limits);
  if (typeof name !== "string") return corrupt("a command without a name");
  return { name, transactionId: typeof transactionId === "number" ? transactionId : 0, values };
}

export function encodeCommand({ name, transactionId, values }: Command): Uint8Array {
  return encodeAmf0(name, transactionId, ...values);
}

export function object(...properties: readonly Amf0Property[]): Amf0Object {
  return { kind: "object", properties };
}

/** A property as a text that can be shown, whoever wrote it; "" where there is none. */
export function textProperty(value: Amf0Value | undefined, name: string, maxCharacters: number): string {
  const text = property(value, name);
  return typeof text === "string" ? shown(text, maxCharacters) : "";
}

/** Without control, format and line characters, and cut to a length. */
function shown(text: string, maxCharacters: number): string {
  const characters = Array.from(text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ""));
  return characters.slice(0, maxCharacters).join("");
}
