import type { Machine } from "../../system/machine.ts";
import { run } from "./packet-rules.ts";
import type { Reach, Way } from "./reach.ts";

const MAX_SERVICES = 32;
/** What `firewall-cmd` ends with where polkit refuses, as it does over ssh: src/firewall/errors.py, NOT_AUTHORIZED. */
const NOT_AUTHORIZED = 253;

const CLOSED_TO_USER: Reach = {
  kind: "unclear",
  by: "firewalld",
  why: "it is on, and only root may ask it",
  fix: "sudo flvcast doctor",
};

/** What firewalld does with the port, in the zone of the interface by which others come. */
export async function firewalld(machine: Machine, { port, interfaces }: Way): Promise<Reach> {
  const state = await run(machine, "firewall-cmd", ["--state"]);
  if (state?.code === NOT_AUTHORIZED) return CLOSED_TO_USER;
  if (state?.code !== 0) return { kind: "none" };
  const [zone, standard] = await zoneOf(machine, interfaces[0]);
  const by = `firewalld (zone ${zone})`;
  const listing = await run(machine, "firewall-cmd", [`--zone=${zone}`, "--list-all"]);
  if (listing?.code !== 0) return CLOSED_TO_USER;
  const of = zone === standard ? "" : ` --zone=${zone}`;
  const fix = `sudo firewall-cmd${of} --add-port=${port}/tcp --permanent && sudo firewall-cmd --reload`;
  if (isOpen(listing.stdout, port) || (await servicesOpen(machine, listing.stdout, port))) {
    return { kind: "open", by };
  }
  const rich = listing.stdout.split("\n").filter((line) => /^\s+rule .*\baccept$/.test(line));
  const mayConcern = (line: string) =>
    !/ port="/.test(line) || concerns(/ port="([^"]*)"/.exec(line)?.[1] ?? "", port);
  if (rich.some(mayConcern)) return { kind: "unclear", by, why: "a rich rule opens it for some", fix };
  return { kind: "blocked", by, fix };
}

async function zoneOf(machine: Machine, name: string | undefined): Promise<[zone: string, standard: string]> {
  const [standard, bound] = await Promise.all([
    run(machine, "firewall-cmd", ["--get-default-zone"]),
    name === undefined ? null : run(machine, "firewall-cmd", [`--get-zone-of-interface=${name}`]),
  ]);
  const zone = standard?.stdout.trim() || "public";
  return [(bound?.code === 0 && bound.stdout.trim()) || zone, zone];
}

function isOpen(listing: string, port: number): boolean {
  if (entry(listing, "target") === "ACCEPT") return true;
  return entry(listing, "ports")
    .split(/\s+/)
    .some((one) => one.endsWith("/tcp") && concerns(one.slice(0, -"/tcp".length), port));
}

async function servicesOpen(machine: Machine, listing: string, port: number): Promise<boolean> {
  const names = entry(listing, "services").split(/\s+/).filter(Boolean).slice(0, MAX_SERVICES);
  const infos = await Promise.all(
    names.map((name) => run(machine, "firewall-cmd", [`--info-service=${name}`])),
  );
  return infos.some((info) => info?.code === 0 && isOpen(info.stdout, port));
}

function entry(listing: string, name: string): string {
  return new RegExp(`^\\s+${name}: *(.*)$`, "m").exec(listing)?.[1]?.trim() ?? "";
}

/** `8080`, or `8000-9000`. */
function concerns(ports: string, port: number): boolean {
  const [first = "", last = first] = ports.split("-");
  return Number(first) <= port && port <= Number(last);
}
