import type { Machine } from "./machine.ts";
import { userOf } from "./user.ts";

export type Access =
  | { readonly isAllowed: true }
  /** `fix`: what to do, with the command: `sudo usermod -aG video kim, then log in again`. */
  | { readonly isAllowed: false; readonly reason: string; readonly fix: string };

/** Whether this user may open a device node, and if not, what would let them. */
export async function accessOf(machine: Machine, path: string): Promise<Access> {
  if (await machine.mayOpen(path)) return { isAllowed: true };
  const owner = await machine.groupOf(path);
  if (owner === null)
    return { isAllowed: false, reason: `${path} is not connected`, fix: "plug it in, or load its driver" };
  const user = await userOf(machine);
  // Root's own group is no group to join.
  if (owner.gid === 0 || !owner.groupMayWrite) {
    return {
      isAllowed: false,
      reason: `no permission on ${path}: only its owner may open it`,
      fix: `sudo chown ${user.name} ${path} (until it is plugged in again), or run as root`,
    };
  }
  const group = groupNamed(await machine.readText("/etc/group"), owner.gid);
  if (user.groups.includes(owner.gid)) {
    return {
      isAllowed: false,
      reason: `no permission on ${path}, although ${user.name} is in group ${group.name}`,
      fix: `sudo chmod g+rw ${path}, or give the container or service this device`,
    };
  }
  const reason = `no permission on ${path}: it is for group ${group.name}`;
  if (group.members.includes(user.name)) {
    return {
      isAllowed: false,
      reason: `${reason}, which ${user.name} has joined since this session began`,
      fix: "log in again",
    };
  }
  return { isAllowed: false, reason, fix: `sudo usermod -aG ${group.name} ${user.name}, then log in again` };
}

/** `video:x:44:kim,ana`; a group that a directory service keeps has its number for a name, which usermod takes too. */
function groupNamed(groups: string | null, gid: number) {
  for (const line of (groups ?? "").split("\n")) {
    const [name, , id, members] = line.split(":");
    if (name && id === String(gid)) return { name, members: (members ?? "").split(",") };
  }
  return { name: String(gid), members: [] };
}
