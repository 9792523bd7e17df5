import { lstat, readdir, readlink, rm, symlink } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UnwritableError, writing } from "../system/state-folder.ts";
import { isOpen, openControlSocket } from "./socket.ts";

/**
 * A name that at most one process holds. `NAME@7` is a symbolic link to the socket of the process that took the name as the
 * seventh. The link with the highest number counts, and whether its holder lives is asked of the socket: pids are used
 * again, and a file outlives its writer. A link is made in one step or not at all, and its socket is open before.
 * Two who saw the same dead holder want the same number, and one gets it. Links of the dead are cleared away, so that
 * others may begin at 1 again: hence a process that made a link looks for others, and gives way to a higher or a living one.
 */
export interface Holder {
  readonly key: string;
  readonly folder: string;
  readonly socketPath: string;
  /** As it was when the name was taken. */
  readonly pid: number;
  readonly sinceMs: number;
}

export type NameLock =
  | {
      readonly kind: "mine";
      /** Whether others can find it: nobody has cleared the folder away. */
      isKept(): Promise<boolean>;
      release(): Promise<void>;
    }
  | { readonly kind: "held"; readonly holder: Holder };

interface Link {
  readonly key: string;
  readonly turn: number;
}

/** Each try that fails is another's success, and shows the holder at the next. */
const MAX_TRIES = 100;
const SWEPT_AFTER_MS = 60_000;
const ORPHANED_MS = 1000;

/** Takes a name in a prepared folder, or finds out who has it. @throws UnwritableError */
export async function lockName(
  folder: string,
  key: string,
  onConnection: (socket: Socket) => void,
): Promise<NameLock> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { turn, holder } = await newestOf(folder, key);
    if (holder !== null) return { kind: "held", holder };
    const socket = await openControlSocket(folder, onConnection);
    const link = { key, turn: turn + 1 };
    const isTaken = await takeTurn(folder, link, socket.file).catch(async (error) => {
      await socket.close();
      throw error;
    });
    if (isTaken) {
      await sweep(folder, link);
      return {
        kind: "mine",
        isKept: async () =>
          (await leadsTo(folder, link, socket.file)) &&
          (await lstat(join(folder, socket.file)).catch(() => null)) !== null,
        release: async () => {
          if (await leadsTo(folder, link, socket.file)) await rm(pathOf(folder, link), { force: true });
          await socket.close();
        },
      };
    }
    await socket.close();
  }
  throw new Error(`${folder}: ${key} could not be taken in ${MAX_TRIES} tries`);
}

export async function holderOf(folder: string, key: string): Promise<Holder | null> {
  return (await newestOf(folder, key)).holder;
}

/** Every name held in a folder; none where it is not there or not ours to read. */
export async function holdersIn(folder: string): Promise<readonly Holder[]> {
  const keys = new Set((await linksIn(folder)).map(({ key }) => key));
  const holders = await Promise.all([...keys].map((key) => holderOf(folder, key)));
  return holders.filter((holder) => holder !== null);
}

/** Makes the link. False where another was faster: by this number, a higher one, or a lower one and lives. */
async function takeTurn(folder: string, link: Link, file: string): Promise<boolean> {
  const path = pathOf(folder, link);
  try {
    await writing(folder, () => symlink(file, path));
  } catch (error) {
    if (error instanceof UnwritableError && error.code === "EEXIST") return false;
    throw error;
  }
  // Others may have come, gone and been cleared away since we looked.
  const [highest, ...lower] = await turnsOf(folder, link.key);
  if (highest === link.turn && (await firstLiving(folder, link.key, lower)) === null) return true;
  await rm(path, { force: true });
  return false;
}

/** Whether a link is the one that was made for this socket. */
async function leadsTo(folder: string, link: Link, file: string): Promise<boolean> {
  return (await readlink(pathOf(folder, link)).catch(() => null)) === file;
}

