import { isIP } from "node:net";
import { isNetwork } from "../auth/address.ts";
import { parseHost as parseHostHeader } from "../auth/host.ts";
import { type AllowedOrigins, canonicalOrigin } from "../auth/origin.ts";
import { tokenFault } from "../auth/token.ts";
import { refuse } from "./parse.ts";

/** A token: what stands in a URL as it is, and is not soon guessed. */
export function parseToken(text: string): string {
  const fault = tokenFault(text);
  if (fault !== null) refuse(fault, '"$(openssl rand -hex 16)"');
  return text;
}

/** `*`, or comma-separated origins. */
export function parseOrigins(text: string): AllowedOrigins {
  const items = listOf(text);
  if (items.length === 1 && items[0] === "*") return "*";
  return [...new Set(items.map(parseOrigin))];
}

function parseOrigin(text: string): string {
  if (text === "*") refuse("combines * with other origins: use * alone", "*");
  const origin = canonicalOrigin(text.replace(/\/$/, ""));
  if (origin === null || origin === "null")
    refuse(
      "is not an origin: use scheme, host and, unless it is the default, the port",
      "https://www.example.org",
    );
  return origin;
}

/** Names that lead here, comma-separated; a port does not matter. */
export function parsePublicHosts(text: string): readonly string[] {
  return [...new Set(listOf(text).map(parsePublicHost))];
}

function parsePublicHost(text: string): string {
  const example = "cam.example.org";
  if (text.includes("//")) refuse("is a URL: use only its host name", example);
  const host = parseHostHeader(text);
  if (host === null) refuse("is not a host name", example);
  if (isIP(host.name) !== 0) refuse("is an address, and those always work: use host names", example);
  return host.name;
}

/** Addresses, networks, `loopback` and `private`, comma-separated. */
export function parseNetworks(text: string): readonly string[] {
  const items = listOf(text).map((item) => item.toLowerCase());
  const wrong = items.find((item) => !isNetwork(item));
  if (wrong !== undefined)
    refuse("is not a network: use an address, ADDRESS/BITS, loopback or private", "10.0.0.0/8");
  return [...new Set(items)];
}

function listOf(text: string): readonly string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.includes("")) refuse("has an empty item: use a comma-separated list", "a,b");
  return items;
}
