import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { isLoopback } from "../auth/address.ts";

/** Where a stream can be watched. */
export interface StreamUrls {
  /** The one to hand on. */
  readonly url: string;
  /** Every address of this machine at which the server answers. */
  readonly urls: readonly string[];
  /** Others than this machine reach it. */
  readonly isPublic: boolean;
}

/** A server as it is reached. */
export interface Site {
  readonly scheme: "http" | "https";
  /** What it listens on; a wildcard is every address of this machine. */
  readonly host: string;
  readonly port: number;
}

/** The URLs of `path` on a server. */
export async function streamUrls({ scheme, host, port }: Site, path: string): Promise<StreamUrls> {
  const toUrl = (address: string) =>
    `${scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}${path}`;
  if (!isWildcard(host)) {
    return { url: toUrl(host), urls: [toUrl(host)], isPublic: !isLoopback(host) };
  }
  const addresses = ownAddresses().filter((address) => isIPv6(host) || !isIPv6(address));
  const preferred =
    (await defaultRouteAddress()) ?? addresses.find((address) => !isLoopback(address)) ?? "127.0.0.1";
  return { url: toUrl(preferred), urls: [...new Set([preferred, ...addresses])].map(toUrl), isPublic: true };
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || /^[0:]*::[0:]*$/.test(host);
}

/** Link-local IPv6 addresses are left out: without their zone they lead nowhere. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:"));
}

/** The address that packets to the outside would carry: a UDP socket learns it when connected, and sends nothing. */
async function defaultRouteAddress(): Promise<string | null> {
  const socket = createSocket("udp4");
  try {
    return await new Promise<string | null>((resolve) => {
      // TEST-NET-1, RFC 5737. Without a route, on a machine without a network, the callback has the error.
      const onConnect = (error?: Error | null) => resolve(error ? null : socket.address().address);
      socket.once("error", () => resolve(null));
      socket.connect(9, "192.0.2.1", onConnect);
    });
  } finally {
    socket.close();
  }
}
