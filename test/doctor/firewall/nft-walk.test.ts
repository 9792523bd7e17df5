import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIptables } from "../../../src/doctor/firewall/iptables-rules.ts";
import { parseRuleset, type Ruleset } from "../../../src/doctor/firewall/nft-ruleset.ts";
import { passage } from "../../../src/doctor/firewall/nft-walk.ts";

const recorded = (name: string) => readFileSync(`test/fixtures/firewall/${name}`, "utf8");

function rulesOf(name: string): Ruleset {
  const rules = name.endsWith(".txt")
    ? parseIptables(recorded(name), name.includes("6") ? "ip6" : "ip")
    : parseRuleset(recorded(name));
  if (rules === null) throw new Error(`${name} is no listing`);
  return rules;
}

function told(name: string, port: number, family: "ip" | "ip6" = "ip"): string {
  const passed = passage(rulesOf(name), { family, port, interfaces: ["eth0"] });
  if (passed.kind === "unclear") return `unclear: ${passed.on.join(", ")}`;
  return passed.kind === "open" ? "open" : `blocked: ${passed.chain.table} ${passed.chain.name}`;
}

/** A chain with a single rule of a single statement. */
function rulesOfOne(statement: string): Ruleset | null {
  const place = { family: "inet", table: "t" };
  const chain = { ...place, name: "in", type: "filter", hook: "input", policy: "drop" };
  const rule = { ...place, chain: "in", expr: [JSON.parse(statement)] };
  return parseRuleset(JSON.stringify({ nftables: [{ chain }, { rule }] }));
}

const chainNumber = (index: number) => ({ family: "ip", table: "t", name: `c${index}` });

describe("rules written for nft, with sets, maps and chains", () => {
  test.each([
    [22, "open"],
    [3005, "open"],
    [9000, "open"], // a limit that one viewer does not reach
    [7000, "blocked: filter input"],
    [1234, "blocked: filter input"],
    [8080, "unclear: ip saddr"],
  ])("port %d is %s", (port, expected) => expect(told("own.json", port)).toBe(expected));

  test.each([
    [22, "open"],
    [8081, "blocked: verdicts input"],
    [8082, "open"],
    [8083, "blocked: verdicts input"],
    [8084, "blocked: verdicts input"],
    [8085, "open"], // for interfaces by which nobody comes
    [8086, "blocked: verdicts input"],
    [8087, "blocked: verdicts input"],
    [8088, "unclear: concat"],
    [8090, "blocked: verdicts input"], // by a goto, which does not come back
    [8095, "blocked: verdicts input"],
    [8080, "blocked: filter INPUT"],
    [9101, "open"], // a limit on many connections
    [9102, "open"], // of IPv6
    [9103, "unclear: ip daddr"],
    [9104, "unclear: tcp sport"],
    [9105, "unclear: meta mark"],
    [9999, "open"],
    [12, "blocked: verdicts input"],
    [10_000, "blocked: verdicts input"],
  ])("of one table among others, port %d is %s", (port, expected) => {
    expect(told("verdicts.json", port)).toBe(expected);
  });
});

test("IPv6 goes through the tables of IPv6", () => {
  expect(told("verdicts.json", 8080, "ip6")).toBe("blocked: guard in6");
  expect(told("verdicts.json", 9102, "ip6")).toBe("blocked: verdicts input");
  expect(told("verdicts.json", 9103, "ip6")).toBe("open");
});

describe("firewalld's own rules", () => {
  test.each([
    ["firewalld.json", 8080, "blocked: firewalld filter_INPUT"],
    ["firewalld.json", 22, "open"],
    ["firewalld-open.json", 8080, "open"], // eth0 is in the zone trusted
  ])("%s: port %d is %s", (name, port, expected) => expect(told(name, port)).toBe(expected));
});

