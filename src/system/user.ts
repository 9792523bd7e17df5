import type { Machine } from "./machine.ts";

/** Who looks at the devices. */
export interface User {
  readonly name: string;
  /** The groups of this session, which a later usermod does not change. */
  readonly groups: readonly number[];
}

/** Who we are, as the kernel has it: proc(5), /proc/self/status. */
export async function userOf(machine: Machine): Promise<User> {
  const [status, accounts] = await Promise.all([
    machine.readText("/proc/self/status"),
    machine.readText("/etc/passwd"),
  ]);
  const uid = /^Uid:\s*(\d+)/m.exec(status ?? "")?.[1];
  const gid = /^Gid:\s*(\d+)/m.exec(status ?? "")?.[1];
  const joined = /^Groups:[ \t]*(.*)$/m.exec(status ?? "")?.[1]?.match(/\d+/g) ?? [];
  const account = (accounts ?? "").split("\n").find((line) => line.split(":")[2] === uid);
  return {
    name: account?.split(":")[0] || machine.env["USER"] || "$USER", // the shell knows it, where we do not
    groups: [...(gid === undefined ? [] : [gid]), ...joined].map(Number),
  };
}
