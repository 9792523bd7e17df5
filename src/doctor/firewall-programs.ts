import type { Machine, Ran } from "../system/machine.ts";

/** What a firewall does with connections from elsewhere to a port. */
export type Reach =
  /** It is not there, or not at work. */
  | { readonly kind: "none" }
  /** `by` names it: `firewalld (zone public)`. */
  | { readonly kind: "open"; readonly by: string }
  | { readonly kind: "blocked"; readonly by: string; readonly fix: string }
  /** It is on, and open for some or for nobody. */
  | { readonly kind: "unclear"; readonly by: string; readonly why: string; readonly fix: string }
  /** `fix` is where to look. */
  | { readonly kind: "unknown"; readonly text: string; readonly fix: string | null };

/** The connections that are asked about. */
export interface Incoming {
  readonly port: number;
  readonly families: readonly ("ip" | "ip6")[];
  /** Interfaces by which others come; none where they are not known. */
  readonly interfaces: readonly string[];
}

/** Each firewall's own program answers within this time, or does not count. */
const TIMEOUT_MS = 4000;

/** Runs a program that many systems keep out of a user's PATH. */
export async function run(machine: Machine, program: string, args: readonly string[]): Promise<Ran | null> {
  const options = { timeoutMs: TIMEOUT_MS };
  return (
    (await machine.run(program, args, options)) ?? (await machine.run(`/usr/sbin/${program}`, args, options))
  );
}

/** What `firewall-cmd` ends with where polkit refuses, as it does over ssh: src/firewall/errors.py, NOT_AUTHORIZED. */
const NOT_AUTHORIZED = 253;
const MAX_SERVICES = 32;

/** What firewalld does with the port, in the zone of the interface by which others come. */
export async function firewalld(machine: Machine, { port, interfaces }: Incoming): Promise<Reach> {
  const ask = (...args: readonly string[]) => run(machine, "firewall-cmd", args);
  const code = (await ask("--state"))?.code;
  if (code !== 0 && code !== NOT_AUTHORIZED) return { kind: "none" };
  const standard = (await ask("--get-default-zone"))?.stdout.trim() || "public";
  const [name] = interfaces;
  const bound = name === undefined ? null : await ask(`--get-zone-of-interface=${name}`);
  const zone = (bound?.code === 0 && bound.stdout.trim()) || standard;
  const listing = await ask(`--zone=${zone}`, "--list-all");
  if (listing?.code !== 0) return onlyForRoot("firewalld", "sudo flvcast doctor");
  const by = `firewalld (zone ${zone})`;
  const services = wordsOf(listing.stdout, "services").slice(0, MAX_SERVICES);
  const infos = await Promise.all(services.map((service) => ask(`--info-service=${service}`)));
  const isOpen = [listing, ...infos].some((answer) => answer?.code === 0 && hasPort(answer.stdout, port));
  if (isOpen || wordsOf(listing.stdout, "target")[0] === "ACCEPT") return { kind: "open", by };
  const option = zone === standard ? "" : ` --zone=${zone}`;
  const fix = `sudo firewall-cmd${option} --add-port=${port}/tcp --permanent && sudo firewall-cmd --reload`;
  const richRules = listing.stdout.match(/^\s+rule .*\baccept$/gm) ?? [];
  if (richRules.some((rule) => isAmong(/ port="([^"]*)"/.exec(rule)?.[1] ?? String(port), port))) {
    return { kind: "unclear", by, why: "a rich rule allows some addresses", fix };
  }
  return { kind: "blocked", by, fix };
}

function onlyForRoot(by: string, fix: string): Reach {
  return { kind: "unclear", by, why: "it is active, and only root may query it", fix };
}

/** Of a listing's line `  ports: 7000/tcp 8000-9000/udp`, what stands behind the colon. */
function wordsOf(listing: string, name: string): readonly string[] {
  const line = new RegExp(`^\\s+${name}: *(.*)$`, "m").exec(listing)?.[1] ?? "";
  return line.split(/\s+/).filter((word) => word !== "");
}

function hasPort(listing: string, port: number): boolean {
  return wordsOf(listing, "ports").some((ports) => ports.endsWith("/tcp") && isAmong(ports, port));
}

/** `8080`, `80,443/tcp`, `8000-9000` (firewalld's), `8000:8010/tcp` (ufw's). */
function isAmong(ports: string, port: number): boolean {
  return ports
    .replace(/\/tcp$/, "")
    .split(",")
    .some((part) => {
      const [first = "", last = first] = part.split(/[-:]/);
      return Number(first) <= port && port <= Number(last);
    });
}