describe("iptables", () => {
  test.each([
    [22, "open"],
    [443, "open"],
    [9005, "open"],
    [7000, "blocked: filter INPUT"],
    [8080, "unclear: ip saddr"],
    [8081, "open"],
    [8082, "unclear: ip saddr, «-m string»"],
    [8083, "open"], // by a return
    [1, "blocked: filter INPUT"], // what stands in a comment is no rule
  ])("port %d is %s", (port, expected) => expect(told("iptables.txt", port)).toBe(expected));

  test("seen by nft, matches of its modules are names: they are not guessed at", () => {
    expect(told("iptables.json", 22)).toBe("open");
    expect(told("iptables.json", 1)).toBe("unclear: «-m conntrack», «-m multiport», «-m recent»");
    expect(told("iptables-reject.json", 7000)).toBe("blocked: filter INPUT");
    expect(told("iptables-reject.json", 7001)).toBe("blocked: filter INPUT");
    expect(told("iptables-reject.json", 8080)).toBe("open");
  });

  test.each([
    ["ufw.txt", "ip", 22, "open"],
    ["ufw.txt", "ip", 8005, "open"],
    ["ufw.txt", "ip", 6000, "open"],
    ["ufw.txt", "ip", 7000, "open"],
    ["ufw.txt", "ip", 443, "open"],
    ["ufw.txt", "ip", 5000, "blocked: filter INPUT"],
    ["ufw.txt", "ip", 8080, "blocked: filter INPUT"],
    ["ufw.txt", "ip", 9000, "unclear: ip saddr"],
    ["ufw6.txt", "ip6", 22, "open"],
    ["ufw6.txt", "ip6", 9000, "blocked: filter INPUT"],
  ] as const)("ufw's rules in %s (%s): port %d is %s", (name, family, port, expected) => {
    expect(told(name, port, family)).toBe(expected);
  });
});

test("no rules let everything in", () => expect(told("empty.json", 8080)).toBe("open"));

describe("whatever a listing holds", () => {
  const own = recorded("own.json");

  test("words that are no listing are told apart", () => {
    for (const text of ["", "null", "[]", "{}", own.slice(0, 1000), '{"nftables": 1}']) {
      expect(parseRuleset(text)).toBeNull();
    }
  });

  test("a statement that is not known is never a claim", () => {
    for (const statement of [
      '{"queue": {"num": 1}}',
      '{"xt": {"type": "target", "name": "NFQUEUE"}}',
      "1",
      "[]",
    ]) {
      const ruleset = rulesOfOne(statement);
      expect(ruleset && passage(ruleset, { family: "ip", port: 1, interfaces: [] }).kind).toBe("unclear");
    }
  });

  test("it is walked to an end, and quickly", () => {
    const words = fc.constantFrom("a", "b", "tcp", "dport", "lo", "new", "@a", "drop", "accept");
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        words,
        fc.integer(),
        fc.constant(null),
        tie("list"),
        tie("object"),
      ),
      list: fc.array(tie("any"), { maxLength: 3 }),
      object: fc.dictionary(
        fc.constantFrom(
          "match",
          "op",
          "left",
          "right",
          "payload",
          "meta",
          "ct",
          "key",
          "set",
          "vmap",
          "data",
          "jump",
          "target",
          "range",
          "prefix",
          "concat",
          "&",
          "|",
          "goto",
          "xt",
          "drop",
          "accept",
        ),
        tie("any"),
        { maxKeys: 3 },
      ),
    })).object;
    const chain = fc.record({ family: fc.constant("ip"), table: fc.constant("t"), name: words });
    const rule = fc.record({
      family: fc.constant("ip"),
      table: fc.constant("t"),
      chain: words,
      expr: fc.array(value),
    });
    const listing = fc.array(fc.oneof(fc.record({ rule }), fc.record({ chain }), value), { maxLength: 20 });
    fc.assert(
      fc.property(listing, (objects) => {
        const base = { family: "ip", table: "t", name: "in", type: "filter", hook: "input" };
        const all = [
          { chain: base },
          ...objects,
          { rule: { ...base, chain: "in", expr: [{ jump: { target: "a" } }] } },
        ];
        const ruleset = parseRuleset(JSON.stringify({ nftables: all }));
        expect(
          ruleset && passage(ruleset, { family: "ip", port: 8080, interfaces: ["eth0"] }).kind,
        ).toBeTypeOf("string");
      }),
    );
  });

  test("any text may stand where iptables should", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            "-A INPUT ",
            "-P ",
            "-N a",
            "-j a",
            '"',
            "!",
            "\n",
            " --dport ",
            "8:9",
            "-s 1/",
            ",",
          ),
        }),
        (text) => {
          const { kind } = passage(parseIptables(text, "ip"), { family: "ip", port: 8080, interfaces: [] });
          expect(kind).toBeTypeOf("string");
        },
      ),
    );
  });

  test("chains that call each other twice at each step take no time", () => {
    const chains = Array.from({ length: 60 }, (_, index) => index);
    const objects = chains.flatMap((index) => [
      {
        chain:
          index === 0
            ? { ...chainNumber(0), type: "filter", hook: "input", policy: "drop" }
            : chainNumber(index),
      },
      ...[1, 2].map(() => ({
        rule: { family: "ip", table: "t", chain: `c${index}`, expr: [{ jump: { target: `c${index + 1}` } }] },
      })),
    ]);
    const ruleset = parseRuleset(JSON.stringify({ nftables: objects }));
    expect(ruleset && passage(ruleset, { family: "ip", port: 8080, interfaces: [] }).kind).toBe("unclear");
  });
});
