import { describe, expect, test } from "vitest";
import type { Scene } from "./fake-machine.ts";
import { firewalld, linux, recorded, told, ufwSays } from "./firewall-scenes.ts";

/** A zone with this line changed, or that one added. */
const zoneWith = (listing: string) => ({ ...firewalld, "firewall-cmd --zone=public --list-all": listing });

const asked = (name: string) => ({ [`firewall-cmd --info-service=${name}`]: "x\n  ports: 8080/tcp\n" });

describe("firewalld", () => {
  test("a port that its zone does not name is closed to others, and one command opens it", async () => {
    expect(await told(linux(firewalld))).toBe(
      "failure: firewalld (zone public) blocks port 8080 -> sudo firewall-cmd --add-port=8080/tcp --permanent && sudo firewall-cmd --reload",
    );
  });

  test.each([
    [7000, "by its number"],
    [80, "by a service"],
  ])("a port may be open %d %s", async (port) => {
    expect(await told(linux(firewalld), { port })).toBe(`ok: firewalld (zone public) allows port ${port}`);
  });

  test("a rich rule for some is told as such", async () => {
    expect(await told(linux(firewalld), { port: 6000 })).toMatch(
      /^warning: .*a rich rule allows some addresses -> sudo/,
    );
  });

  test("the zone is that of the interface by which others come", async () => {
    const bound = {
      ...firewalld,
      "firewall-cmd --get-zone-of-interface=eth0": "trusted\n",
      "firewall-cmd --zone=trusted --list-all": recorded("firewalld-trusted.txt"),
    };
    expect(await told(linux(bound))).toBe("ok: firewalld (zone trusted) allows port 8080");
  });

  test.each([
    ["0.0.0.0", "work"],
    ["192.168.1.7", "work"],
    ["10.8.0.2", "vpn"],
  ])("at %s it is the zone %s, whatever has the default route", async (host, zone) => {
    const zones = {
      ...firewalld,
      "firewall-cmd --get-zone-of-interface=eth0": "work\n",
      "firewall-cmd --get-zone-of-interface=wg0": "vpn\n",
      [`firewall-cmd --zone=${zone} --list-all`]: recorded("firewalld-trusted.txt"),
    };
    const addresses = [
      { address: "192.168.1.7", family: "IPv4", interfaceName: "eth0", kind: "physical" },
      { address: "10.8.0.2", family: "IPv4", interfaceName: "wg0", kind: "tunnel" },
    ] as const;
    expect(await told(linux(zones), { host, addresses })).toContain(`(zone ${zone}) allows port`);
  });

  test("the command names a zone that is not the default", async () => {
    const bound = {
      ...firewalld,
      "firewall-cmd --get-zone-of-interface=eth0": "work\n",
      "firewall-cmd --zone=work --list-all": recorded("firewalld-public.txt"),
    };
    expect(await told(linux(bound))).toContain(
      "-> sudo firewall-cmd --zone=work --add-port=8080/tcp --permanent",
    );
  });

  const publicZone = recorded("firewalld-public.txt");
  const opened = (port: number, ports: string) =>
    told(linux(zoneWith(publicZone.replace("ports: 7000/tcp", `ports: ${ports}`))), { port });

  test.each<[port: number, ports: string, isOpen: boolean]>([
    [8080, "8080/tcp", true],
    [8080, "8080/udp", false],
    [8080, "8000-9000/tcp", true],
    [8000, "8000-9000/tcp", true],
    [9000, "8000-9000/tcp", true],
    [7999, "8000-9000/tcp", false],
    [9001, "8000-9000/tcp", false],
    [8080, "22/tcp 53/udp 8080/tcp", true],
    [8080, "", false],
    [8080, "80800/tcp", false],
  ])("port %d is among %j: %s", async (port, ports, isOpen) => {
    expect(await opened(port, ports)).toMatch(isOpen ? /^ok: / : /^failure: /);
  });

  test.each<[rule: string, isUnclear: boolean]>([
    ['rule family="ipv4" source address="10.0.0.0/8" accept', true], // whatever port
    ['rule port port="8000-9000" protocol="tcp" accept', true],
    ['rule port port="9000" protocol="tcp" accept', false],
    ['rule port port="8080" protocol="tcp" drop', false],
  ])("of the rich rule %s, port 8080 depends: %s", async (rule, isUnclear) => {
    const listing = `${publicZone.split("rich rules:")[0]}rich rules: \n\t${rule}\n`;
    expect(await told(linux(zoneWith(listing)))).toMatch(
      isUnclear ? /^warning: .*allows some/ : /^failure: /,
    );
  });

  test("without a known interface the default zone counts, and without that one, public", async () => {
    const {
      "firewall-cmd --get-default-zone": _,
      "firewall-cmd --get-zone-of-interface=eth0": __,
      ...rest
    } = firewalld;
    expect(await told(linux(rest), { addresses: [] })).toContain(
      "firewalld (zone public) blocks port 8080 -> sudo firewall-cmd --add-port",
    );
    const home = {
      ...{ "firewall-cmd --state": "running\n", "firewall-cmd --get-default-zone": "home\n" },
      "firewall-cmd --zone=home --list-all": publicZone,
    };
    expect(await told(linux(home), { addresses: [] })).toContain(
      "firewalld (zone home) blocks port 8080 -> sudo firewall-cmd --add-port",
    );
  });

  test("of services, only so many are asked", async () => {
    const names = Array.from({ length: 33 }, (_, at) => `s${at}`);
    const listing = publicZone.replace(/services: .*/, `services: ${names.join(" ")}`);
    expect(await told(linux({ ...zoneWith(listing), ...asked("s31") }))).toMatch(/^ok: /);
    expect(await told(linux({ ...zoneWith(listing), ...asked("s32") }))).toMatch(/^failure: /);
  });

  test("where polkit lets only root ask, that is what is said", async () => {
    expect(await told(linux({ "firewall-cmd --state": { code: 253 } }))).toBe(
      "warning: firewalld may block port 8080: it is active, and only root may query it -> sudo flvcast doctor",
    );
  });

  test.each([[252, 36]])("one that does not run blocks nothing (%d)", async (code) => {
    expect(await told(linux({ "firewall-cmd --state": { code } }))).toMatch(/^ok: nothing blocks/);
  });
});

