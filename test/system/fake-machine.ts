import type { Machine, Ran } from "../../src/system/machine.ts";

/** What is there on a machine; nothing else is. */
export interface FakeParts {
  /** Default: linux. */
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string>>;
  /** Path to text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path to what it is without links. */
  readonly links?: Readonly<Record<string, string>>;
  /** Device nodes that are there: who owns them, and whether we may open them. */
  readonly nodes?: Readonly<Record<string, FakeNode>>;
  /** `pactl list sources` to what it prints to stdout, or how it ends; a program that is not here is not installed. */
  readonly programs?: Readonly<Record<string, string | Partial<Ran>>>;
}

export interface FakeNode {
  readonly gid: number;
  readonly groupMayWrite?: boolean;
  readonly mayOpen: boolean;
}

export interface FakeMachine extends Machine {
  /** What was run: each program with its arguments. */
  readonly runs: readonly (readonly string[])[];
}

export function fakeMachine(parts: FakeParts): FakeMachine {
  const { platform = "linux", env = {}, files = {}, links = {}, nodes = {}, programs = {} } = parts;
  const paths = [...Object.keys(files), ...Object.keys(links), ...Object.keys(nodes)];
  const runs: (readonly string[])[] = [];
  return {
    platform,
    env,
    runs,
    run: async (program, args) => {
      runs.push([program, ...args]);
      const ran = programs[[program, ...args].join(" ")];
      if (ran === undefined) return null;
      return { code: 0, stdout: "", stderr: "", ...(typeof ran === "string" ? { stdout: ran } : ran) };
    },
    readText: async (path) => files[path] ?? null,
    list: async (folder) => [...new Set(paths.flatMap((path) => nameIn(folder, path)))].toSorted(),
    realpath: async (path) => links[path] ?? (paths.includes(path) ? path : null),
    readlink: async (path) => links[path] ?? null,
    mayOpen: async (path) => nodes[path]?.mayOpen ?? false,
    groupOf: async (path) => {
      const node = nodes[path];
      return node === undefined ? null : { gid: node.gid, groupMayWrite: node.groupMayWrite ?? true };
    },
  };
}

/** A system whose ffmpeg answers these arguments, joined with spaces, on stderr, and ends with an error. */
export function machineOfListings(
  platform: NodeJS.Platform,
  stderrOf: Readonly<Record<string, string>>,
): FakeMachine {
  const answers = Object.entries(stderrOf).map(([args, stderr]) => [`ffmpeg ${args}`, { code: 1, stderr }]);
  return fakeMachine({ platform, programs: Object.fromEntries(answers) });
}

function nameIn(folder: string, path: string): readonly string[] {
  const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split("/")[0] : undefined;
  return name === undefined ? [] : [name];
}

/** The user `kim` of session groups 1000 and what is added; in /etc/group, `ana` is in video. */
export function accounts(extraGroups: readonly number[] = []): Record<string, string> {
  return {
    "/proc/self/status": `Name:\tnode\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t${extraGroups.join(" ")} \n`,
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nkim:x:1000:1000:Kim,,,:/home/kim:/bin/bash\n",
    "/etc/group": "root:x:0:\naudio:x:29:kim,ana\nvideo:x:44:ana\nrender:x:105:\nkim:x:1000:\n",
  };
}
