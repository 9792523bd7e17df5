import { describe, expect, test } from "vitest";
import { firewalld, linux, nftLists, recorded, told } from "./firewall-scenes.ts";

describe("the kernel's own rules", () => {
  const iptables = { "iptables-legacy -S INPUT": "-P INPUT ACCEPT\n-A INPUT -p tcp --dport 12 -j DROP\n" };
  const legacyTables = { "/proc/net/ip_tables_names": "nat\nfilter\n" };

  test.each(["nft-drop.txt", "nft-iptables.txt", "nft-ingress.txt"])(
    "what those in %s decide is not guessed at, and where to look is said",
    async (name) => {
      expect(await told(nftLists(name))).toBe(
        "skipped: not checked: nftables rules are loaded; see whether they block port 8080 -> sudo nft list ruleset",
      );
    },
  );

  test("no rules, and rules for what goes out or through, are in nobody's way", async () => {
    expect(await told(nftLists("nft-empty.txt"))).toBe("ok: nothing blocks port 8080");
    expect(await told(nftLists("nft-forward.txt"))).toBe("ok: nothing blocks port 8080");
    expect(await told(linux())).toBe("ok: nothing blocks port 8080");
  });

  test("where only this machine is to watch, they are no warning", async () => {
    expect(await told(nftLists("nft-drop.txt"), { host: null })).toMatch(
      /^skipped: not checked: nftables rules are loaded; /,
    );
  });

  test("the old iptables is asked where the kernel has its tables", async () => {
    expect(await told(linux(iptables, legacyTables))).toBe(
      "skipped: not checked: iptables rules are loaded; see whether they block port 8080 -> sudo iptables-legacy -S",
    );
    expect(await told(linux(iptables))).toMatch(/^ok: /);
    const none = { "iptables-legacy -S INPUT": "-P INPUT ACCEPT\n" };
    expect(await told(linux(none, legacyTables))).toMatch(/^ok: nothing blocks/);
  });

  test("a policy alone is a rule, and IPv6 has its own", async () => {
    const programs = { "ip6tables-legacy -S INPUT": "-P INPUT DROP\n" };
    const scene = linux(programs, { "/proc/net/ip6_tables_names": "filter\n" });
    expect(await told(scene)).toMatch(/^ok: /);
    expect(await told(scene, { host: "::" })).toMatch(
      /^skipped: not checked: iptables .* sudo ip6tables-legacy -S$/,
    );
  });

  test("without nft, iptables is asked for the rules that it has there", async () => {
    const programs = { "/usr/sbin/iptables-nft -S INPUT": "-P INPUT DROP\n" };
    expect(await told(linux(programs))).toMatch(
      /^skipped: not checked: iptables rules .* sudo iptables-nft -S$/,
    );
    const both = { ...programs, "nft list ruleset": "" };
    expect(await told(linux(both))).toMatch(/^ok: nothing blocks/);
  });

  test("a manager's rules are told by the manager, who knows them better", async () => {
    const programs = { ...firewalld, "nft list ruleset": recorded("nft-drop.txt") };
    expect(await told(linux(programs))).toContain("firewall-cmd");
    const ufw = {
      "ufw status verbose": recorded("ufw-status.txt"),
      "nft list ruleset": recorded("nft-drop.txt"),
    };
    expect(await told(linux(ufw), { port: 5001 })).toContain("sudo ufw allow 5001/tcp");
  });

  test.each([
    ["input", "accept; }", false],
    ["input", "accept;\n\t\ttcp dport 1 drop\n\t}", true],
    ["input", "drop; }", true],
    ["prerouting", "drop; }", true],
    ["output", "drop; }", false],
  ])("a chain of the hook %s with the policy %j is a rule: %s", async (hook, rest, isRule) => {
    const ruleset = `table inet filter {\n\tchain a {\n\t\ttype filter hook ${hook} priority filter; policy ${rest}\n}\n`;
    expect(await told(linux({ "nft list ruleset": ruleset }))).toMatch(
      isRule ? /^skipped: not checked: nftables/ : /^ok: nothing blocks/,
    );
  });

  test("who is not root is told where a manager says nothing", async () => {
    const kim = { user: { name: "kim", groups: [], isRoot: false } };
    expect(await told(nftLists("nft-drop.txt"), kim)).toMatch(/^skipped: not checked: only root may list/);
  });

  test("root in a container may not list them, and is told so", async () => {
    expect(await told(linux({ "nft list ruleset": { code: 1 } }))).toMatch(/^skipped: not checked/);
  });
});

describe("who is to watch decides how bad it is", () => {
  const closed = linux({ "ufw status verbose": recorded("ufw-deny.txt") });

  test("nobody said: others could not, which is a warning", async () => {
    expect(await told(closed, { host: null })).toMatch(/^warning: ufw blocks port 8080/);
  });

  test.each(["127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "localhost"])(
    "%s: this machine alone, so no firewall counts",
    async (host) => {
      expect(await told(closed, { host })).toMatch(/^ok: not needed/);
    },
  );

  test("a port that is not known yet is not looked at", async () => {
    expect(await told(closed, { port: 0 })).toMatch(/^skipped: not checked/);
  });

  test("what only root may ask is no warning where nobody else is to watch", async () => {
    const user = { name: "kim", groups: [], isRoot: false };
    expect(await told(linux(), { user, host: null })).toMatch(/^skipped: not checked/);
    expect(await told(linux(), { user })).toMatch(/^skipped: not checked: .* -> sudo flvcast doctor$/);
  });
});

test("on Windows it is not looked at, and that is said", async () => {
  expect(await told({ platform: "win32" })).toMatch(/^skipped: not checked: .*this system/);
});