const ufwHas = (...lines: readonly string[]): Scene =>
  linux({
    "ufw status verbose": `Status: active\nDefault: deny (incoming), allow (outgoing)\n\n${lines.join("\n")}\n`,
  });

describe("ufw", () => {
  test.each([
    [22, "ok"],
    [8005, "ok"],
    [443, "ok"],
    [7000, "ok"], // on eth0, by which others come
    [6000, "ok"], // limited, for those who come too often
    [5000, "failure"],
    [8080, "failure"],
    [9000, "warning"], // for some addresses
  ])("of its rules, those for port %d come to %s", async (port, verdict) => {
    expect(await told(ufwSays("ufw-status.txt"), { port })).toMatch(new RegExp(`^${verdict}: `));
  });

  test("what is closed is opened by one command", async () => {
    expect(await told(ufwSays("ufw-deny.txt"))).toBe(
      "failure: ufw blocks port 8080 -> sudo ufw allow 8080/tcp",
    );
  });

  test("what it refuses is closed, although it lets all else in", async () => {
    expect(await told(ufwSays("ufw-allow.txt"))).toMatch(/^failure: /);
    expect(await told(ufwSays("ufw-allow.txt"), { port: 8081 })).toMatch(/^ok: ufw allows/);
  });

  test.each<[line: string, verdict: string]>([
    ["8080                       ALLOW IN    Anywhere                   # camera", "ok"],
    ["8080/tcp                   ALLOW       Anywhere", "ok"],
    ["8080/udp                   ALLOW IN    Anywhere", "failure"],
    ["8080/igmp                  ALLOW IN    Anywhere", "failure"],
    ["Anywhere                   ALLOW IN    Anywhere", "ok"],
    ["Anywhere                   DENY IN     Anywhere", "failure"],
    ["Anywhere                   ALLOW IN    192.168.0.0/16", "warning"],
    ["8080 on eth1               ALLOW IN    Anywhere", "failure"],
    ["Anywhere on eth0           ALLOW IN    Anywhere", "ok"],
    ["10.0.0.5 8080/tcp          ALLOW IN    Anywhere", "warning"],
    ["Nginx Full                 ALLOW IN    Anywhere", "warning"],
    ["Anywhere/udp               ALLOW IN    Anywhere", "failure"],
    ["8080                       ALLOW OUT   Anywhere", "failure"],
    ["8080 (v6)                  ALLOW IN    Anywhere (v6)", "failure"],
    ["8080                       ALLOW IN    2001:db8::/32", "failure"],
    ["80:8080,9000/tcp           LIMIT IN    Anywhere", "ok"],
    ["80:8079,8081/tcp           ALLOW IN    Anywhere", "failure"],
  ])("the rule %j comes to %s", async (line, verdict) => {
    expect(await told(ufwHas(line))).toMatch(new RegExp(`^${verdict}: `));
  });

  test("the first rule that concerns the port decides", async () => {
    const [open, closed] = ["8080  ALLOW IN  Anywhere", "8080  DENY IN  Anywhere"];
    expect(await told(ufwHas("22  DENY IN  Anywhere", open, closed))).toMatch(/^ok: /);
    expect(await told(ufwHas(closed, open))).toMatch(/^failure: /);
  });

  test("where nobody knows by which interface others come, a rule for one is for some", async () => {
    const onEth1 = ufwHas("8080 on eth1  ALLOW IN  Anywhere");
    expect(await told(onEth1, { addresses: [] })).toMatch(
      /^warning: .*a rule allows some addresses -> sudo ufw allow 8080\/tcp$/,
    );
  });

  test("an address of IPv6 alone has the rules of IPv6 alone", async () => {
    const v6 = ufwHas("8080 (v6)  ALLOW IN  Anywhere (v6)");
    expect(await told(v6, { host: "2001:db8::1" })).toMatch(/^ok: /);
    expect(await told(v6, { host: "::" })).toMatch(/^failure: /); // which takes IPv4, too
    expect(await told(v6, { host: "0::0" })).toMatch(/^failure: /);
  });

  test("one that is off blocks nothing", async () => {
    expect(await told(linux({ "ufw status verbose": "Status: inactive\n" }))).toMatch(/^ok: nothing blocks/);
    expect(await told(linux({ "ufw status verbose": "Was Status: active\n" }))).toMatch(
      /^ok: nothing blocks/,
    );
  });

  test("IPv6 has rules of its own", async () => {
    expect(await told(ufwSays("ufw-status.txt"), { port: 9000, host: "::" })).toMatch(/^failure: /);
    expect(await told(ufwSays("ufw-status.txt"), { port: 22, host: "::" })).toMatch(/^ok: /);
  });

  test("to a user it does not answer, but everybody may read whether it is on", async () => {
    const refused = { "/usr/sbin/ufw status verbose": { code: 1, stderr: "ERROR: You need to be root\n" } };
    const kim = { user: { name: "kim", groups: [], isRoot: false } };
    expect(await told(linux(refused, { "/etc/ufw/ufw.conf": "ENABLED=yes\n" }), kim)).toBe(
      "warning: ufw may block port 8080: it is active, and only root may query it -> sudo ufw allow 8080/tcp",
    );
    expect(await told(linux(refused, { "/etc/ufw/ufw.conf": "ENABLED=no\n" }), kim)).toMatch(/not checked/);
  });
});

const mac = (state: string): Scene => ({
  platform: "darwin",
  programs: { "/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate": state },
});

test("macOS lets programs in, not ports", async () => {
  expect(await told(mac("Firewall is disabled. (State = 0)\n"))).toMatch(/^ok: nothing blocks/);
  expect(await told(mac("Firewall is enabled. (State = 1)\n"))).toMatch(/^warning: .*before node accepts/);
  expect(await told(mac("Firewall is enabled. (State = 2)\n"))).toMatch(/^failure: .*setblockall off$/);
  for (const state of ["", "(State = 7)\n"])
    expect(await told(mac(state))).toBe("skipped: not checked: macOS's firewall does not respond");
  expect(await told({ platform: "darwin" })).toBe("skipped: not checked: macOS's firewall does not respond");
});
