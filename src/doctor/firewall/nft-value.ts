import { isIP } from "node:net";
import { member } from "./nft-ruleset.ts";

/** `maybe`: it depends on what is not known here, or the words are not known. */
export type Answer = "yes" | "no" | "maybe";

/** Whether a packet's field is one of what stands on a match's right side. */
export type Test = (right: unknown) => Answer;

export function not(answer: Answer): Answer {
  if (answer === "maybe") return answer;
  return answer === "yes" ? "no" : "yes";
}

export function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes("yes")) return "yes";
  return answers.includes("maybe") ? "maybe" : "no";
}

export function allOf(answers: readonly Answer[]): Answer {
  return not(anyOf(answers.map(not)));
}

/** A field with a known value, under each of the names that nft has for it. */
export function isOneOf(...names: readonly (string | number)[]): Test {
  const number = names.find((name) => typeof name === "number");
  return (right) => {
    if (typeof right === "number") return names.includes(right) ? "yes" : "no";
    if (typeof right === "string" && names.some((name) => typeof name === "string")) {
      return names.includes(right) ? "yes" : "no";
    }
    const range = member(right, "range");
    if (!Array.isArray(range) || number === undefined) return "maybe";
    return Number(range[0]) <= number && number <= Number(range[1]) ? "yes" : "no";
  };
}

/** The interface by which a viewer comes in: one of these, any but the loopback where none is known. */
export function isInterface(names: readonly string[]): Test {
  return (right) => {
    if (right === "lo") return "no";
    if (typeof right !== "string" || names.length === 0) return "maybe";
    const meant = names.filter((name) =>
      right.endsWith("*") ? name.startsWith(right.slice(0, -1)) : name === right,
    );
    if (meant.length === 0) return "no";
    return meant.length === names.length ? "yes" : "maybe";
  };
}

/** Either address of a viewer's packet, which one machine has and others reach. */
export const isHostAddress: Test = (right) => {
  const prefix = member(right, "prefix");
  const address = prefix === undefined ? right : member(prefix, "addr");
  const bits = prefix === undefined ? null : member(prefix, "len");
  if (typeof address !== "string" || isIP(address) === 0) return "maybe";
  if (bits === 0) return "yes";
  if (typeof bits === "number" && bits < SHORTEST_SPECIAL_PREFIX) return "maybe";
  return SPECIAL_ADDRESS.test(address) ? "no" : "maybe";
};

/** Loopback, «this network», multicast and broadcast (RFC 6890): no viewer's, and not what a viewer asks for. */
const SPECIAL_ADDRESS = /^127\.|^0\.|^2(2[4-9]|[345]\d)\.|^::1?$|^ff/i;
const SHORTEST_SPECIAL_PREFIX = 4;

/** RFC 9293, 3.1, as nft names them. */
const TCP_FLAGS: Readonly<Record<string, number>> = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ecn: 0x40,
  cwr: 0x80,
};

/** Flags as bits, however they are written: a name, a list, `a | b`; null where that is not known. */
export function tcpFlags(written: unknown): number | null {
  if (typeof written === "number") return written;
  if (typeof written === "string") return TCP_FLAGS[written] ?? null;
  const parts = Array.isArray(written) ? written : member(written, "|");
  if (!Array.isArray(parts)) return null;
  return parts.map(tcpFlags).reduce((bits, part) => (bits === null || part === null ? null : bits | part), 0);
}
