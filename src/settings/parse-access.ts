import { isIP } from "node:net";
import { isNetwork } from "../auth/address.ts";
import { parseHost as parseHostHeader } from "../auth/host.ts";
import { type AllowedOrigins, canonicalOrigin } from "../auth/origin.ts";
import { tokenFault } from "../auth/token.ts";
import { oneOf, refuse } from "./parse.ts";
import { type AuthMode, authModes } from "./settings.ts";

/** Who has to show a token. */
export function parseAuth(text: string): AuthMode {
  return oneOf(authModes, text, "is no rule for the token");
}

/** A token: what stands in a URL as it is, and is not soon guessed. */
export function parseToken(text: string): string {
  const fault = tokenFault(text);
  if (fault !== null) refuse(fault, '"$(openssl rand -hex 16)"');
  return text;
}

/** `*`, or origins set apart by commas. */
export function parseOrigins(text: string): AllowedOrigins {
  const items = listOf(text);
  if (items.length === 1 && items[0] === "*") return "*";
  return [...new Set(items.map(parseOrigin))];
}

function parseOrigin(text: string): string {
  if (text === "*") refuse("has * beside others: give * alone, or leave it out", "*");
  const origin = canonicalOrigin(text.replace(/\/$/, ""));
  if (origin === null || origin === "null")
    refuse(
      "is not an origin: give scheme and host, and the port where it is not the scheme's own",
      "https://www.example.org",
    );
  return origin;
}

/** Names that lead here, set apart by commas; a port does not matter. */
export function parsePublicHosts(text: string): readonly string[] {
  return [...new Set(listOf(text).map(parsePublicHost))];
}

function parsePublicHost(text: string): string {
  const example = "cam.example.org";
  if (text.includes("//")) refuse("is a URL: give the name in it", example);
  const host = parseHostHeader(text);
  if (host === null) refuse("is not a host's name", example);
  if (isIP(host.name) !== 0) refuse("is an address, and those are always let in: give names", example);
  return host.name;
}

/** Addresses, networks, `loopback` and `private`, set apart by commas. */
export function parseNetworks(text: string): readonly string[] {
  const items = listOf(text).map((item) => item.toLowerCase());
  const wrong = items.find((item) => !isNetwork(item));
  if (wrong !== undefined)
    refuse("is not a network: give an address, a network as ADDRESS/BITS, loopback or private", "10.0.0.0/8");
  return [...new Set(items)];
}

function listOf(text: string): readonly string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.includes("")) refuse("has nothing between two commas: give a list", "a,b");
  return items;
}
