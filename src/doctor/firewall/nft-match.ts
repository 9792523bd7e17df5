import { type Field, fieldOf, type Visit } from "./nft-field.ts";
import { member } from "./nft-ruleset.ts";
import { type Answer, allOf, anyOf, isOneOf, not, type Test, tcpFlags } from "./nft-value.ts";

/** Elements of a named set of the rule's table; null where there is none. */
export type Sets = (name: string) => readonly unknown[] | null;

/** Whether a `match` statement holds for the visit. */
export function matches(match: unknown, visit: Visit, sets: Sets): Answer {
  const [op, left, right] = [member(match, "op"), member(match, "left"), member(match, "right")];
  const flags = tcpFlagsMatch(op, left, right);
  if (flags !== null) return flags;
  switch (op) {
    case "==":
    case "in":
      return isIn(left, right, visit, sets);
    case "!=":
      return isAbsent(left, visit) ? "no" : not(isIn(left, right, visit, sets));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compared(op, left, right, visit);
    default:
      return "maybe";
  }
}

/** Whether a field, or several joined by `.`, is what stands on the right: a value, a set, a named set. */
export function isIn(left: unknown, right: unknown, visit: Visit, sets: Sets): Answer {
  const parts = member(left, "concat");
  const fields = (Array.isArray(parts) ? parts : [left]).map((part: unknown) => fieldOf(part, visit));
  const elements = elementsOf(right, sets);
  if (elements === null) return "maybe";
  return anyOf(elements.map((element) => isElement(fields, element, Array.isArray(parts))));
}

function isElement(fields: readonly Field[], element: unknown, isJoined: boolean): Answer {
  const value = member(member(element, "elem"), "val") ?? element; // elements with a timeout or a comment
  const values: unknown = isJoined ? member(value, "concat") : [value];
  if (!Array.isArray(values) || values.length !== fields.length) return "maybe";
  return allOf(
    fields.map((field, index) => {
      if (field === "absent") return "no";
      return field === null ? "maybe" : field.is(values[index]);
    }),
  );
}

function elementsOf(right: unknown, sets: Sets): readonly unknown[] | null {
  if (typeof right === "string" && right.startsWith("@")) return sets(right.slice(1));
  if (Array.isArray(right)) return right; // states or flags: one of them is enough
  const set = member(right, "set");
  if (Array.isArray(set)) return set;
  return set === undefined ? [right] : [set];
}

function isAbsent(left: unknown, visit: Visit): boolean {
  const parts = member(left, "concat");
  return (Array.isArray(parts) ? parts : [left]).some((part) => fieldOf(part, visit) === "absent");
}

function compared(op: "<" | "<=" | ">" | ">=", left: unknown, right: unknown, visit: Visit): Answer {
  const field = fieldOf(left, visit);
  if (field === "absent") return "no";
  if (field === null || typeof right !== "number") return "maybe";
  const below = { range: [0, op === "<" || op === ">=" ? right - 1 : right] };
  return op === "<" || op === "<=" ? field.is(below) : not(field.is(below));
}

const SYN = 0x02;

/** `tcp flags & mask OP value`; null where the match is about something else. */
function tcpFlagsMatch(op: unknown, left: unknown, right: unknown): Answer | null {
  const masked: unknown = member(left, "&");
  const [field, maskWritten] = Array.isArray(masked)
    ? [masked[0] as unknown, masked[1] as unknown]
    : [left, 0xff];
  const payload = member(field, "payload");
  if (member(payload, "protocol") !== "tcp" || member(payload, "field") !== "flags") return null;
  const [mask, value] = [tcpFlags(maskWritten), tcpFlags(right)];
  if (mask === null || value === null) return "maybe";
  const is: Test = isOneOf(SYN & mask);
  if (op === "==") return is(value);
  if (op === "!=") return not(is(value));
  return op === "in" ? not(isOneOf(SYN & mask & value)(0)) : "maybe";
}
