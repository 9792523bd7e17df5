import { constants } from "node:fs";
import { type FileHandle, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { prepareStateFolder, writing } from "../system/state-folder.ts";
import { MAX_TOKEN_LENGTH } from "./limits.ts";
import { makeToken, tokenFault } from "./token.ts";

const GROUP_AND_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/** What is made once and kept: it opens a stream to viewers, or to publishers. */
export type KeptSecret = "token" | "stream key";
const suffixes: Readonly<Record<KeptSecret, string>> = { token: "token", "stream key": "publish-key" };

export interface KeptToken {
  readonly token: string;
  readonly path: string;
}

/** The token in a file of the user's. @throws UserError where there is none, or others may change it */
export async function readTokenFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: Error) => {
    throw new UserError("usage", `cannot read --token-file ${path}: ${error.message}`, { cause: error });
  });
  try {
    const { mode } = await file.stat();
    if (process.platform !== "win32" && (mode & WRITABLE_BY_OTHERS) !== 0)
      throw new UserError(
        "permission",
        `--token-file ${path} can be changed by other users; fix it with: chmod go-w ${path}`,
      );
    const { token, fault } = await readToken(file);
    if (fault === null) return token;
    throw new UserError("usage", `--token-file ${path}: the token in it ${fault}`);
  } finally {
    await file.close();
  }
}

/**
 * The token or key that was made for a stream, so that its URLs stay the same; made now, if there is none yet.
 * @throws UserError where somebody else may know it, or the file holds none
 * @throws UnwritableError where it cannot be kept
 */
export async function keptToken(
  folder: string,
  name: string,
  what: KeptSecret = "token",
): Promise<KeptToken> {
  await prepareStateFolder(folder);
  const path = join(folder, `${name}.${suffixes[what]}`);
  const before = await readKept(path, what);
  if (before !== null) return { token: before, path };
  await writing(folder, () => writeWhole(folder, path, `${makeToken()}\n`));
  const now = await readKept(path, what); // ours, or that of another start of the same moment
  if (now === null) throw new Error(`${path} was there, and is gone`);
  return { token: now, path };
}

/** The file is there whole, or not at all; one that is there stays. */
async function writeWhole(folder: string, path: string, text: string): Promise<void> {
  const temporary = join(folder, `.${process.pid}-${makeToken()}.token`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readKept(path: string, what: KeptSecret): Promise<string | null> {
  const file = await openKept(path, what);
  if (file === null) return null;
  try {
    const { uid, mode } = await file.stat();
    const isOurs = process.geteuid === undefined || uid === process.geteuid();
    if (!isOurs || (process.platform !== "win32" && (mode & GROUP_AND_OTHERS) !== 0))
      throw refusal(path, what, `other users may have read the ${what} in it`);
    const { token, fault } = await readToken(file);
    if (fault !== null) throw refusal(path, what, `the ${what} in it ${fault}`);
    return token;
  } finally {
    await file.close();
  }
}

async function openKept(path: string, what: KeptSecret): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of open(2)
    if (code === "ENOENT") return null;
    throw refusal(path, what, `cannot be opened (${code})`);
  }
}

async function readToken(
  file: FileHandle,
): Promise<{ readonly token: string; readonly fault: string | null }> {
  if (!(await file.stat()).isFile()) return { token: "", fault: "is not in a regular file" };
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2 * MAX_TOKEN_LENGTH));
  const token = buffer.toString("utf8", 0, bytesRead).trim();
  return { token, fault: tokenFault(token) };
}

function refusal(path: string, what: KeptSecret, why: string): UserError {
  return new UserError("permission", `${path}: ${why}. Delete the file to get a new ${what}`);
}
