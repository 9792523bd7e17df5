import { closeSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { Environment, FlagTexts } from "../settings/read-options.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { foldersOf } from "../system/folders.ts";
import type { Config, ConfigLayers } from "./config.ts";
import type { GivenValue } from "./values.ts";

/** A file that was read, and is without a fault. */
export interface ReadConfig {
  /** As messages show it. */
  readonly path: string;
  readonly settings: ServeSettings;
  /** What to tell the user, a line each. */
  readonly warnings: readonly string[];
  readonly layers: ConfigLayers;
}

/** What a configuration is read with: variables, and the flags of a command that has some. */
export interface ReadOptions {
  readonly env: Environment;
  readonly flags?: FlagTexts;
}

const FILE = "flvcast.yml";
const MAX_BYTES = 1024 * 1024;
const MAX_SECRET_BYTES = 64 * 1024;

/**
 * Reads a configuration file, and what it refers to.
 *
 * @param path null: the one in this folder, or else the one in the configuration folder
 * @throws UserError of reason `usage`, with a line for everything that is wrong
 */
export async function readConfig(
  path: string | null,
  { env, flags = new Map() }: ReadOptions,
): Promise<ReadConfig> {
  const { text, stats, path: shown } = path === null ? await readDefault(env) : await readAt(path);
  const { settings, layers } = await parsed(text, shown, { env, flags });
  return { path: shown, settings, layers, warnings: modeWarnings(shown, stats, layers) };
}

export interface ServerConfig extends Pick<ReadConfig, "settings" | "warnings"> {
  /** null where there is no file. */
  readonly path: string | null;
}

/** The same for a server: where any name may be published and no file is given, there need not be one. @throws UserError */
export async function readServerConfig(
  path: string | null,
  { env, flags = new Map() }: ReadOptions,
): Promise<ServerConfig> {
  const { outsideValues, takesAny } = await import("./server.ts");
  const needsFile = path !== null || !takesAny(outsideValues(flags, env).given);
  if (needsFile || (await findDefault(env)) !== null) return await readConfig(path, { env, flags });
  return { path: null, warnings: [], ...(await parsed("{}", FILE, { env, flags })) };
}

async function parsed(text: string, path: string, { env, flags }: Required<ReadOptions>): Promise<Config> {
  const { parseConfig } = await import("./config.ts"); // with yaml, which no other command needs
  return parseConfig(text, path, { env, flags, folder: dirname(resolve(path)), readFile: readSecret });
}

interface FileText {
  readonly path: string;
  readonly text: string;
  readonly stats: Stats;
}

/** null where there is none. */
async function findDefault(env: Environment): Promise<FileText | null> {
  for (const path of [FILE, join(foldersOf(env).configuration, FILE)]) {
    const file = await openFile(path);
    if (file !== null) return await readOpen(file, path);
  }
  return null;
}

async function readDefault(env: Environment): Promise<FileText> {
  const { configuration } = foldersOf(env);
  const file = await findDefault(env);
  if (file !== null) return file;
  throw usage(`no ${FILE} here or in ${configuration}; make one with: flvcast config init > ${FILE}`);
}

async function readAt(path: string): Promise<FileText> {
  const file = await openFile(path);
  if (file === null) throw usage(`${path} does not exist; make one with: flvcast config init > ${path}`);
  return readOpen(file, path);
}

/** null where there is none. */
async function openFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // of open(2)
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw usage(`cannot read ${path}: ${message}`, error);
  }
}

/** A pipe is read as well: its length is known at its end. */
async function readOpen(file: FileHandle, path: string): Promise<FileText> {
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw usage(`${path} is a folder: give the file in it`);
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = (await file.read(bytes, length)).bytesRead;
    if (length > MAX_BYTES) throw usage(`${path} is larger than 1 MiB, too large for a configuration file`);
    return { path, stats, text: decoded(bytes.subarray(0, length), path) };
  } finally {
    await file.close();
  }
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw usage(`${path} is not UTF-8 text`, error);
  }
}

/** A file that a value names. What is larger is no secret, and is cut off. */
function readSecret(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(MAX_SECRET_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

const READABLE_BY_OTHERS = 0o004;
const WRITABLE_BY_OTHERS = 0o002;

/** Windows has other rights than these. */
function modeWarnings(path: string, { mode }: Stats, layers: ConfigLayers): readonly string[] {
  if (process.platform === "win32") return [];
  const hasSecret = valuesIn(layers).some(({ isLiteralSecret }) => isLiteralSecret);
  return [
    ...(hasSecret && (mode & READABLE_BY_OTHERS) !== 0
      ? [`${path} contains secrets that all users can read; fix it with: chmod 600 ${path}`]
      : []),
    ...((mode & WRITABLE_BY_OTHERS) === 0
      ? []
      : [`${path} can be changed by all users; fix it with: chmod o-w ${path}`]),
  ];
}

function valuesIn({ server, defaults, streams, published, events }: ConfigLayers): readonly GivenValue[] {
  const ofPublished = published === null ? [] : [published.own];
  const maps = [
    server,
    defaults,
    ...ofPublished,
    ...streams.map(({ own }) => own),
    ...events.map(({ given }) => given),
  ];
  return [...maps.flatMap((given) => [...given.values()]), ...events.flatMap(({ command }) => command)];
}

function usage(message: string, cause?: unknown): UserError {
  return new UserError("usage", message, { cause });
}
