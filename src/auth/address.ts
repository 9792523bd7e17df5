import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Words for networks that a proxy may be in: this machine, and the private networks of RFC 1918 and RFC 4193. */
const networksOfWord: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/** A viewer has a /64 to itself, and thousands of addresses in it (RFC 6177). */
const IPV6_NETWORK_BYTES = 8;

/** An address in its one spelling: IPv4 where IPv6 only carries it, and without a zone; null where it is none. */
export function plainAddress(text: string): string | null {
  return addressOf(text)?.toString() ?? null;
}

/** What is counted as one caller: an IPv4 address, or an IPv6 network of 64 bits. */
export function networkOf(address: string): string {
  const parsed = addressOf(address);
  if (parsed === null || parsed.kind() === "ipv4") return address;
  const network = parsed.toByteArray().fill(0, IPV6_NETWORK_BYTES);
  return `${ipaddr.fromByteArray(network).toString()}/64`;
}

/** Whether an address or a host, with or without brackets, is this machine's own: nobody else comes from or to it. */
export function isLoopback(host: string): boolean {
  const bare = /^\[(.*)\]$/s.exec(host)?.[1] ?? host;
  return host.toLowerCase() === "localhost" || addressOf(bare)?.range() === "loopback";
}

/** Whether an address only stands for all of a machine's own: `0.0.0.0`, `::`. */
export function isUnspecified(address: string): boolean {
  return addressOf(address)?.range() === "unspecified";
}

/** Whether it is an address, a network (`10.0.0.0/8`) or a word for networks. */
export function isNetwork(text: string): boolean {
  return networksOfWord.has(text) || networkNamed(text) !== null;
}

export function insideOf(texts: readonly string[]): (address: string) => boolean {
  const networks = texts
    .flatMap((text) => networksOfWord.get(text) ?? [text])
    .map(networkNamed)
    .filter((network) => network !== null);
  return (address) => {
    const parsed = addressOf(address);
    return parsed !== null && networks.some((network) => isIn(parsed, network));
  };
}

function isIn(address: Address, network: readonly [Address, number]): boolean {
  return address.kind() === network[0].kind() && address.match([...network]);
}

/** ipaddr.js alone would take `127.1` and `0x7f000001`, too. */
function addressOf(text: string): Address | null {
  const bare = text.replace(/%.*$/s, "");
  return isIP(bare) === 0 ? null : ipaddr.process(bare);
}

function networkNamed(text: string): readonly [Address, number] | null {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = isIP(address) === 4 ? 32 : 128;
  const wanted = prefix === undefined ? bits : Number(prefix);
  const parsed = addressOf(address);
  const isMapped = parsed?.kind() === "ipv4" && bits === 128; // its prefix would count other bits
  return parsed === null || isMapped || wanted > bits ? null : [parsed, wanted];
}
