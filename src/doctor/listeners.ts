import type { Holder } from "../system/holders.ts";
import { holdersOf } from "../system/holders.ts";
import type { Machine } from "../system/machine.ts";

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
