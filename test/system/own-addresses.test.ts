import { networkInterfaces } from "node:os";
import { describe, expect, it, test } from "vitest";
import type { InterfaceKind } from "../../src/system/interface-kind.ts";
import { interfaceAddresses, type NetworkSource, ownAddresses } from "../../src/system/own-addresses.ts";

/** One interface of a machine: its addresses, and what Linux has in its files; without a type it has none. */
interface Interface {
  readonly addresses: readonly string[];
  readonly mac?: string;
  /** `/sys/class/net/NAME/type`: 1 is ARPHRD_ETHER, 65534 ARPHRD_NONE, 772 ARPHRD_LOOPBACK. */
  readonly type?: number;
  readonly isHardware?: true;
  /** What is in its folder. */
  readonly entries?: readonly string[];
}

/** `Iface Destination Gateway Flags RefCnt Use Metric Mask`, as proc(5) has it. */
const route = (name: string, { destination = "00000000", metric = 0, mask = "00000000" } = {}) =>
  `${name}\t${destination}\t0101A8C0\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0\n`;

function network(
  interfaces: Readonly<Record<string, Interface>>,
  files: Readonly<Record<string, string>> = {},
): NetworkSource {
  const of = (path: string) => interfaces[/^\/sys\/class\/net\/([^/]+)/.exec(path)?.[1] ?? ""];
  const bus = (name: string) =>
    of(`/sys/class/net/${name}`)?.isHardware ? "pci0000:00/0000:00:1f.6" : "virtual";
  return {
    interfaces: () =>
      Object.fromEntries(
        Object.entries(interfaces).map(([name, { addresses, mac = "02:00:00:00:00:01" }]) => [
          name,
          addresses.map((address) => ({
            ...{ address, mac, netmask: "", cidr: null, scopeid: 0, internal: name.startsWith("lo") },
            family: address.includes(":") ? "IPv6" : "IPv4",
          })),
        ]),
      ),
    readText: (path) => files[path] ?? (path.endsWith("/type") ? of(path)?.type?.toString() : null) ?? null,
    list: (folder) => of(folder)?.entries ?? [],
    readlink: (path) => {
      const name = path.split("/").at(-1) ?? "";
      return of(path)?.type === undefined ? null : `../../devices/${bus(name)}/net/${name}`;
    },
  };
}

const lo = { addresses: ["127.0.0.1", "::1"], type: 772 };
const ethernet = { type: 1, isHardware: true } as const;
const tunnel = { type: 65_534, entries: ["tun_flags"] };
const docker = { addresses: ["172.17.0.1"], type: 1, entries: ["bridge", "brif", "lower_veth1"] };
const veth1 = { addresses: ["fe80::1"], type: 1 };

const listed = (source: NetworkSource) => ownAddresses(source).map(({ address }) => address);

it("of two default routes, the one that Linux prefers comes first, in whatever order they stand", () => {
  const interfaces = {
    eth0: { ...ethernet, addresses: ["192.168.1.7"] },
    wlan0: { ...ethernet, addresses: ["192.168.2.7"] },
  };
  const [wired, radio] = [route("eth0", { metric: 600 }), route("wlan0", { metric: 100 })];
  for (const routes of [wired + radio, radio + wired])
    expect(listed(network(interfaces, { "/proc/net/route": routes }))).toEqual([
      "192.168.2.7",
      "192.168.1.7",
    ]);
});

