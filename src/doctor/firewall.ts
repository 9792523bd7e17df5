import { isIPv6 } from "node:net";
import type { Machine } from "../system/machine.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok, warning } from "./finding.ts";
import { firewalld } from "./firewall/firewalld.ts";
import { macFirewall } from "./firewall/mac-firewall.ts";
import { packetRules } from "./firewall/packet-rules.ts";
import type { Reach, Way } from "./firewall/reach.ts";
import { ufw } from "./firewall/ufw.ts";

const SUBJECT = "firewall";

/**
 * Whether a firewall keeps viewers elsewhere from the port. Without --host only this machine watches, and a block is
 * no more than a warning.
 */
export async function checkFirewall(context: DoctorContext): Promise<readonly Finding[]> {
  const { host, port } = context;
  if (port === 0) return [ok(SUBJECT, "not looked at: --port 0 picks a port when it starts")];
  if (host !== null && isLoopback(host)) return [ok(SUBJECT, `none is in the way of ${host}`)];
  return [findingOf(await reachOf(context), context)];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

async function reachOf({ machine, host, port, user }: DoctorContext): Promise<Reach> {
  switch (machine.platform) {
    case "linux": {
      const way = { port, families: familiesOf(host), interfaces: await outwardInterfaces(machine) };
      const managers = await Promise.all([firewalld(machine, way), ufw(machine, way)]);
      return decisive(managers, user.isRoot ? await packetRules(machine, way) : HIDDEN_RULES);
    }
    case "darwin":
      return macFirewall(machine);
    default:
      return { kind: "unseen", why: "flvcast knows nothing of this system's firewall", fix: null };
  }
}

const HIDDEN_RULES: Reach = {
  kind: "unseen",
  why: "only root may list the rules of nftables and iptables",
  fix: "sudo flvcast doctor",
};

function familiesOf(host: string | null): Way["families"] {
  if (host === null || !isIPv6(host)) return ["ip"];
  return /^[0:]+$/.test(host) ? ["ip", "ip6"] : ["ip6"]; // :: takes IPv4, too
}

/** Those with a default route: proc(5), /proc/net/route. */
async function outwardInterfaces(machine: Machine): Promise<readonly string[]> {
  const lines = ((await machine.readText("/proc/net/route")) ?? "").split("\n");
  const columns = lines.map((line) => line.split(/\s+/));
  return [...new Set(columns.flatMap(([name, to]) => (name && to === "00000000" ? [name] : [])))];
}

/**
 * What the managers and the kernel's rules come to. Rules block by themselves; but what a manager's own rules do, it
 * tells better than they.
 */
function decisive(managers: readonly Reach[], rules: Reach): Reach {
  const all = [...managers, rules];
  const first = (kind: Reach["kind"], among: readonly Reach[] = all) =>
    among.find((reach) => reach.kind === kind);
  return first("blocked") ?? first("unclear", managers) ?? first("open", managers) ?? rules;
}

function findingOf(reach: Reach, { host, port }: DoctorContext): Finding {
  const isPublic = host !== null;
  switch (reach.kind) {
    case "none":
      return ok(SUBJECT, `none is in the way of port ${port}`);
    case "open":
      return ok(SUBJECT, `${reach.by} lets others reach port ${port}`);
    case "blocked": {
      const say = isPublic ? failure : warning;
      return say(SUBJECT, `others cannot reach port ${port}: ${reach.by} blocks it`, reach.fix);
    }
    case "unclear":
      return warning(SUBJECT, `others may not reach port ${port}: ${reach.by}: ${reach.why}`, reach.fix);
    case "unseen": {
      const text = `not looked at: ${reach.why}`;
      return isPublic ? warning(SUBJECT, text, reach.fix) : ok(SUBJECT, text);
    }
  }
}
