import type { DoctorContext } from "../../src/doctor/context.ts";
import type { Machine, Ran } from "../../src/system/machine.ts";

/** What is there on a machine; nothing else is. */
export interface Scene {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string>>;
  /** By program and arguments, joined with spaces: what it writes to stdout, or how it ends. */
  readonly programs?: Readonly<Record<string, string | Partial<Ran>>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Nodes by path: the group they are for, null for one that this user may open. */
  readonly nodes?: Readonly<Record<string, number | null>>;
  readonly links?: Readonly<Record<string, string>>;
}

export function fakeMachine(scene: Scene): Machine {
  const { platform = "linux", env = {}, programs = {}, files = {}, nodes = {}, links = {} } = scene;
  const paths = [...Object.keys(files), ...Object.keys(nodes), ...Object.keys(links)];
  return {
    platform,
    env,
    run: async (program, args) => {
      const ran = programs[[program, ...args].join(" ")];
      if (ran === undefined) return null;
      return { code: 0, stdout: "", stderr: "", ...(typeof ran === "string" ? { stdout: ran } : ran) };
    },
    readText: async (path) => files[path] ?? null,
    list: async (folder) => {
      const inside = paths.filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""))].toSorted();
    },
    realpath: async (path) => (paths.includes(path) ? path : null),
    readlink: async (path) => links[path] ?? null,
    mayOpen: async (path) => nodes[path] === null,
    groupOf: async (path) => {
      const gid = nodes[path];
      return gid === undefined ? null : { gid: gid ?? 0, groupMayWrite: true };
    },
  };
}

/** A doctor's context in which all is well, on a machine with this scene, and with what a test changes. */
export function contextWith(scene: Scene, changes: Partial<DoctorContext> = {}): DoctorContext {
  return {
    machine: fakeMachine(scene),
    user: { name: "kim", groups: [1000], isRoot: false },
    host: null,
    port: 8080,
    nodeVersion: "v22.3.0",
    now: new Date("2026-11-21T10:00:00.123Z"),
    ffmpeg: async () => ({ path: "/usr/bin/ffmpeg", version: "7.1", majorVersion: 7 }),
    devices: async () => [],
    encoders: async () => [],
    tryToListen: async () => null,
    ...changes,
  };
}
