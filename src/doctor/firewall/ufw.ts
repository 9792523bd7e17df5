import type { Machine } from "../../system/machine.ts";
import { run } from "./packet-rules.ts";
import type { Reach, Way } from "./reach.ts";

const BY = "ufw";

/** What ufw does with the port. Its rules are root's to read; whether it is on at boot is everybody's. */
export async function ufw(machine: Machine, way: Way): Promise<Reach> {
  const fix = `sudo ufw allow ${way.port}/tcp`;
  const status = await run(machine, "ufw", ["status", "verbose"]);
  if (status?.code === 0) return parseUfw(status.stdout, way, fix);
  const isOn = /^ENABLED=yes/m.test((await machine.readText("/etc/ufw/ufw.conf")) ?? "");
  if (status === null || !isOn) return { kind: "none" };
  return { kind: "unclear", by: BY, why: "it is on, and only root may ask it", fix };
}

function parseUfw(text: string, way: Way, fix: string): Reach {
  if (!/^Status: active$/m.test(text)) return { kind: "none" };
  const lets = /^Default: (allow|deny|reject) \(incoming\)/m.exec(text)?.[1] ?? "deny";
  const rules = text
    .split("\n")
    .map(parseRule)
    .filter((rule) => rule !== null);
  const ends = way.families.map(
    (family) => firstOf(rules, family, way) ?? (lets === "allow" ? "open" : "blocked"),
  );
  if (ends.includes("blocked")) return { kind: "blocked", by: BY, fix };
  if (ends.includes("unclear")) return { kind: "unclear", by: BY, why: "it depends on who asks", fix };
  return { kind: "open", by: BY };
}

interface Rule {
  readonly family: "ip" | "ip6";
  readonly ports: string;
  readonly interfaceName: string | null;
  readonly isAllowed: boolean;
  /** It stands for all addresses, here and elsewhere. */
  readonly isGeneral: boolean;
}

/** A line like `8000:8010/tcp on eth0 (v6)   ALLOW IN    Anywhere (v6)   # comment`, of two or more spaces between. */
function parseRule(line: string): Rule | null {
  const match = /^(\S.*?) {2,}(ALLOW|DENY|REJECT|LIMIT)(?: (?:IN|OUT|FWD))? {2,}(\S.*?)(?: {2,}.*)?$/.exec(
    line,
  );
  if (match === null || / (OUT|FWD) {2,}/.test(line)) return null;
  const [, to = "", action = "", from = ""] = match;
  const target = to
    .replaceAll(" (v6)", "")
    .replace(/ on \S+/, "")
    .replace(/ \(.*\)$/, "");
  return {
    family:
      to.includes("(v6)") || from.includes("(v6)") || /[\da-f]*:[\da-f]*:/i.test(`${from} ${target}`)
        ? "ip6"
        : "ip",
    ports: target,
    interfaceName: / on (\S+)/.exec(to)?.[1] ?? null,
    isAllowed: action === "ALLOW" || action === "LIMIT", // a limit is for those who come too often
    isGeneral: /^Anywhere(?: \(v6\))?$/.test(from),
  };
}

/** What the first rule that concerns the port says; null where none does. */
function firstOf(rules: readonly Rule[], family: "ip" | "ip6", { port, interfaces }: Way) {
  for (const rule of rules) {
    if (rule.family !== family || !concerns(rule.ports, port)) continue;
    const isHere = rule.interfaceName === null || interfaces.includes(rule.interfaceName);
    if (!isHere && interfaces.length > 0) continue;
    const isCertain = rule.isGeneral && isHere && /^[\d:,]+(\/tcp)?$|^Anywhere$/.test(rule.ports);
    if (!isCertain) return "unclear" as const;
    return rule.isAllowed ? ("open" as const) : ("blocked" as const);
  }
  return null;
}

/** `8080`, `8080/tcp`, `80,443/tcp`, `8000:8010/tcp`, `Anywhere`, `10.0.0.5 8080/tcp`, or an application's name. */
function concerns(to: string, port: number): boolean {
  if (to.endsWith("/udp")) return false;
  const ports = /(?:^|\s)([\d:,]+)(?:\/tcp)?$/.exec(to)?.[1];
  if (ports === undefined) return !/^[\da-f.:/]+\/(?!tcp)[a-z]+$/.test(to);
  return ports.split(",").some((part) => {
    const [first = "", last = first] = part.split(":");
    return Number(first) <= port && port <= Number(last);
  });
}
