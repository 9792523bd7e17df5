import { isIPv6 } from "node:net";
import { isLoopback } from "../auth/address.ts";
import type { Machine } from "../system/machine.ts";
import type { OwnAddress } from "../system/own-addresses.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, skipped, warning } from "./finding.ts";
import { firewalld, type Incoming, macFirewall, type Reach, run, ufw } from "./firewall-programs.ts";

const SUBJECT = "firewall";

/**
 * Whether a firewall keeps viewers elsewhere from the port. Without --host only this machine watches, and a block is
 * no more than a warning.
 */
export async function checkFirewall(context: DoctorContext): Promise<readonly Finding[]> {
  const { host, port } = context;
  if (port === 0) return [skipped(SUBJECT, "not checked: --port 0 selects the port at the start")];
  if (host !== null && isLoopback(host)) return [ok(SUBJECT, `not needed for ${host}`)];
  return [findingOf(await reachOf(context), context)];
}

async function reachOf({ machine, host, port, user, addresses }: DoctorContext): Promise<Reach> {
  switch (machine.platform) {
    case "linux": {
      const incoming = { port, families: familiesOf(host), interfaces: incomingInterfaces(addresses, host) };
      const answers = await Promise.all([firewalld(machine, incoming), ufw(machine, incoming)]);
      const first = (kind: Reach["kind"]) => answers.find((reach) => reach.kind === kind);
      const answer = first("blocked") ?? first("unclear") ?? first("open");
      if (answer !== undefined) return answer; // its own rules are the kernel's, too
      return user.isRoot ? kernelRules(machine, incoming) : HIDDEN_RULES;
    }
    case "darwin":
      return macFirewall(machine);
    default:
      return unknown("not checked: firewalls of this system are not supported");
  }
}

const HIDDEN_RULES = unknown(
  "not checked: only root may list nftables and iptables rules",
  "sudo flvcast doctor",
);

function unknown(text: string, fix: string | null = null): Reach {
  return { kind: "unknown", text, fix };
}

function familiesOf(host: string | null): Incoming["families"] {
  if (host === null || !isIPv6(host)) return ["ip"];
  return /^[0:]+$/.test(host) ? ["ip", "ip6"] : ["ip6"]; // :: takes IPv4, too
}

/** Those by which others come: the host's own, or else all that are as good as the best. */
function incomingInterfaces(addresses: readonly OwnAddress[], host: string | null): readonly string[] {
  const ofHost = addresses.filter(({ address }) => address === host);
  const ways = ofHost.length > 0 ? ofHost : addresses.filter(({ kind }) => kind === addresses[0]?.kind);
  return [...new Set(ways.map(({ interfaceName }) => interfaceName))];
}

/** Whether the kernel has rules for what comes in. What they decide is not worked out: that takes the kernel itself. */
async function kernelRules(machine: Machine, { port, families }: Incoming): Promise<Reach> {
  const loaded = (tables: string, listing: string) => {
    const text = `not checked: ${tables} rules are loaded; see whether they block port ${port}`;
    return unknown(text, `sudo ${listing}`);
  };
  const nft = await run(machine, "nft", ["list", "ruleset"]);
  // In a container even root may not.
  if (nft !== null && nft.code !== 0) return unknown("not checked: nft may not list its rules here");
  if (nft !== null && hasInputRules(nft.stdout)) return loaded("nftables", "nft list ruleset");
  for (const family of families) {
    // iptables-legacy makes the tables that it is asked for: it is run only where they are.
    const tables = await machine.readText(`/proc/net/${family}_tables_names`);
    const legacy = /^filter$/m.test(tables ?? "") ? [`${family}tables-legacy`] : [];
    for (const program of nft === null ? [...legacy, `${family}tables-nft`] : legacy) {
      const listing = await run(machine, program, ["-S", "INPUT"]);
      const lines = listing?.code === 0 ? listing.stdout.trim().split("\n") : [];
      if (lines.some((line) => line !== "-P INPUT ACCEPT")) return loaded("iptables", `${program} -S`);
    }
  }
  return { kind: "none" };
}

/** Whether a chain that incoming packets pass drops by default or has a rule; NAT and what is forwarded do not count. */
function hasInputRules(ruleset: string): boolean {
  const chains = ruleset.matchAll(/type filter hook (?:input|prerouting|ingress) .*policy (\w+);\s*(\}?)/g);
  return [...chains].some(([, policy, end]) => policy !== "accept" || end === "");
}

function findingOf(reach: Reach, { host, port }: DoctorContext): Finding {
  const isPublic = host !== null;
  switch (reach.kind) {
    case "none":
      return ok(SUBJECT, `nothing blocks port ${port}`);
    case "open":
      return ok(SUBJECT, `${reach.by} allows port ${port}`);
    case "blocked": {
      const say = isPublic ? failure : warning;
      return say(SUBJECT, `${reach.by} blocks port ${port}`, reach.fix);
    }
    case "unclear":
      return warning(SUBJECT, `${reach.by} may block port ${port}: ${reach.why}`, reach.fix);
    case "unknown":
      return skipped(SUBJECT, reach.text, isPublic ? reach.fix : null);
  }
}
