import { isIPv6 } from "node:net";
import { isLoopback, isUnspecified, plainAddress } from "../auth/address.ts";
import type { OwnAddress } from "../system/own-addresses.ts";
import { flvPath, pagePath } from "./stream-name.ts";

export interface StreamUrls {
  /** The one to hand on: FLV for players; a browser is sent on from there. */
  readonly url: string;
  /** The page that plays it in a browser, at the same address. */
  readonly pageUrl: string;
  /** Every address of this machine at which the server answers, that one first. */
  readonly urls: readonly string[];
  readonly isPublic: boolean;
}

/** A server as it is reached. */
export interface Site {
  readonly scheme: "http" | "https";
  /** As the user named it; a wildcard is every address of this machine. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** Nobody reads more. */
const MAX_URLS = 64;

/**
 * The URLs of a stream on a server.
 * @param own this machine's addresses by now, the preferred first; asked where the server listens on all of them
 */
export function streamUrls(
  { scheme, host, address, port }: Site,
  name: string,
  own: OwnAddresses,
): StreamUrls {
  const siteAt = (machine: string) => `${scheme}://${inUrl(machine)}:${port}`;
  const [first, ...others] = machinesAt(host, own);
  return {
    url: siteAt(first) + flvPath(name),
    pageUrl: siteAt(first) + pagePath(name),
    urls: [first, ...others].map((machine) => siteAt(machine) + flvPath(name)),
    isPublic: !isLoopback(address),
  };
}

/** A port that publishers come to. */
export interface PublishSite extends Pick<Site, "host" | "port"> {
  readonly scheme: "rtmp" | "rtmps";
}

/** Where streams are published: what OBS calls the server. */
export function publishUrl({ scheme, host, port }: PublishSite, own: OwnAddresses): string {
  const [machine] = machinesAt(host, own);
  const isUsual = scheme === "rtmp" && port === 1935;
  return `${scheme}://${inUrl(machine)}${isUsual ? "" : `:${port}`}/live`;
}

type OwnAddresses = () => readonly Pick<OwnAddress, "address" | "family">[];

/** By which this machine is reached, the preferred one first. */
function machinesAt(host: string, own: OwnAddresses): readonly [string, ...string[]] {
  if (!isUnspecified(host)) return [host];
  const takesIPv6 = isIPv6(plainAddress(host) ?? host);
  const reached = own()
    .filter(({ family }) => takesIPv6 || family === "IPv4")
    .map(({ address }) => address);
  const [first = "127.0.0.1", ...others] = [...new Set(reached)].slice(0, MAX_URLS);
  return [first, ...others];
}

const inUrl = (machine: string) => (isIPv6(machine) ? `[${machine}]` : machine);
