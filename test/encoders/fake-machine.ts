import type { Machine } from "../../src/system/machine.ts";
import * as system from "../system/fake-machine.ts";

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
export function fakeMachine({ nodes = {}, groups = [], capabilities = {}, ...rest }: FakeParts): Machine {
  const owned = Object.entries(nodes).map(([path, mayOpen]) => [path, { gid: 105, mayOpen }] as const);
  const udev = Object.entries(capabilities).flatMap(([name, found], minor) => [
    [`/sys/class/video4linux/${name}/dev`, `81:${minor}\n`],
    [`/run/udev/data/c81:${minor}`, `E:ID_V4L_CAPABILITIES=${found}\n`],
  ]);
  return system.fakeMachine({
    ...rest,
    nodes: Object.fromEntries(owned),
    files: { ...system.accounts(groups), ...Object.fromEntries(udev) },
  });
}
