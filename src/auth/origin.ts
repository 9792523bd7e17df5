import type { IncomingHttpHeaders } from "node:http";
import type { Host } from "./host.ts";
import type { AuthRequest } from "./request.ts";

/** Whose pages may ask, beside our own: those of any origin, or of the ones named. */
export type AllowedOrigins = "*" | readonly string[];

/** Where a browser sees us. */
export interface Site {
  readonly host: Host | null;
  readonly isTls: boolean;
}

/** A page of another origin that asks; `origin` is null where the browser keeps it to itself. */
export interface ForeignPage {
  readonly origin: string | null;
}

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Range",
  "Access-Control-Max-Age": "600",
};

/** An origin as browsers write it (RFC 6454, 6.2): `https://example.org`, without a default port; null where it is none. */
export function canonicalOrigin(text: string): string | null {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~:[\]-]+$/i.test(text)) return null;
  if (!/^https?:/i.test(text)) return text.toLowerCase(); // an extension's, an app's
  try {
    return new URL(text).origin;
  } catch {
    return null;
  }
}

/** The foreign page that asks; null where it is our own, or none at all: a player sends neither header. */
export function foreignPageOf({ headers }: Pick<AuthRequest, "headers">, site: Site): ForeignPage | null {
  const { origin } = headers;
  const from = headers["sec-fetch-site"];
  if (origin === undefined) return from === "cross-site" || from === "same-site" ? { origin: null } : null;
  // Behind a proxy that changes Host, the browser still knows what it calls the same.
  if (from === "same-origin" || isOrigin(origin, site)) return null;
  return { origin: canonicalOrigin(origin) };
}

/** A link that is followed shows nothing to the page which it was on. */
export function isNavigation({ method, headers }: Pick<AuthRequest, "method" | "headers">): boolean {
  return headers["sec-fetch-mode"] === "navigate" && (method === "GET" || method === "HEAD");
}

export function isAllowed(foreignPage: ForeignPage, allowed: AllowedOrigins): boolean {
  return allowed === "*" || (foreignPage.origin !== null && allowed.includes(foreignPage.origin));
}

/**
 * What CORS asks for in a response (the Fetch standard, 3.3.3). Without an allow-list pages of other sites are refused, so that the
 * response depends on the origin all the same.
 */
export function corsHeaders(
  foreignPage: ForeignPage | null,
  allowed: AllowedOrigins,
): Readonly<Record<string, string>> {
  if (allowed === "*") return { "Access-Control-Allow-Origin": "*" };
  const origin = foreignPage !== null && isAllowed(foreignPage, allowed) ? foreignPage.origin : null;
  return { ...(origin === null ? {} : { "Access-Control-Allow-Origin": origin }), Vary: "Origin" };
}

/**
 * The same for a preflight. That a page from outside reaches into a private network is for origins that were named: `*` does
 * not say that every site may look into this one's.
 */
export function preflightHeaders(
  { origin }: ForeignPage,
  allowed: AllowedOrigins,
  headers: IncomingHttpHeaders,
): Readonly<Record<string, string>> {
  const asksForPrivate = headers["access-control-request-private-network"] === "true";
  const isNamed = allowed !== "*" && origin !== null && allowed.includes(origin);
  return {
    ...PREFLIGHT,
    ...(asksForPrivate && isNamed ? { "Access-Control-Allow-Private-Network": "true" } : {}),
  };
}

/**
 * Whether an `Origin` is where we are ourselves. Where the connection is not encrypted, a proxy before us may still be, and
 * the scheme says nothing.
 */
function isOrigin(origin: string, { host, isTls }: Site): boolean {
  const [, scheme = ""] = /^(https?):/i.exec(origin) ?? [];
  if (host === null || scheme === "" || (isTls && scheme.toLowerCase() !== "https")) return false;
  const name = host.name.includes(":") ? `[${host.name}]` : host.name;
  const ours = canonicalOrigin(`${scheme}://${name}${host.port === null ? "" : `:${host.port}`}`);
  return ours !== null && ours === canonicalOrigin(origin);
}
