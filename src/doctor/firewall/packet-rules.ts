import type { Machine, Ran } from "../../system/machine.ts";
import { parseIptables } from "./iptables-rules.ts";
import { type Chain, member, parseRuleset, type Ruleset } from "./nft-ruleset.ts";
import { type Passage, passage } from "./nft-walk.ts";
import { FIREWALL_TIMEOUT_MS, type Reach, type Way } from "./reach.ts";

/** Rules, and who is to be told to change them. */
interface Listing {
  readonly ruleset: Ruleset;
  readonly tool: "nft" | "iptables" | "iptables-legacy";
}

/** What the kernel's own rules say: nftables, and iptables in both of its kinds. Only root may list them. */
export async function packetRules(machine: Machine, way: Way): Promise<Reach> {
  const nft = await run(machine, "nft", ["-j", "list", "ruleset"]);
  // In a container even root may not.
  if (nft !== null && nft.code !== 0)
    return { kind: "unseen", why: "nft may not list its rules here", fix: null };
  const ruleset = nft === null ? null : parseRuleset(nft.stdout);
  if (nft !== null && ruleset === null) {
    return { kind: "unclear", by: "nftables", why: "«nft -j list ruleset» is not understood", fix: null };
  }
  const iptables = await iptablesListings(machine, way, ruleset);
  const own = ruleset === null ? [] : [{ ruleset: withoutDoubles(ruleset, iptables), tool: "nft" as const }];
  return reachOf([...own, ...iptables], way);
}

function reachOf(listings: readonly Listing[], way: Way): Reach {
  const passages = listings.flatMap(({ ruleset, tool }) =>
    way.families.map((family) => ({ tool, passed: passage(ruleset, { ...way, family }) })),
  );
  const worst =
    passages.find(({ passed }) => passed.kind === "blocked") ??
    passages.find(({ passed }) => passed.kind === "unclear");
  if (worst !== undefined) return obstacle(worst.passed, worst.tool, way.port);
  const hasRules = listings.some(({ ruleset }) => ruleset.chains.some(({ base }) => base !== null));
  return hasRules ? { kind: "open", by: "nftables" } : { kind: "none" };
}

function obstacle(passed: Passage, tool: Listing["tool"], port: number): Reach {
  switch (passed.kind) {
    case "open":
      return { kind: "open", by: tool };
    case "blocked":
      return { kind: "blocked", by: nameOf(passed.chain, tool), fix: opening(passed.chain, tool, port) };
    case "unclear": {
      const why = `it depends on ${passed.on.slice(0, 3).join(", ")}`;
      const fix = opening(passed.chain, tool, port);
      return { kind: "unclear", by: nameOf(passed.chain, tool), why, fix };
    }
  }
}

function nameOf({ family, table, name }: Chain, tool: Listing["tool"]): string {
  return tool === "nft" ? `nftables (${family} ${table}, chain ${name})` : `${tool} (chain ${name})`;
}

/** A rule at the top of the chain that the packet enters by: before whatever drops it. */
function opening({ family, table, name }: Chain, tool: Listing["tool"], port: number): string {
  if (tool === "nft") return `sudo nft insert rule ${family} ${table} ${name} tcp dport ${port} accept`;
  const program = family === "ip6" ? tool.replace("iptables", "ip6tables") : tool;
  return `sudo ${program} -I ${name} -p tcp --dport ${port} -j ACCEPT`;
}

/** iptables is asked where the kernel has its tables, and where nft's listing hides what its modules match. */
async function iptablesListings(machine: Machine, way: Way, nft: Ruleset | null): Promise<Listing[]> {
  const listings = await Promise.all(
    way.families.map(async (family): Promise<Listing[]> => {
      const program = family === "ip" ? "iptables" : "ip6tables";
      // iptables-legacy makes the tables that it is asked for: it is run only where they are.
      const tables = await machine.readText(`/proc/net/${program.replace("tables", "_tables")}_names`);
      const isLegacy = /^filter$/m.test(tables ?? "");
      const legacy = isLegacy ? await run(machine, `${program}-legacy`, ["-S"]) : null;
      const isHidden = nft === null || hidesMatches(nft, family);
      const modern =
        isHidden && (await isNftVariant(machine, program)) ? await run(machine, program, ["-S"]) : null;
      return [...listed(legacy, "iptables-legacy", family), ...listed(modern, "iptables", family)];
    }),
  );
  return listings.flat();
}

function listed(ran: Ran | null, tool: Listing["tool"], family: "ip" | "ip6"): Listing[] {
  return ran?.code === 0 ? [{ ruleset: parseIptables(ran.stdout, family), tool }] : [];
}

async function isNftVariant(machine: Machine, program: string): Promise<boolean> {
  return (await run(machine, program, ["--version"]))?.stdout.includes("nf_tables") ?? false;
}

function hidesMatches({ chains }: Ruleset, family: "ip" | "ip6"): boolean {
  const own = chains.filter((chain) => isOfIptables(chain) && chain.family === family);
  return own.some(({ rules }) => rules.flat().some((statement) => member(statement, "xt") !== undefined));
}

/** Leaves out the tables that iptables has told better. */
function withoutDoubles(nft: Ruleset, listings: readonly Listing[]): Ruleset {
  const told = listings.filter(({ tool }) => tool === "iptables").flatMap(({ ruleset }) => ruleset.chains);
  const isTold = (chain: Chain) => told.some(({ family }) => isOfIptables(chain) && chain.family === family);
  return { ...nft, chains: nft.chains.filter((chain) => !isTold(chain)) };
}

function isOfIptables({ family, table }: Chain): boolean {
  return (family === "ip" || family === "ip6") && table === "filter";
}

/** Runs a program that many systems keep out of a user's PATH. */
export async function run(machine: Machine, program: string, args: readonly string[]): Promise<Ran | null> {
  const options = { timeoutMs: FIREWALL_TIMEOUT_MS };
  return (
    (await machine.run(program, args, options)) ?? (await machine.run(`/usr/sbin/${program}`, args, options))
  );
}