/** The highest number there is, and the highest holder that lives: one that dies while it makes its link leaves that. */
async function newestOf(folder: string, key: string): Promise<{ turn: number; holder: Holder | null }> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const turns = await turnsOf(folder, key);
    const found = await firstLiving(folder, key, turns);
    if (found === undefined) continue; // cleared away: there is a higher one, or none
    return { turn: turns[0] ?? 0, holder: found };
  }
  throw new Error(`${folder}: the holders of ${key} changed ${MAX_TRIES} times`);
}

/** Null where none lives, undefined where a link has gone meanwhile. */
async function firstLiving(
  folder: string,
  key: string,
  turns: readonly number[],
): Promise<Holder | null | undefined> {
  for (const turn of turns) {
    const holder = await readHolder(folder, { key, turn });
    if (holder === undefined) return undefined;
    if (holder !== null && (await lives(holder))) return holder;
  }
  return null;
}

/**
 * Whether the holder lives. One that is killed while it starts a process leaves that with its open socket for a moment,
 * between fork and exec; for longer, the socket is right and the pid is one of another namespace.
 */
async function lives({ socketPath, pid }: Holder): Promise<boolean> {
  const endMs = performance.now() + ORPHANED_MS;
  while (await isOpen(socketPath)) {
    if (isThere(pid) || performance.now() > endMs) return true;
    await delay(10);
  }
  return false;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // another user's is there
  }
}

/** Null for a link that is not ours, undefined where it has gone. */
async function readHolder(folder: string, link: Link): Promise<Holder | null | undefined> {
  const path = pathOf(folder, link);
  try {
    const [file, { mtimeMs }] = await Promise.all([readlink(path), lstat(path)]);
    const pid = /^(\d+)-[0-9a-f]{8}\.sock$/.exec(file)?.[1];
    if (pid === undefined) return null;
    return { key: link.key, folder, socketPath: join(folder, file), pid: Number(pid), sinceMs: mtimeMs };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : null;
  }
}

/** Takes away what the dead have left: lower links of this name, links of others, and sockets that nobody listens at. */
async function sweep(folder: string, { key, turn }: Link): Promise<void> {
  const links = await linksIn(folder);
  const lower = links.filter((link) => link.key === key && link.turn < turn);
  await Promise.all(lower.map((link) => rm(pathOf(folder, link), { force: true })));
  const others = links.filter((link) => link.key !== key);
  await Promise.all(others.map((link) => sweepLink(folder, link))).catch(() => undefined); // next time
  const names = await namesIn(folder);
  await Promise.all(names.map((name) => sweepSocket(join(folder, name)))).catch(() => undefined); // next time
}

/** One that is young may be looked at by somebody who wants its name. */
async function sweepLink(folder: string, link: Link): Promise<void> {
  const stats = await lstat(pathOf(folder, link)).catch(() => null);
  if (stats === null || Date.now() - stats.mtimeMs < SWEPT_AFTER_MS) return;
  if ((await firstLiving(folder, link.key, [link.turn])) === null)
    await rm(pathOf(folder, link), { force: true });
}

/** One that is young may be about to listen. */
async function sweepSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || !stats.isSocket() || Date.now() - stats.mtimeMs < SWEPT_AFTER_MS) return;
  if (!(await isOpen(path))) await rm(path, { force: true });
}

/** The numbers of a name, the highest first. */
async function turnsOf(folder: string, key: string): Promise<readonly number[]> {
  const links = (await linksIn(folder)).filter((link) => link.key === key);
  return links.map(({ turn }) => turn).toSorted((one, other) => other - one);
}

async function linksIn(folder: string): Promise<readonly Link[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const [, key, turn] = /^([^@]+)@(\d{1,12})$/.exec(name) ?? [];
    return key === undefined ? [] : [{ key, turn: Number(turn) }];
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []); // not there, or not ours: nothing for us
}

function pathOf(folder: string, { key, turn }: Link): string {
  return join(folder, `${key}@${turn}`);
}
