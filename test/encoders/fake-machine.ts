import type { Machine } from "../../src/system/machine.ts";

export interface FakeParts {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string>>;
  /** Nodes by path, and whether this user may open them. */
  readonly nodes?: Readonly<Record<string, boolean>>;
  /** What udev found of V4L2 nodes, as it writes it: `:capture:`. */
  readonly capabilities?: Readonly<Record<string, string>>;
  /** The numbers of the user's groups. */
  readonly groups?: readonly number[];
}

/** A machine with a few device nodes, which belong to group 105, render; its user is kim. */
export function fakeMachine(parts: FakeParts): Machine {
  const { platform = "linux", env = {}, nodes = {}, groups = [], capabilities = {} } = parts;
  const texts: Readonly<Record<string, string>> = {
    "/etc/group": "video:x:44:\nrender:x:105:\n",
    "/etc/passwd": "kim:x:1000:1000::/home/kim:/bin/sh\n",
    "/proc/self/status": `Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\nGroups:\t${groups.join(" ")}\n`,
    ...Object.fromEntries(
      Object.entries(capabilities).flatMap(([name, found], minor) => [
        [`/sys/class/video4linux/${name}/dev`, `81:${minor}\n`],
        [`/run/udev/data/c81:${minor}`, `E:ID_V4L_CAPABILITIES=${found}\n`],
      ]),
    ),
  };
  return {
    platform,
    env,
    run: async () => null,
    readText: async (path) => texts[path] ?? null,
    list: async (folder) =>
      Object.keys(nodes)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    realpath: async (path) => path,
    readlink: async () => null,
    mayOpen: async (path) => nodes[path] ?? false,
    groupOf: async (path) => (path in nodes ? { gid: 105, groupMayWrite: true } : null),
  };
}
