import { isIPv6 } from "node:net";
import { isLoopback, isUnspecified, plainAddress } from "../auth/address.ts";
import type { OwnAddress } from "../system/own-addresses.ts";

/** Where a stream can be watched. */
export interface StreamUrls {
  /** The one to hand on. */
  readonly url: string;
  /** Every address of this machine at which the server answers, that one first. */
  readonly urls: readonly string[];
  /** Others than this machine reach it. */
  readonly isPublic: boolean;
}

/** A server as it is reached. */
export interface Site {
  readonly scheme: "http" | "https";
  /** As the user named it; a wildcard is every address of this machine. */
  readonly host: string;
  /** The address that it listens on. */
  readonly address: string;
  readonly port: number;
}

/** Nobody reads more. */
const MAX_URLS = 64;

/**
 * The URLs of `path` on a server.
 * @param own this machine's addresses by now, the preferred first; asked where the server listens on all of them
 */
export function streamUrls(
  { scheme, host, address, port }: Site,
  path: string,
  own: () => readonly Pick<OwnAddress, "address" | "family">[],
): StreamUrls {
  const toUrl = (name: string) => `${scheme}://${isIPv6(name) ? `[${name}]` : name}:${port}${path}`;
  const isPublic = !isLoopback(address);
  if (!isUnspecified(host)) return { url: toUrl(host), urls: [toUrl(host)], isPublic };
  const takesIPv6 = isIPv6(plainAddress(host) ?? host);
  const reached = own()
    .filter(({ family }) => takesIPv6 || family === "IPv4")
    .map((one) => one.address);
  const urls = [...new Set(reached.length === 0 ? ["127.0.0.1"] : reached)].slice(0, MAX_URLS).map(toUrl);
  return { url: urls[0] ?? "", urls, isPublic };
}
