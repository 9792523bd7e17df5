import { member, word } from "./nft-ruleset.ts";
import { isHostAddress, isInterface, isOneOf, type Test } from "./nft-value.ts";

/** The first packet of a viewer elsewhere: TCP SYN to our port. */
export interface Visit {
  readonly family: "ip" | "ip6";
  readonly port: number;
  /** The interfaces by which it may come in; none where they are not known. */
  readonly interfaces: readonly string[];
}

/**
 * What a match's left side is for this packet. `absent`: the packet has no such field, so that no comparison with it
 * holds, not even `!=` (nft looks for the protocol first). null: not known.
 */
export type Field = { readonly is: Test } | "absent" | null;

export function fieldOf(left: unknown, visit: Visit): Field {
  const meta = word(member(left, "meta"), "key");
  if (meta !== "") return known(metaField(meta, visit));
  const ct = word(member(left, "ct"), "key");
  if (ct !== "") return known(ctField(ct));
  const payload = member(left, "payload");
  if (payload !== undefined) return payloadField(word(payload, "protocol"), word(payload, "field"), visit);
  const fib = member(left, "fib");
  // «fib daddr type»: to whom the packet goes. Other lookups ask where an answer would go.
  if (word(fib, "result") === "type" && JSON.stringify(member(fib, "flags")) === '["daddr"]') {
    return { is: isOneOf("local") };
  }
  return null;
}

function known(is: Test | null): Field {
  return is === null ? null : { is };
}

function metaField(key: string, { family, interfaces }: Visit): Test | null {
  switch (key) {
    case "l4proto":
      return isOneOf("tcp", 6);
    case "nfproto":
      return isOneOf(family === "ip" ? "ipv4" : "ipv6");
    case "protocol":
      return isOneOf(family);
    case "pkttype":
      return isOneOf("host", "unicast");
    case "iif":
    case "iifname":
      return isInterface(interfaces);
    default:
      return null;
  }
}

function ctField(key: string): Test | null {
  switch (key) {
    case "state":
      return isOneOf("new");
    case "direction":
      return isOneOf("original");
    case "status":
      return isOneOf("none"); // neither translated nor answered yet
    default:
      return null;
  }
}

function payloadField(protocol: string, field: string, { family, port }: Visit): Field {
  switch (protocol) {
    case "tcp":
    case "th":
      return field === "dport" ? { is: isOneOf(port) } : null;
    case "ip":
    case "ip6":
      return protocol === family ? known(addressField(field)) : "absent";
    case "udp":
    case "udplite":
    case "icmp":
    case "icmpv6":
    case "igmp":
    case "sctp":
    case "dccp":
    case "esp":
    case "ah":
    case "rt":
      return "absent";
    default:
      return null;
  }
}

function addressField(field: string): Test | null {
  switch (field) {
    case "saddr":
    case "daddr":
      return isHostAddress;
    case "protocol":
    case "nexthdr":
      return isOneOf("tcp", 6);
    default:
      return null;
  }
}

/** How a match's left side is called in messages: `ip saddr`. */
export function fieldName(left: unknown): string {
  const payload = member(left, "payload");
  if (payload !== undefined) return `${word(payload, "protocol")} ${word(payload, "field")}`.trim();
  for (const kind of ["meta", "ct"]) {
    const key = word(member(left, kind), "key");
    if (key !== "") return `${kind} ${key}`;
  }
  return typeof left === "object" && left !== null ? (Object.keys(left)[0] ?? "?") : "?";
}
