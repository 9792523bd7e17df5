import type { DoctorContext } from "../../src/doctor/context.ts";
import { type FakeParts, fakeMachine } from "../system/fake-machine.ts";

/** What is there on a machine; nothing else is. */
export interface Scene extends Omit<FakeParts, "nodes"> {
  /** Nodes by path: the group they are for, null for one that this user may open. */
  readonly nodes?: Readonly<Record<string, number | null>>;
}

/** A doctor's context in which all is well, on a machine with this scene, and with what a test changes. */
export function contextWith(
  { nodes = {}, ...rest }: Scene,
  changes: Partial<DoctorContext> = {},
): DoctorContext {
  const owned = Object.entries(nodes).map(([path, gid]) => [path, { gid: gid ?? 0, mayOpen: gid === null }]);
  return {
    machine: fakeMachine({ ...rest, nodes: Object.fromEntries(owned) }),
    user: { name: "kim", groups: [1000], isRoot: false },
    host: null,
    port: 8080,
    addresses: [{ address: "192.168.1.7", family: "IPv4", interfaceName: "eth0", kind: "physical" }],
    nodeVersion: "v22.3.0",
    now: new Date("2026-11-21T10:00:00.123Z"),
    ffmpeg: async () => ({ path: "/usr/bin/ffmpeg", version: "7.1", majorVersion: 7 }),
    devices: async () => [],
    encoders: async () => [],
    tryToListen: async () => null,
    ...changes,
  };
}
