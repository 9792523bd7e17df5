import { readdir } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { NAME_PATTERN } from "../name.ts";
import { stateFoldersOf } from "../system/folders.ts";
import { type Holder, holdersIn } from "./name-lock.ts";

/** Every stream that this user can find running, by name; a service's, too. */
export async function runningStreams(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Holder[]> {
  if (process.platform === "win32") {
    throw new UserError("failure", "this command does not work on Windows: stop streams with Ctrl-C");
  }
  const folders = await stateFoldersOf(env, (folder) => readdir(folder).catch(() => []));
  const holders = (await Promise.all(folders.map(holdersIn))).flat();
  return holders.filter(({ key }) => NAME_PATTERN.test(key)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * The stream that is meant; without a name, the only one.
 * @throws UserError of reason `notRunning` where there is none, `usage` where several could be meant
 */
export function chooseStream(streams: readonly Holder[], name: string | null): Holder {
  const [first, second] = streams.filter(({ key }) => name === null || key === name);
  if (first === undefined) throw notRunning(streams, name);
  if (second === undefined || name !== null) return first; // of one name, the one in this user's own folder
  throw new UserError("usage", `several streams are running; give one of: ${namesOf(streams)}`);
}

/** The streams that are meant, in this order. @throws UserError of reason `notRunning` where one is not there */
export function chooseStreams(streams: readonly Holder[], names: readonly string[]): readonly Holder[] {
  return names.map((name) => chooseStream(streams, name));
}

/** That there is no such stream, and which there are. */
export function notRunning(streams: readonly Holder[], name: string | null): UserError {
  if (name === null) return new UserError("notRunning", "no stream is running");
  const others = streams.length === 0 ? "" : `; running: ${namesOf(streams)}`;
  return new UserError("notRunning", `no stream named "${name}" is running${others}`);
}

function namesOf(streams: readonly Holder[]): string {
  return streams.map(({ key }) => key).join(", ");
}
