import type { Machine } from "./machine.ts";
import { userOf } from "./user.ts";

export type Access =
  | { readonly isAllowed: true }
  /** `fix`: what to do, with the command: `sudo usermod -aG video kim, then log in again`. */
  | { readonly isAllowed: false; readonly reason: string; readonly fix: string };

export function denied(reason: string, fix: string): Access {
  return { isAllowed: false, reason, fix };
}

/** Whether this user may open a device node, and if not, what would let them. */
export async function accessOf(machine: Machine, path: string): Promise<Access> {
  if (await machine.mayOpen(path)) return { isAllowed: true };
  const owner = await machine.groupOf(path);
  if (owner === null) return denied(`${path} is not connected`, "plug it in, or load its driver");
  const user = await userOf(machine);
  // Root's own group is no group to join.
  if (owner.gid === 0 || !owner.groupMayWrite) {
    return denied(
      `no permission on ${path}: only its owner may open it`,
      `sudo chown ${user.name} ${path} (until it is plugged in again), or run as root`,
    );
  }
  const group = groupNamed(await machine.readText("/etc/group"), owner.gid);
  if (user.groups.includes(owner.gid)) {
    return denied(
      `no permission on ${path}, although ${user.name} is in group ${group.name}`,
      `sudo chmod g+rw ${path}, or give the container or service this device`,
    );
  }
  const reason = `no permission on ${path}: it is for group ${group.name}`;
  return group.members.includes(user.name)
    ? denied(`${reason}, which ${user.name} has joined since this session began`, "log in again")
    : denied(reason, `sudo usermod -aG ${group.name} ${user.name}, then log in again`);
}

/** `video:x:44:kim,ana`; a group that a directory service keeps has its number for a name, which usermod takes too. */
function groupNamed(groups: string | null, gid: number) {
  for (const line of (groups ?? "").split("\n")) {
    const [name, , id, members] = line.split(":");
    if (name && id === String(gid)) return { name, members: (members ?? "").split(",") };
  }
  return { name: String(gid), members: [] };
}
