import { type Chain, member, type Ruleset, word } from "./nft-ruleset.ts";

/**
 * The filter table as `iptables -S` prints it, in nft's statements: one walk serves both. nft itself tells of the
 * matches that iptables-nft leaves to its modules no more than their names. What is not known here stays a name, too.
 */
export function parseIptables(text: string, family: "ip" | "ip6"): Ruleset {
  const chains = new Map<string, Chain & { readonly rules: (readonly unknown[])[] }>();
  for (const [command, name = "", ...rest] of text.split("\n").map(words)) {
    if (command === "-P" || command === "-N") {
      const base =
        name === "INPUT" ? { policy: rest[0] === "ACCEPT" ? "accept" : "drop", priority: 0 } : null;
      chains.set(name, { family, table: "filter", name, base: base as Chain["base"], rules: [] }); // two literals
    } else if (command === "-A") chains.get(name)?.rules.push(statements(rest, family));
  }
  return { chains: [...chains.values()], sets: new Map() };
}

/** A line's words; those in double quotes may hold spaces, and keep the first quote: they are never options. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => bare ?? `"${quoted}`);
}

function statements(rest: readonly string[], family: "ip" | "ip6"): readonly unknown[] {
  const made: unknown[] = [];
  let isNegated = false;
  for (let index = 0; index < rest.length; index += 1) {
    const name = rest[index] ?? "";
    if (name === "!") {
      isNegated = true;
      continue;
    }
    const values = valuesOf(rest, index + 1);
    index += values.length;
    const meant = option(name, values, isNegated ? "!=" : "==", family);
    // One strange module and its options are one doubt.
    made.push(...meant.filter((statement) => !isStrangeMatch(statement) || !made.some(isStrangeMatch)));
    isNegated = false;
  }
  return made;
}

function isStrangeMatch(statement: unknown): boolean {
  return word(member(statement, "xt"), "type") === "match";
}

/** What stands behind an option, up to the next one. */
function valuesOf(rest: readonly string[], from: number): readonly string[] {
  const next = rest.findIndex((text, index) => index >= from && (text === "!" || /^--?[a-z]/i.test(text)));
  return rest.slice(from, next === -1 ? undefined : next);
}

type Op = "==" | "!=";

function option(name: string, values: readonly string[], op: Op, family: "ip" | "ip6"): readonly unknown[] {
  const [value = "", second = ""] = values;
  const match = (left: unknown, right: unknown) => [{ match: { op, left, right } }];
  switch (name) {
    case "-p":
      return value === "all" ? [] : match({ meta: { key: "l4proto" } }, value);
    case "-i":
      return match({ meta: { key: "iifname" } }, value.replace(/\+$/, "*"));
    case "-s":
      return match({ payload: { protocol: family, field: "saddr" } }, network(value));
    case "-d":
      return match({ payload: { protocol: family, field: "daddr" } }, network(value));
    case "--dport":
    case "--dports":
      return match({ payload: { protocol: "th", field: "dport" } }, { set: value.split(",").map(ports) });
    case "--ctstate":
    case "--state":
      return match({ ct: { key: "state" } }, { set: value.toLowerCase().split(",") });
    case "--dst-type":
      return match({ fib: { result: "type", flags: ["daddr"] } }, value.toLowerCase());
    case "--tcp-flags":
      return match({ "&": [{ payload: { protocol: "tcp", field: "flags" } }, flags(value)] }, flags(second));
    case "--rt-type":
      return match({ payload: { protocol: "rt", field: "type" } }, Number(value));
    case "--hitcount":
      return [{ limit: { inv: true } }]; // of `-m recent`: for those who came too often
    case "-j":
    case "-g":
      return [verdict(name, value)];
    default:
      return HARMLESS.has(name) || (name === "-m" && KNOWN_MODULES.has(value))
        ? []
        : [{ xt: { type: "match", name: name === "-m" ? value : name.replace(/^-+/, "") } }];
  }
}

/** Modules whose options are read above, or that match anything. */
const KNOWN_MODULES: ReadonlySet<string> = new Set([
  "addrtype",
  "comment",
  "conntrack",
  "limit",
  "multiport",
  "recent",
  "rt",
  "state",
  "tcp",
  "udp",
]);

/** Options that narrow nothing for a single viewer. */
const HARMLESS: ReadonlySet<string> = new Set([
  "--comment",
  "--limit",
  "--limit-burst",
  "--log-prefix",
  "--log-level",
  "--log-ip-options",
  "--log-tcp-options",
  "--mask",
  "--name",
  "--reject-with",
  "--rsource",
  "--seconds",
  "--set",
  "--update",
  "--rcheck",
]);

function verdict(how: "-j" | "-g", target: string): unknown {
  switch (target) {
    case "ACCEPT":
    case "DROP":
    case "REJECT":
    case "RETURN":
      return { [target.toLowerCase()]: null };
    default:
      if (BUILT_IN_TARGET.test(target)) return { xt: { type: "target", name: target } };
      return { [how === "-j" ? "jump" : "goto"]: { target } };
  }
}

/** Targets that are modules rather than chains and may stand in the filter table (iptables-extensions(8)). */
const BUILT_IN_TARGET =
  /^(AUDIT|CONNMARK|CONNSECMARK|LOG|MARK|NFLOG|NFQUEUE|QUEUE|SECMARK|SET|SYNPROXY|TARPIT|TRACE|ULOG)$/;

function network(text: string): unknown {
  const [addr = "", len] = text.split("/");
  return /^\d+$/.test(len ?? "") ? { prefix: { addr, len: Number(len) } } : addr;
}

function ports(text: string): unknown {
  const [first = "", last] = text.split(":");
  return last === undefined ? Number(first) : { range: [Number(first), Number(last)] };
}

function flags(text: string): readonly string[] {
  return text === "NONE" ? [] : text.toLowerCase().split(",");
}
