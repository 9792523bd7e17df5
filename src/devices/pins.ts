import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { NAME_PATTERN } from "../name.ts";
import { isTaken } from "./alias.ts";

/** A name that stays with one physical device, whatever number the system gives it. */
export interface Pin {
  readonly name: string;
  readonly stableId: string;
}

/** The administrator's pins, for everybody. */
export const SYSTEM_FOLDER = "/etc/flvcast";
const FILE = "devices.json";
const MAX_ID_LENGTH = 1000;

/**
 * The pins in force: the user's own (`folder` is Folders.configuration), and of the system's those that are not theirs.
 * A file that this user may not read has none for them. @throws UserError where a file cannot be understood
 */
export async function readPins(
  folder: string,
  systemFolder: string = SYSTEM_FOLDER,
): Promise<readonly Pin[]> {
  const own = (await readFolder(folder)) ?? [];
  const others = folder === systemFolder ? [] : ((await readFolder(systemFolder)) ?? []);
  return [...own, ...others.filter(({ name }) => !own.some((pin) => pin.name === name))];
}

async function readFolder(folder: string): Promise<readonly Pin[] | null> {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // readFile throws nothing else
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    if (code === "EACCES" || code === "EPERM") return null;
    throw new UserError("failure", `cannot read ${file} (${code}); fix it, or delete it`, {
      cause: error,
    });
  }
  const pins = parsePins(text);
  if (pins !== null) return pins;
  throw new UserError(
    "failure",
    `${file} is not valid: expected {"pins": {"door": "the device's id"}}; fix it, or delete it`,
  );
}

/** The pins of a folder that is to be written: those that cannot be read would be lost. */
async function readToChange(folder: string): Promise<readonly Pin[]> {
  const pins = await readFolder(folder);
  if (pins !== null) return pins;
  throw new UserError("permission", `no permission to read ${join(folder, FILE)}`);
}

export function parsePins(text: string): readonly Pin[] | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(file) || !isRecord(file["pins"])) return null;
  const pins = Object.entries(file["pins"]);
  return pins.every(isPin) ? pins.map(([name, stableId]) => ({ name, stableId })) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPin(entry: [string, unknown]): entry is [string, string] {
  const [name, id] = entry;
  return (
    NAME_PATTERN.test(name) &&
    !isTaken(name) &&
    typeof id === "string" &&
    id !== "" &&
    id.length <= MAX_ID_LENGTH
  );
}

/** Writes a folder's pins, whole or not at all. @throws UserError of reason `permission` where this user may not */
export async function writePins(folder: string, pins: readonly Pin[]): Promise<void> {
  const file = join(folder, FILE);
  const draft = `${file}.${randomUUID()}`;
  const sorted = pins.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const content = { pins: Object.fromEntries(sorted.map(({ name, stableId }) => [name, stableId])) };
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`);
    await chmod(draft, 0o644); // a service may run as another user than the one who pins, whatever the umask
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // what is wrong with the folder has been said
    const { code } = error as NodeJS.ErrnoException; // of these calls
    const reason = code === "EACCES" || code === "EPERM" || code === "EROFS" ? "permission" : "failure";
    throw new UserError(reason, `cannot write ${file} (${code}); give this user write permission there`, {
      cause: error,
    });
  }
}

/** Adds a pin to a folder's, in place of one of the same name. @throws UserError */
export async function addPin(folder: string, pin: Pin): Promise<void> {
  const others = (await readToChange(folder)).filter(({ name }) => name !== pin.name);
  await writePins(folder, [...others, pin]);
}

/** Takes a pin out of a folder's. @throws UserError, of reason `usage` where there is none of that name */
export async function removePin(folder: string, name: string, systemFolder = SYSTEM_FOLDER): Promise<void> {
  const own = await readToChange(folder);
  if (own.some((pin) => pin.name === name)) {
    return writePins(
      folder,
      own.filter((pin) => pin.name !== name),
    );
  }
  const all = await readPins(folder, systemFolder);
  if (all.some((pin) => pin.name === name)) {
    const file = join(systemFolder, FILE);
    throw new UserError("permission", `"${name}" is pinned for all users, in ${file}; unpin it with sudo`);
  }
  const names = all.map((pin) => pin.name).join(", ");
  throw new UserError("usage", `no pin named "${name}" (${names === "" ? "none is set" : `pins: ${names}`})`);
}
