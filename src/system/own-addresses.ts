import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import {
  type InterfaceKind,
  interfaceKinds,
  kindByName,
  kindInSysfs,
  type SystemFiles,
} from "./interface-kind.ts";

/** An address of this machine at which others may reach it. */
export interface OwnAddress {
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  /** `eth0`, `Wi-Fi` */
  readonly interfaceName: string;
  readonly kind: InterfaceKind;
}

export interface NetworkSource extends SystemFiles {
  /** os.networkInterfaces(): those that are up and connected. */
  interfaces(): ReturnType<typeof networkInterfaces>;
}

/**
 * This machine's addresses by now, those first that a neighbour reaches: a VPN that has the default route does not come before
 * the local network. Left out is what is no use to others: link-local IPv6 addresses, which lead nowhere without their zone,
 * and temporary ones (RFC 8981), which are gone the next day.
 */
export function ownAddresses(source: NetworkSource = thisNetwork): readonly OwnAddress[] {
  const routes = defaultRouteInterfaces(source.readText("/proc/net/route") ?? "");
  const unusable = unusableAddresses(source.readText("/proc/net/if_inet6") ?? "");
  const rank = ({ address, family, interfaceName, kind }: OwnAddress) => [
    interfaceKinds.indexOf(kind),
    scopeRank(address, family, kind),
    routes.includes(interfaceName) ? routes.indexOf(interfaceName) : routes.length,
  ];
  return Object.entries(source.interfaces())
    .flatMap(([interfaceName, entries = []]) => {
      const usable = entries.filter(({ address }) => !isLinkLocal6(address) && !unusable.includes(address));
      const kind = kindOf(interfaceName, entries[0], source);
      return usable.map(({ address, family }) => ({ address, family, interfaceName, kind }));
    })
    .map((own) => ({ own, rank: rank(own) }))
    .toSorted((a, b) => compare(a.rank, b.rank))
    .map(({ own }) => own);
}

/** Every address of every interface that is up and connected; null where the system does not tell, as in a sandbox. */
export function interfaceAddresses(): readonly string[] | null {
  const all = orNull(() => networkInterfaces());
  return all && Object.values(all).flatMap((entries = []) => entries.map(({ address }) => address));
}

function kindOf(name: string, entry: NetworkInterfaceInfo | undefined, source: NetworkSource): InterfaceKind {
  if (entry === undefined || entry.internal) return "loopback";
  return kindInSysfs(name, source) ?? kindByName(name, entry.mac);
}

function isLinkLocal6(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/**
 * IPv4 first, as people type it. A machine without DHCP has given itself a link-local address (RFC 3927). Of those that providers
 * share out among many (RFC 6598), no neighbour has one, but for a tailnet's.
 */
function scopeRank(address: string, family: OwnAddress["family"], kind: InterfaceKind): number {
  if (address.startsWith("169.254.")) return 3;
  if (kind !== "tunnel" && /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(address)) return 2;
  return family === "IPv4" ? 0 : 1;
}

/** Interfaces with a default route, the preferred first: proc(5), /proc/net/route. VPNs that add two halves of one have none. */
function defaultRouteInterfaces(table: string): readonly string[] {
  return table
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter(([, destination, , , , , , mask]) => destination === NOWHERE && mask === NOWHERE)
    .toSorted((a, b) => Number(a[6]) - Number(b[6])) // Metric
    .map(([name = ""]) => name);
}

const NOWHERE = "00000000";

/** IFA_F_TEMPORARY and IFA_F_TENTATIVE of linux/if_addr.h: a duplicate of another machine's stays tentative. */
const UNUSABLE_FLAGS = 0x01 | 0x40;

/** Lines of /proc/net/if_inet6: `fd000000000000000000000000000002 04 40 00 82 eth0`; the flags are the fifth. */
function unusableAddresses(table: string): readonly string[] {
  return table.split("\n").flatMap((line) => {
    const [digits = "", , , , flags = "0"] = line.trim().split(/\s+/);
    if ((Number.parseInt(flags, 16) & UNUSABLE_FLAGS) === 0) return [];
    const groups = digits.match(/.{4}/g)?.join(":");
    return [new URL(`http://[${groups}]`).hostname.slice(1, -1)]; // in its one spelling
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The machine we run on. Only Linux has such files. */
const thisNetwork: NetworkSource = {
  interfaces: () => orNull(() => networkInterfaces()) ?? {},
  readText: (path) => orNull(() => readFileSync(path, "utf8")),
  list: (folder) => orNull(() => readdirSync(folder)) ?? [],
  readlink: (path) => orNull(() => readlinkSync(path)),
};

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** However many ask, the system is asked a few times a second at most. */
const OWN_FOR_MS = 200;

export function addressesOfNow(): () => readonly OwnAddress[] {
  let own: readonly OwnAddress[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lookedMs < OWN_FOR_MS) return own;
    own = ownAddresses();
    lookedMs = performance.now();
    return own;
  };
}
