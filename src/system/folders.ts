import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where flvcast keeps its files. Root uses the system's folders, other users those below the home that the password database
 * has. systemd's variables (systemd.exec(5), ConfigurationDirectory=, CacheDirectory=, StateDirectory= and RuntimeDirectory=)
 * take precedence. XDG_CACHE_HOME is honored, since every run can rebuild its cache. XDG_CONFIG_HOME and XDG_STATE_HOME are not:
 * cron and services do not have a terminal's variables, and must find the same pins, tokens and running streams.
 */
export interface Folders {
  /** User configuration: pinned devices. */
  readonly configuration: string;
  /** What can be rebuilt: which encoders work. */
  readonly cache: string;
  /** What survives reboots: tokens. */
  readonly lasting: string;
  /** Runtime state: control sockets and the logs of detached streams. */
  readonly state: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs us, as the system knows it. */
export interface Account {
  readonly isRoot: boolean;
  /** null where the system has no such numbers. */
  readonly uid: number | null;
  /** The home in the password database. Throws for a user who is not in it. */
  readonly home: () => string;
}

const thisAccount: Account = {
  isRoot: process.getuid?.() === 0,
  uid: process.getuid?.() ?? null,
  home: () => userInfo().homedir,
};

export function foldersOf(env: Environment, account: Account = thisAccount): Folders {
  const below = (hidden: string, system: string) =>
    account.isRoot ? join(system, "flvcast") : join(homeOf(env, account), hidden, "flvcast");
  return {
    configuration: firstOf(env["CONFIGURATION_DIRECTORY"]) ?? below(".config", "/etc"),
    cache: firstOf(env["CACHE_DIRECTORY"]) ?? xdgCache(env, account) ?? below(".cache", "/var/cache"),
    lasting: firstOf(env["STATE_DIRECTORY"]) ?? below(".local/state", "/var/lib"),
    state: firstOf(env["RUNTIME_DIRECTORY"]) ?? below(".local/state", "/run"),
  };
}

/** The XDG Base Directory Specification ignores relative paths; root's cache is the system's, also under sudo. */
function xdgCache(env: Environment, { isRoot }: Account): string | undefined {
  const folder = env["XDG_CACHE_HOME"] ?? "";
  return !isRoot && isAbsolute(folder) ? join(folder, "flvcast") : undefined;
}

/**
 * Where streams of this user may be found, its own folder first: a service's folder is not that of the shell which asks.
 * A unit's is /run/flvcast or /run/flvcast-SOMETHING; a user's unit has the same below /run/user/UID. Where the
 * environment names a folder, that one is meant and no other.
 * @param entriesOf the names in a folder; none where it cannot be read
 */
export async function stateFoldersOf(
  env: Environment,
  entriesOf: (folder: string) => Promise<readonly string[]>,
  account: Account = thisAccount,
): Promise<readonly string[]> {
  const { state } = foldersOf(env, account);
  if (firstOf(env["RUNTIME_DIRECTORY"]) !== undefined) return [state];
  const runtime = ["/run", ...(account.uid === null ? [] : [`/run/user/${account.uid}`])];
  const found = await Promise.all(
    runtime.map(async (parent) => {
      const names = (await entriesOf(parent)).filter((name) => /^flvcast(-|$)/.test(name));
      return names.toSorted().map((name) => join(parent, name));
    }),
  );
  return [...new Set([state, ...found.flat()])];
}

/** systemd sets several folders apart by colons: ours is the first. */
function firstOf(folders: string | undefined): string | undefined {
  return folders?.split(":").find((folder) => folder !== "");
}

/** A container may run us as a number that no password database knows (`docker run --user 1234`): then $HOME counts. */
export function homeOf(env: Environment, account: Account = thisAccount): string {
  try {
    return account.home();
  } catch {
    return env["HOME"] || "/";
  }
}