/** What ufw does with the port. Its rules are root's to read; whether it is on at boot is everybody's. */
export async function ufw(machine: Machine, incoming: Incoming): Promise<Reach> {
  const fix = `sudo ufw allow ${incoming.port}/tcp`;
  const status = await run(machine, "ufw", ["status", "verbose"]);
  if (status === null) return { kind: "none" };
  if (status.code !== 0) {
    const isOn = /^ENABLED=yes/m.test((await machine.readText("/etc/ufw/ufw.conf")) ?? "");
    return isOn ? onlyForRoot("ufw", fix) : { kind: "none" };
  }
  if (!/^Status: active$/m.test(status.stdout)) return { kind: "none" };
  const isOpen = /^Default: allow \(incoming\)/m.test(status.stdout);
  const rules = status.stdout.split("\n").flatMap(parseUfwRule);
  const ends = incoming.families.map(
    (family) =>
      endOf(
        rules.filter((rule) => rule.family === family),
        incoming,
      ) ?? (isOpen ? "open" : "blocked"),
  );
  if (ends.includes("blocked")) return { kind: "blocked", by: "ufw", fix };
  if (ends.includes("unclear"))
    return { kind: "unclear", by: "ufw", why: "a rule allows some addresses", fix };
  return { kind: "open", by: "ufw" };
}

interface UfwRule {
  readonly family: "ip" | "ip6";
  /** `8080`, `80,443/tcp`, `Anywhere`, `10.0.0.5 8080/tcp`, or an application's name. */
  readonly to: string;
  readonly interfaceName: string | null;
  readonly isAllowed: boolean;
  readonly isForAll: boolean;
}

/** A line like `8000:8010/tcp on eth0 (v6)   ALLOW IN    Anywhere (v6)   # comment`, of two or more spaces between. */
function parseUfwRule(line: string): readonly UfwRule[] {
  const [, to, action = "", from = ""] =
    /^(\S.*?) {2,}(ALLOW|DENY|REJECT|LIMIT)(?: IN)? {2,}(\S.*?)(?: {2,}.*)?$/.exec(line) ?? [];
  if (to === undefined) return [];
  const isIpv6 = /\(v6\)|[\da-f]*:[\da-f]*:/i.test(`${to} ${from}`);
  return [
    {
      family: isIpv6 ? "ip6" : "ip",
      to: to.replace(/ on \S+/, "").replace(/ \(.*\)$/, ""),
      interfaceName: / on (\S+)/.exec(to)?.[1] ?? null,
      isAllowed: action === "ALLOW" || action === "LIMIT", // a limit is for those who come too often
      isForAll: /^Anywhere(?: \(v6\))?$/.test(from),
    },
  ];
}

/** What the first rule that concerns the port says; null where none does. */
function endOf(rules: readonly UfwRule[], { port, interfaces }: Incoming) {
  for (const { to, interfaceName, isForAll, isAllowed } of rules) {
    const ports = /(?:^|\s)([\d:,]+(?:\/tcp)?)$/.exec(to)?.[1];
    const isOther = /\/(?!tcp)[a-z]+$/.test(to); // another protocol
    if (ports === undefined ? isOther : !isAmong(ports, port)) continue;
    const isHere = interfaceName === null || interfaces.includes(interfaceName);
    if (!isHere && interfaces.length > 0) continue;
    const isCertain = isForAll && isHere && (to === ports || to === "Anywhere");
    if (!isCertain) return "unclear";
    return isAllowed ? "open" : "blocked";
  }
  return null;
}

const SOCKET_FILTER = "/usr/libexec/ApplicationFirewall/socketfilterfw";
const MAC_FIREWALL = "macOS's firewall";

/** macOS lets programs listen, not ports: whether it lets node is what it asks its user. */
export async function macFirewall(machine: Machine): Promise<Reach> {
  const state = await machine.run(SOCKET_FILTER, ["--getglobalstate"], { timeoutMs: TIMEOUT_MS });
  // «Firewall is enabled. (State = 1)»; 0 is off, 2 lets nothing in.
  switch (/\(State = (\d)\)/.exec(state?.stdout ?? "")?.[1]) {
    case "0":
      return { kind: "none" };
    case "1": {
      const fix = `sudo ${SOCKET_FILTER} --add "$(command -v node)"`;
      return { kind: "unclear", by: MAC_FIREWALL, why: "it asks before node accepts connections", fix };
    }
    case "2":
      return { kind: "blocked", by: MAC_FIREWALL, fix: `sudo ${SOCKET_FILTER} --setblockall off` };
    default:
      return { kind: "unknown", text: `not checked: ${MAC_FIREWALL} does not respond`, fix: null };
  }
}
