import { userInfo } from "node:os";
import { join } from "node:path";

/**
 * Where flvcast keeps what outlives a run. Both follow from the user alone, so that cron, systemd and a terminal agree:
 * root's are the system's, others' are below their home as the password database has it. systemd's own variables
 * (systemd.exec(5), ConfigurationDirectory= and CacheDirectory=) go before.
 */
export interface Folders {
  /** What the user decided: pinned devices. */
  readonly configuration: string;
  /** What can be found out again: which encoders work. */
  readonly cache: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs us, as the system knows it. */
export interface Account {
  readonly isRoot: boolean;
  /** The home in the password database. Throws for a user who is not in it. */
  readonly home: () => string;
}

const thisAccount: Account = { isRoot: process.getuid?.() === 0, home: () => userInfo().homedir };

export function foldersOf(env: Environment, account: Account = thisAccount): Folders {
  const below = (hidden: string, system: string) =>
    account.isRoot ? join(system, "flvcast") : join(homeOf(env, account), hidden, "flvcast");
  return {
    configuration: firstOf(env["CONFIGURATION_DIRECTORY"]) ?? below(".config", "/etc"),
    cache: firstOf(env["CACHE_DIRECTORY"]) ?? below(".cache", "/var/cache"),
  };
}

/** systemd sets several folders apart by colons: ours is the first. */
function firstOf(folders: string | undefined): string | undefined {
  return folders?.split(":").find((folder) => folder !== "");
}

/** A container may run us as a number that no password database knows (`docker run --user 1234`): then $HOME counts. */
function homeOf(env: Environment, account: Account): string {
  try {
    return account.home();
  } catch {
    return env["HOME"] || "/";
  }
}
