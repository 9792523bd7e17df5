/**
 * Who is behind a network interface: neighbours in a network of cables and radio; in one that is made up, as a container's; at
 * the far end of a tunnel (a VPN, a modem); the containers and virtual machines of this machine alone; this machine itself.
 */
export const interfaceKinds = ["physical", "virtual", "tunnel", "bridge", "loopback"] as const;

export type InterfaceKind = (typeof interfaceKinds)[number];

/** Linux's files about the system; null and none where there are none. */
export interface SystemFiles {
  readText(path: string): string | null;
  list(folder: string): readonly string[];
  readlink(path: string): string | null;
}

const NET = "/sys/class/net";
/** Interfaces with neighbours: ARPHRD_ETHER (Wi-Fi, too) and ARPHRD_INFINIBAND of linux/if_arp.h. Tunnels have types of their own. */
const NEIGHBOUR_TYPES = ["1", "32"];

/** What Linux says of an interface; null where it does not know it, as where another network namespace's /sys is shown. */
export function kindInSysfs(name: string, files: SystemFiles): InterfaceKind | null {
  const type = files.readText(`${NET}/${name}/type`)?.trim();
  if (type === undefined) return null;
  if (!NEIGHBOUR_TYPES.includes(type)) return "tunnel";
  if (hasHardware(name, files)) return "physical";
  return files.list(`${NET}/${name}`).includes("bridge") ? "bridge" : "virtual";
}

/** Hardware has a place on a bus. What is made up stands on it where it has it below: bridges, bonds, VLANs, macvlans. */
function hasHardware(name: string, files: SystemFiles): boolean {
  if (files.readlink(`${NET}/${name}`)?.includes("/devices/virtual/net/") === false) return true;
  const lower = files.list(`${NET}/${name}`).filter((entry) => entry.startsWith("lower_"));
  return lower.some((entry) => hasHardware(entry.slice("lower_".length), files));
}

/** Where nothing but names is known. Windows' are what the user sees: `Ethernet`, `vEthernet (WSL)`, `Tailscale`. */
const namesOfKind: readonly (readonly [InterfaceKind, RegExp])[] = [
  ["tunnel", /^(u?tun|tap|wg|ppp|ipsec|gif|stf|feth|zt|wwan|tailscale|nordlynx|proton)/i],
  ["tunnel", /vpn|tailscale|wireguard|wintun|zerotier|hamachi|tap-windows/i],
  ["bridge", /^(docker|br-|virbr|lxcbr|lxdbr|incusbr|podman|cni|vmnet|vnic|bridge\d{3})/],
  ["bridge", /^vEthernet \((WSL|Default Switch)|virtualbox|vmware/i],
];

/** VirtualBox's host-only interfaces, which Windows calls `Ethernet 2`, and VMware's. */
const BRIDGE_MAC = /^(0a:00:27|00:50:56:c0):/;

/** What an interface's name and hardware address say of it. */
export function kindByName(name: string, mac: string): InterfaceKind {
  if (BRIDGE_MAC.test(mac)) return "bridge";
  return namesOfKind.find(([, names]) => names.test(name))?.[0] ?? "physical";
}
