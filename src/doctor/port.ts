import { isIPv6 } from "node:net";
import { isUnspecified } from "../auth/address.ts";
import { nextFreePort } from "../system/free-port.ts";
import { type Holder, holdersOf } from "../system/holders.ts";
import type { Machine } from "../system/machine.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, failure, ok } from "./finding.ts";

const LOOPBACK = "127.0.0.1";

export async function checkPort(context: DoctorContext): Promise<readonly Finding[]> {
  const { port, host: wantedHost, tryToListen } = context;
  const host = wantedHost ?? LOOPBACK;
  const subject = port === 0 ? "port" : `port ${port}`;
  const code = await tryToListen(host, port);
  switch (code) {
    case null:
      return [
        ok(subject, (port === 0 ? `free ports on ${host}` : `free on ${host}`) + reachedAt(host, context)),
      ];
    case "EADDRINUSE":
      return [await inUse(subject, host, context)];
    case "EACCES":
      return [
        failure(
          subject,
          "ports below 1024 need root",
          `flvcast start DEVICE --port ${port + PRIVILEGED_SHIFT}`,
        ),
      ];
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return [failure(subject, `${host} is not an address of this machine`, wordsFor(host, context))];
    default:
      return [failure(subject, `cannot listen on ${host}: ${code}`)];
  }
}

/** 80 becomes 8080, 443 becomes 8443. */
const PRIVILEGED_SHIFT = 8000;

/** On all addresses: at which others reach it. */
function reachedAt(host: string, context: DoctorContext): string {
  const addresses = isUnspecified(host) ? outwardAddresses(host, context) : [];
  return addresses.length === 0
    ? ""
    : `; other machines reach it at ${addresses.slice(0, MAX_SHOWN).join(", ")}`;
}

const MAX_SHOWN = 4;

/** What to give instead of an address that is not there. */
function wordsFor(host: string, context: DoctorContext): string {
  const hosts = [...outwardAddresses(host, context).slice(0, 1), isIPv6(host) ? "::" : "0.0.0.0"];
  return `${hosts.map((one) => `--host ${one}`).join(", or ")} for all addresses`;
}

function outwardAddresses(host: string, { addresses }: DoctorContext): readonly string[] {
  return addresses
    .filter(({ kind, family }) => kind !== "loopback" && (isIPv6(host) || family === "IPv4"))
    .map(({ address }) => address);
}

async function inUse(subject: string, host: string, context: DoctorContext): Promise<Finding> {
  const { port, machine, tryToListen } = context;
  const listeners = await listenersOn(machine, port);
  const elsewhere = await nextFreePort(host, port, tryToListen);
  const names = listeners.map(({ name, pid }) => `${name} (pid ${pid})`).join(", ");
  const fix = listeners.length === 0 ? "" : `kill ${listeners.map(({ pid }) => pid).join(" ")}, or `;
  const who = names === "" ? "another user's program" : names;
  return failure(subject, `in use on ${host} by ${who}`, `${fix}flvcast start DEVICE --port ${elsewhere}`);
}

/** Which processes listen on a TCP port, as far as this user may see; only Linux tells. */
export async function listenersOn(machine: Machine, port: number): Promise<readonly Holder[]> {
  if (machine.platform !== "linux") return [];
  const tables = await Promise.all(["tcp", "tcp6"].map((table) => machine.readText(`/proc/net/${table}`)));
  const sockets = tables
    .flatMap((table) => inodesOf(table ?? "", port))
    .slice(0, MAX_SOCKETS)
    .map((inode) => `socket:[${inode}]`);
  const held = [...(await holdersOf(machine, sockets)).values()].flat();
  return [...new Map(held.map((holder) => [holder.pid, holder])).values()];
}

const MAX_SOCKETS = 64;
/** TCP_LISTEN, include/net/tcp_states.h */
const LISTEN = "0A";

/** Lines of proc(5), /proc/net/tcp: `0: 0100007F:1F90 00000000:0000 0A … uid timeout inode …`. */
export function inodesOf(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTEN && local?.endsWith(`:${hex}`) && inode !== undefined ? [inode] : [];
  });
}