describe("what a neighbour reaches comes first:", () => {
  it.each<[title: string, Readonly<Record<string, Interface>>, routes: string, expected: readonly string[]]>([
    [
      "the local network before a VPN that has the default route",
      { lo, wg0: { ...tunnel, addresses: ["10.8.0.2"] }, eth0: { ...ethernet, addresses: ["192.168.1.7"] } },
      route("wg0"),
      ["192.168.1.7", "10.8.0.2", "127.0.0.1", "::1"],
    ],
    [
      "a tailnet before the bridge of this machine's containers",
      {
        ...{ lo, docker0: docker, veth1 },
        tailscale0: { ...tunnel, addresses: ["100.101.1.2", "fd7a:115c:a1e0::1"] },
        wlan0: { ...ethernet, addresses: ["192.168.1.7"] },
      },
      route("wlan0"),
      ["192.168.1.7", "100.101.1.2", "fd7a:115c:a1e0::1", "172.17.0.1", "127.0.0.1", "::1"],
    ],
    [
      "of two networks the one with the default route, and of two of these the one with the lower metric",
      {
        lo,
        eth1: { ...ethernet, addresses: ["10.0.0.1"] },
        wlan0: { ...ethernet, addresses: ["192.168.1.8"] },
        eth0: { ...ethernet, addresses: ["192.168.1.7"] },
      },
      route("wlan0", { metric: 600 }) + route("eth0", { metric: 100 }),
      ["192.168.1.7", "192.168.1.8", "10.0.0.1", "127.0.0.1", "::1"],
    ],
    [
      "a bridge, a bond and a VLAN over hardware as that itself",
      {
        docker0: docker,
        br0: { addresses: ["192.168.1.7"], type: 1, entries: ["bridge", "lower_vnet0", "lower_bond0"] },
        bond0: { addresses: [], type: 1, entries: ["lower_eth0"] },
        "eth0.20": { addresses: ["192.168.20.7"], type: 1, entries: ["lower_eth0"] },
        eth0: { ...ethernet, addresses: [] },
        vnet0: { addresses: [], type: 1, entries: ["tun_flags"] },
      },
      route("docker0"),
      ["192.168.1.7", "192.168.20.7", "172.17.0.1"],
    ],
    [
      "in a container its one interface, before its VPN and its own containers",
      {
        ...{ lo, docker0: docker, tun0: { ...tunnel, addresses: ["10.8.0.2"] } },
        eth0: { addresses: ["172.20.0.5"], type: 1 },
      },
      route("tun0"),
      ["172.20.0.5", "10.8.0.2", "172.17.0.1", "127.0.0.1", "::1"],
    ],
    [
      "what a modem's provider shares out, and what a machine without DHCP gave itself, come after others",
      {
        eth2: { ...ethernet, addresses: ["169.254.7.7"] },
        usb0: { ...ethernet, addresses: ["100.72.0.9"] },
        eth0: { ...ethernet, addresses: ["fd00::7", "192.168.1.7"] },
        wwan0: { ...tunnel, isHardware: true, addresses: ["10.64.1.1"] },
      },
      route("usb0"),
      ["192.168.1.7", "fd00::7", "100.72.0.9", "169.254.7.7", "10.64.1.1"],
    ],
    [
      "InfiniBand as a network with neighbours",
      {
        tun0: { ...tunnel, addresses: ["10.8.0.2"] },
        ib0: { ...ethernet, type: 32, addresses: ["10.0.0.7"] },
      },
      route("tun0"),
      ["10.0.0.7", "10.8.0.2"],
    ],
    [
      "without a route too",
      { lo, eth0: { ...ethernet, addresses: ["192.168.1.7"] } },
      "",
      ["192.168.1.7", "127.0.0.1", "::1"],
    ],
  ])("%s", (_title, interfaces, routes, expected) => {
    expect(listed(network(interfaces, { "/proc/net/route": `Iface\tDestination\n${routes}` }))).toEqual(
      expected,
    );
  });

  it("half a default route, as VPNs add two of, is none", () => {
    const interfaces = {
      eth1: { ...ethernet, addresses: ["10.0.0.1"] },
      eth0: { ...ethernet, addresses: ["192.168.1.7"] },
    };
    const halves =
      route("eth1", { mask: "00000080" }) + route("eth1", { destination: "00000080", mask: "00000080" });
    expect(listed(network(interfaces, { "/proc/net/route": halves + route("eth0") }))[0]).toBe("192.168.1.7");
  });
});

/** Recorded from /proc/net/if_inet6 but for the addresses: 0x01 is temporary, 0x20 deprecated, 0x40 tentative, 0x08 a duplicate. */
const inet6 = `fd00000000000000000000000000aaaa 02 40 00 00     eth0
fd00000000000000000000000000bbbb 02 40 00 01     eth0
fd00000000000000000000000000cccc 02 40 00 20     eth0
fd00000000000000000000000000dddd 02 40 00 40     eth0
fd00000000000000000000000000eeee 02 40 00 c8     eth0
`;

test("of IPv6, what leads nowhere or is gone tomorrow is left out", () => {
  const addresses = ["fe80::1", "fd00::aaaa", "fd00::bbbb", "fd00::cccc", "fd00::dddd", "fd00::eeee"];
  const source = network({ eth0: { ...ethernet, addresses } }, { "/proc/net/if_inet6": inet6 });
  expect(listed(source)).toEqual(["fd00::aaaa", "fd00::cccc"]);
});

/** Where no file tells: other systems, and a /sys of another network namespace. */
test.each<[name: string, kind: InterfaceKind, mac?: string]>([
  ["en0", "physical"],
  ["Ethernet", "physical"],
  ["WLAN", "physical"],
  ["vEthernet (LAN)", "physical"],
  ["bridge0", "physical"],
  ["utun4", "tunnel"],
  ["Tailscale", "tunnel"],
  ["tailscale0", "tunnel"],
  ["wg-office", "tunnel"],
  ["OpenVPN TAP-Windows6", "tunnel"],
  ["Mullvad VPN", "tunnel"],
  ["bridge100", "bridge"],
  ["vmnet8", "bridge"],
  ["br-2f1c3b9a7d10", "bridge"],
  ["vEthernet (WSL (Hyper-V firewall))", "bridge"],
  ["vEthernet (Default Switch)", "bridge"],
  ["VirtualBox Host-Only Network", "bridge"],
  ["Ethernet 2", "bridge", "0a:00:27:00:00:05"],
  ["lo0", "loopback"],
])("an interface called %s is %s", (name, kind, mac = "02:00:00:00:00:01") => {
  const [own] = ownAddresses(network({ [name]: { addresses: ["192.0.2.7"], mac } }));
  expect(own).toEqual({ address: "192.0.2.7", family: "IPv4", interfaceName: name, kind });
});

test("this machine has the addresses that it has", () => {
  const all = Object.values(networkInterfaces()).flatMap((entries = []) =>
    entries.map(({ address }) => address),
  );
  expect(interfaceAddresses()).toEqual(all);
  expect(all).toEqual(expect.arrayContaining(ownAddresses().map(({ address }) => address)));
  expect(ownAddresses().some(({ kind }) => kind === "loopback")).toBe(true);
});
