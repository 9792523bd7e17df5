import type { IncomingHttpHeaders } from "node:http";
import { plainAddress } from "./address.ts";
import { type Host, parseHost } from "./host.ts";

/** What trusted proxies say of a request that they pass on. */
export interface Forwarded {
  /** Of the client of the last trusted proxy. */
  readonly address: string;
  /** null where nobody says. */
  readonly isTls: boolean | null;
  readonly host: Host | null;
}

interface Account {
  /** The addresses on the way, the farthest first. */
  readonly nodes: readonly string[];
  readonly proto: string | null;
  readonly host: string | null;
}

const isTlsOf: ReadonlyMap<string, boolean> = new Map([
  ["http", false],
  ["ws", false],
  ["https", true],
  ["wss", true],
]);

/** A header of the request that says whom a proxy asks for; null where it has none. */
export function forwardingHeader(headers: IncomingHttpHeaders): string | null {
  return Object.keys(headers).find((name) => /^(forwarded|x-forwarded-.+|x-real-ip)$/.test(name)) ?? null;
}

/** Others that only proxies write: RFC 9110's, and those of Cloudflare, Akamai, Envoy and ingress-nginx. */
const PROXY_HEADER = /^(via|x-client-ip|x-original-.+|cf-connecting-ip|true-client-ip|x-envoy-.+)$/;

/** Whether any proxy shows: then nobody knows where the request came from. */
export function isPassedOn(headers: IncomingHttpHeaders): boolean {
  return forwardingHeader(headers) !== null || Object.keys(headers).some((name) => PROXY_HEADER.test(name));
}

/**
 * Reads X-Forwarded-For, -Proto and -Host, and RFC 7239's Forwarded. From the right, each address was seen by a proxy that
 * is trusted: the first that is not is the viewer's, and what stands to its left is only what that one claims.
 * @returns null where they cannot be understood, or the two kinds contradict each other: a proxy that writes the one may
 * pass on a viewer's own of the other
 */
export function readForwarded(
  headers: IncomingHttpHeaders,
  peer: string,
  isTrusted: (address: string) => boolean,
): Forwarded | null {
  try {
    const accounts = [accountOfX(headers), accountOfForwarded(headers)];
    const ways = accounts.filter(({ nodes }) => nodes.length > 0);
    return {
      address: agreed(ways.map(({ nodes }) => viewerAmong(nodes, peer, isTrusted))) ?? peer,
      isTls: agreed(accounts.map(({ proto }) => (proto === null ? null : readProto(proto)))),
      host: readHost(agreed(accounts.map(({ host }) => host?.toLowerCase() ?? null))),
    };
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

function accountOfX(headers: IncomingHttpHeaders): Account {
  return {
    nodes: listOf(headers["x-forwarded-for"]),
    proto: listOf(headers["x-forwarded-proto"]).at(-1) ?? null,
    host: listOf(headers["x-forwarded-host"]).at(-1) ?? null,
  };
}

function accountOfForwarded({ forwarded }: IncomingHttpHeaders): Account {
  const elements = forwarded === undefined ? [] : parseForwarded(forwarded);
  const nearest = elements.at(-1);
  return {
    nodes: elements.map((element) => element.get("for") ?? "unknown"),
    proto: nearest?.get("proto") ?? null,
    host: nearest?.get("host") ?? null,
  };
}

function viewerAmong(
  nodes: readonly string[],
  peer: string,
  isTrusted: (address: string) => boolean,
): string {
  let address = peer;
  for (const node of nodes.toReversed()) {
    if (!isTrusted(address)) return address;
    const next = addressOfNode(node);
    if (next === null) return address; // it does not say: the proxy itself stands for them
    address = next;
  }
  return address;
}

/** RFC 7239, 6: an address, with or without a port; null where it is kept secret. @throws MalformedError */
function addressOfNode(node: string): string | null {
  if (/^(unknown|_[\w.-]+)(:[\w.-]+)?$/i.test(node)) return null;
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\]|([\d.]+))(?::[\w.-]{1,32})?$/.exec(node) ?? [];
  const address = plainAddress(bracketed ?? dotted ?? node);
  if (address === null) throw new MalformedError();
  return address;
}

function readProto(proto: string): boolean {
  const isTls = isTlsOf.get(proto.toLowerCase());
  if (isTls === undefined) throw new MalformedError();
  return isTls;
}

function readHost(text: string | null): Host | null {
  const host = text === null ? null : parseHost(text);
  if (host === null && text !== null) throw new MalformedError();
  return host;
}

/** What all who say anything say. @throws MalformedError where they do not agree */
function agreed<Value>(values: readonly (Value | null)[]): Value | null {
  const [first = null, second] = new Set(values.filter((value) => value !== null));
  if (second !== undefined) throw new MalformedError();
  return first;
}

/** Node joins a header that is repeated with commas. */
function listOf(header: string | string[] | undefined): readonly string[] {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** What came cannot be understood. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** `for=192.0.2.43`, `for="[2001:db8::1]:4711"`: a token, and a token or a quoted string (RFC 7239, 4). */
const PAIR = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w:[\]-]+)|"((?:[^"\\]|\\.)*)")[ \t]*/y;

/**
 * A `Forwarded` header: an element for each proxy on the way, the nearest last, its parameters by their names in lower case.
 * @throws MalformedError
 */
export function parseForwarded(text: string): readonly ReadonlyMap<string, string>[] {
  const elements: Map<string, string>[] = [];
  let element = new Map<string, string>();
  for (let at = 0; ; at += 1) {
    PAIR.lastIndex = at;
    const [pair = "", name = "", token, quoted = ""] = PAIR.exec(text) ?? [];
    if (pair === "" || element.has(name.toLowerCase())) throw new MalformedError();
    element.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/gs, "$1"));
    at += pair.length;
    const separator = text[at];
    if (separator === ";") continue;
    if (separator !== "," && separator !== undefined) throw new MalformedError();
    elements.push(element);
    if (separator === undefined) return elements;
    element = new Map();
  }
}
