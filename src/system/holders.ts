import { basename } from "node:path";
import type { Machine } from "./machine.ts";

export interface Holder {
  readonly pid: number;
  readonly name: string;
}

/**
 * Who has the nodes open, by each process's open files: proc(5), /proc/PID/fd. Other users' processes keep theirs to
 * themselves, except that ALSA names the owner of a capture device to everyone.
 * Not ourselves, nor the programs that we have just sent to look.
 */
export async function holdersOf(
  machine: Machine,
  nodes: readonly string[],
): Promise<ReadonlyMap<string, readonly Holder[]>> {
  const wanted = new Set(nodes);
  const pids = wanted.size === 0 ? [] : (await machine.list("/proc")).filter((name) => /^\d+$/.test(name));
  const open = await Promise.all([
    ...pids.map((pid) => openedBy(machine, pid, wanted)),
    ...nodes.map((node) => ownersOf(machine, node)),
  ]);
  const held = new Map<string, Map<number, Holder>>(nodes.map((node) => [node, new Map()]));
  for (const { node, holder } of open.flat()) held.get(node)?.set(holder.pid, holder);
  return new Map([...held].map(([node, holders]) => [node, [...holders.values()].toSorted(byPid)]));
}

interface Open {
  readonly node: string;
  readonly holder: Holder;
}

const byPid = (one: Holder, other: Holder) => one.pid - other.pid;

async function openedBy(machine: Machine, pid: string, wanted: ReadonlySet<string>): Promise<Open[]> {
  const files = await machine.list(`/proc/${pid}/fd`);
  const targets = await Promise.all(files.map((file) => machine.readlink(`/proc/${pid}/fd/${file}`)));
  const nodes = [...new Set(targets)].filter((target) => target !== null && wanted.has(target));
  const holder = nodes.length === 0 ? null : await processOf(machine, pid);
  return holder === null ? [] : nodes.flatMap((node) => (node === null ? [] : [{ node, holder }]));
}

/** /proc/asound/card1/pcm0c/sub0/status says `owner_pid   : 274`; it is a thread's. */
async function ownersOf(machine: Machine, node: string): Promise<Open[]> {
  const pcm = /^\/dev\/snd\/pcmC(\d+)D(\d+)c$/.exec(node);
  if (pcm === null) return [];
  const folder = `/proc/asound/card${pcm[1]}/pcm${pcm[2]}c`;
  const streams = (await machine.list(folder)).filter((name) => /^sub\d+$/.test(name));
  const owners = await Promise.all(
    streams.map(async (stream) => {
      const status = await machine.readText(`${folder}/${stream}/status`);
      const thread = /^owner_pid\s*: (\d+)/m.exec(status ?? "")?.[1];
      return thread === undefined ? null : processOf(machine, thread);
    }),
  );
  return owners.flatMap((holder) => (holder === null ? [] : [{ node, holder }]));
}

/** Null for ourselves and our children, and for what has ended meanwhile. */
async function processOf(machine: Machine, id: string): Promise<Holder | null> {
  const status = (await machine.readText(`/proc/${id}/status`)) ?? "";
  const pid = Number(/^Tgid:\s*(\d+)/m.exec(status)?.[1]);
  const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
  if (Number.isNaN(pid) || pid === process.pid || parent === process.pid) return null;
  return { pid, name: await programOf(machine, pid) };
}

/** The name of a process is that of its first thread, which some programs name for themselves: node from 24 on. */
const THREAD_NAMES = ["", "MainThread"];

async function programOf(machine: Machine, pid: number): Promise<string> {
  const name = (await machine.readText(`/proc/${pid}/comm`))?.trim() ?? "";
  if (!THREAD_NAMES.includes(name)) return name;
  const [program = ""] = (await machine.readText(`/proc/${pid}/cmdline`))?.split("\0") ?? [];
  return basename(program) || name || "unknown";
}
