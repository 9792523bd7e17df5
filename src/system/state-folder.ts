import { chmod, mkdir, stat } from "node:fs/promises";
import { UserError } from "../errors.ts";

/** The state folder cannot be written: a full or read-only disk, a home that is not there. The message says which. */
export class UnwritableError extends Error {
  override readonly name = "UnwritableError";
  /** The system's word for it: `ENOSPC`; null where the system was not asked. */
  readonly code: string | null;

  constructor(message: string, code: string | null, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const GROUP_AND_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes the state folder, or finds it in order: ours, and nobody else's to read or write (0700). Whoever could write
 * there could answer in a stream's place.
 * @throws UserError of reason `permission` where it is another user's, or others could have written there
 * @throws UnwritableError where it cannot be made
 */
export async function prepareStateFolder(folder: string, uid = process.geteuid?.()): Promise<void> {
  await writing(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const { uid: owner, mode } = await writing(folder, () => stat(folder));
  if (uid !== undefined && owner !== uid) {
    throw refusal(`${folder} belongs to user ${owner}, not to user ${uid}`, `remove it, or change its owner`);
  }
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    throw refusal(`other users may write to ${folder}`, `empty it, then: chmod 700 ${folder}`);
  }
  if ((mode & GROUP_AND_OTHERS) !== 0) await writing(folder, () => chmod(folder, 0o700));
}

/** What changes the folder, so that the system's refusal is told apart from a bug. @throws UnwritableError */
export async function writing<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of the system's calls
    if (code === undefined) throw error;
    throw new UnwritableError(`cannot write to ${folder} (${code})`, code, { cause: error });
  }
}

function refusal(what: string, remedy: string): UserError {
  return new UserError("permission", `${what}: ${remedy}`);
}
