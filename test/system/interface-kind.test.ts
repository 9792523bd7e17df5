import { describe, expect, it } from "vitest";
import {
  type InterfaceKind,
  kindByName,
  kindInSysfs,
  type SystemFiles,
} from "../../src/system/interface-kind.ts";

/** What is below /sys/class/net: an interface's type, its entries, and whether it stands on a bus. */
type Net = Readonly<
  Record<string, { readonly type: string; readonly entries?: readonly string[]; readonly bus?: string }>
>;

function files(net: Net): SystemFiles {
  const of = (path: string) => net[path.split("/")[4] ?? ""];
  return {
    readText: (path) => (path.endsWith("/type") ? of(path)?.type : undefined) ?? null,
    list: (folder) => of(folder)?.entries ?? [],
    readlink: (path) => {
      const one = of(path);
      return one === undefined ? null : `../../devices/${one.bus ?? "virtual"}/net/x`;
    },
  };
}
const pci = { type: "1\n", bus: "pci0000:00/0000:00:1f.6" };

describe("an interface of Linux", () => {
  it.each<[string, Net, InterfaceKind | null]>([
    ["that it does not know", {}, null],
    ["of a bus", { it: pci }, "physical"],
    ["of InfiniBand", { it: { ...pci, type: "32\n" } }, "physical"],
    ["of a bus that is no Ethernet: a modem", { it: { ...pci, type: "65534\n" } }, "tunnel"],
    ["of a tunnel", { it: { type: "65534\n" } }, "tunnel"],
    ["of a container", { it: { type: "1\n", entries: ["address", "mtu"] } }, "virtual"],
    ["that is a bridge of none", { it: { type: "1\n", entries: ["bridge", "brif"] } }, "bridge"],
    [
      "that is a bridge over hardware",
      { it: { type: "1\n", entries: ["bridge", "lower_eth0"] }, eth0: pci },
      "physical",
    ],
    [
      "that is a bridge over what is made up",
      { it: { type: "1\n", entries: ["bridge", "lower_veth0"] }, veth0: { type: "1\n" } },
      "bridge",
    ],
    [
      "that is a VLAN of a bond of hardware",
      {
        it: { type: "1\n", entries: ["lower_bond0"] },
        bond0: { type: "1\n", entries: ["lower_eth0"] },
        eth0: pci,
      },
      "physical",
    ],
    [
      "with an entry whose end is hardware's name, and no more of it",
      { it: { type: "1\n", entries: ["upper_eth0", "xxxxxxeth0"] }, eth0: pci },
      "virtual",
    ],
  ])("%s", (_, net, kind) => {
    expect(kindInSysfs("it", files(net))).toBe(kind);
  });
});

describe("an interface of which only the name is known", () => {
  const mac = "02:00:00:00:00:01";
  it.each<[string, string, InterfaceKind]>([
    ["en0", mac, "physical"],
    ["Ethernet", mac, "physical"],
    ["utun3", mac, "tunnel"],
    ["Tun0", mac, "tunnel"],
    ["WG0", mac, "tunnel"],
    ["neptun0", mac, "physical"],
    ["Mullvad VPN", mac, "tunnel"],
    ["bridge100", mac, "bridge"],
    ["bridge0", mac, "physical"],
    ["docker0", mac, "bridge"],
    ["my-docker0", mac, "physical"],
    ["vEthernet (WSL)", mac, "bridge"],
    ["vethernet (Default Switch)", mac, "bridge"],
    ["vEthernet (External)", mac, "physical"],
    ["Ethernet 2", "0a:00:27:00:00:05", "bridge"],
    ["Ethernet 3", "00:50:56:c0:00:01", "bridge"],
    ["Ethernet 4", "00:50:56:c1:00:01", "physical"],
    ["Ethernet 5", "10:0a:00:27:00:05", "physical"],
  ])("%s (%s): %s", (name, address, kind) => {
    expect(kindByName(name, address)).toBe(kind);
  });
});
