import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { environmentFile, type ServicePlan, serviceUnit, socketUnit, unitName } from "./service-unit.ts";
import type { Systemctl } from "./systemctl.ts";

/** Where units are written, and who is told. */
export interface Installer {
  /** `/etc/systemd/system`, or `~/.config/systemd/user`. */
  readonly folder: string;
  readonly systemctl: Systemctl;
}

/** The files of a service by their names, as they are written: its units, and its secrets. */
export function serviceFiles(plan: ServicePlan): ReadonlyMap<string, string> {
  const socket = socketUnit(plan);
  const secrets = environmentFile(plan);
  return new Map([
    [unitName(plan.name, "service"), serviceUnit(plan)],
    ...(socket === null ? [] : [[unitName(plan.name, "socket"), socket] as const]),
    ...(secrets === null ? [] : [[unitName(plan.name, "env"), secrets] as const]),
  ]);
}

/** Writes the units, in place of others of that name, and has systemd start them now and at each boot. @throws UserError */
export async function install(plan: ServicePlan, { folder, systemctl }: Installer): Promise<void> {
  await remove(plan.name, { folder, systemctl });
  const files = serviceFiles(plan);
  await mkdir(folder, { recursive: true }).catch(failed(`cannot create ${folder}`));
  for (const [name, text] of files) {
    const path = join(folder, name);
    const mode = name.endsWith(".env") ? 0o600 : 0o644;
    await writeFile(path, text, { mode }).catch(failed(`cannot write ${path}`));
  }
  await systemctl.call("daemon-reload");
  await systemctl.call("enable", ...[...files.keys()].filter((name) => !name.endsWith(".env")));
  if (plan.socket !== null) await systemctl.call("start", unitName(plan.name, "socket"));
  await systemctl.call("start", "--no-block", unitName(plan.name, "service"));
}

/** Stops the service and takes its units away. @returns whether there was one. @throws UserError */
export async function remove(name: string, { folder, systemctl }: Installer): Promise<boolean> {
  const wanted = [unitName(name, "socket"), unitName(name, "service")]; // the socket first: a viewer must not start it again
  const present = await unitsIn(folder);
  const units = wanted.filter((unit) => present.includes(unit));
  if (units.length === 0) return false;
  await systemctl.call("disable", "--now", ...units);
  for (const file of [...units, unitName(name, "env")]) {
    const path = join(folder, file);
    await rm(path, { force: true }).catch(failed(`cannot remove ${path}`));
  }
  await systemctl.call("daemon-reload");
  await systemctl.attempt("reset-failed", ...units); // no trace in systemctl --failed
  return true;
}

const failed = (what: string) => (error: NodeJS.ErrnoException) => {
  const isRefused = ["EACCES", "EPERM", "EROFS"].includes(error.code ?? "");
  throw new UserError(isRefused ? "permission" : "failure", `${what}: ${error.message}`, { cause: error });
};

export async function installedNames(folder: string): Promise<readonly string[]> {
  return (await unitsIn(folder))
    .flatMap((unit) => /^flvcast-(.+)\.service$/.exec(unit)?.[1] ?? [])
    .toSorted();
}

async function unitsIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}

/** The first folder or file on the way to `path` that a user without any group may not pass or read; null where all may. */
export async function closedToOthers(path: string): Promise<string | null> {
  for (const step of [...waysTo(path), path]) {
    const found = await stat(step).catch(() => null);
    if (found === null) return step;
    const needed = found.isDirectory() ? 0o001 : 0o004;
    if ((found.mode & needed) === 0) return step;
  }
  return null;
}

function waysTo(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...waysTo(parent), parent];
}
