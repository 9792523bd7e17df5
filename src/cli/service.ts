import { join } from "node:path";
import { needsToken } from "../app/access.ts";
import { exitCodes, UserError } from "../errors.ts";
import { packageFile } from "../package-file.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import type { ServiceSettings } from "../settings/settings.ts";
import { serviceOptions } from "../settings/tool-options.ts";
import { homeOf } from "../system/folders.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import {
  closedToOthers,
  type Installer,
  install,
  installedNames,
  remove,
  serviceFiles,
} from "../systemd/installation.ts";
import { outcome } from "../systemd/outcome.ts";
import { type ServicePlan, socketOf, unitName } from "../systemd/service-unit.ts";
import { Systemctl } from "../systemd/systemctl.ts";
import type { Command, Io } from "./command.ts";
import { type Service, serviceServer, serviceStream } from "./service-stream.ts";

/** What these commands need of the machine, so that a test can play its part. */
export interface ServiceWorld {
  readonly machine: Pick<Machine, "run">;
  readonly isRoot: boolean;
  /** node's path and flvcast's. */
  readonly program: readonly [node: string, flvcast: string];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where units are. */
  readonly folders: { readonly system: string; readonly user: string };
}

const flags = Object.values(serviceOptions);
const { config: _, ...uninstallOptions } = serviceOptions;
const epilogue =
  "Everything after -- is passed to flvcast start; --config is for flvcast serve.\nSee docs/systemd.md.";

export const serviceInstall: Command = {
  usage: "flvcast service install [options] {-- DEVICE [options of start] | --config FILE}",
  description:
    "Starts a stream, or all streams of a file, now and at each boot, and restarts it if it fails.",
  flags,
  takesRest: true,
  examples: [
    [
      "sudo flvcast service install -- cam0 --host 0.0.0.0",
      "the first camera, for viewers on other machines",
    ],
    ["sudo flvcast service install --config /etc/flvcast/flvcast.yml", "every stream of a file"],
    ["flvcast service install --user -- screen", "without root, while you are logged in"],
  ],
  epilogue,
  run: (given, env, io, rest) => runInstall({ flags: given, rest }, io, thisWorld(env)),
};

export const servicePrint: Command = {
  usage: "flvcast service print [options] {-- DEVICE [options of start] | --config FILE}",
  description: "Prints the unit files without installing them.",
  flags,
  takesRest: true,
  examples: [["flvcast service print -- cam0", "for a system service"]],
  epilogue,
  run: (given, env, io, rest) => runPrint({ flags: given, rest }, io, thisWorld(env)),
};

export const serviceUninstall: Command = {
  usage: "flvcast service uninstall [options]",
  description: "Stops a service and removes it.",
  flags: Object.values(uninstallOptions),
  examples: [["sudo flvcast service uninstall --name cam0", "the service flvcast-cam0"]],
  epilogue: "--name is optional if only one is installed.",
  run: (given, env, io) => runUninstall(given, io, thisWorld(env)),
};

/** The options of `service …`, and the words behind `--`. */
interface Given {
  readonly flags: FlagTexts;
  readonly rest: readonly string[];
}

/** Installs, waits and prints the URL, or how many streams are up. Resolves to the exit code. @throws UserError */
export async function runInstall(given: Given, io: Io, world: ServiceWorld): Promise<number> {
  const settings = readSettings(serviceOptions, given.flags, {});
  const service = await serviceOf(settings, given.rest, world);
  const installer = installerFor(settings, world);
  refuseWithoutRights(settings, world);
  if (!settings.isUsers) await refuseUnreachable(world, service);
  const plan = await planFor(settings, service, world);
  await install(plan, installer);
  io.stderr.write(
    `flvcast: installed ${[...serviceFiles(plan).keys()].join(" and ")} in ${installer.folder}\n`,
  );
  const patienceMs = service.readyTimeoutMs + START_MS;
  const status = await outcome(installer.systemctl, unitName(plan.name, "service"), patienceMs);
  const url = /(?:on air|idle): (\S+)/.exec(status)?.[1];
  io.stdout.write(`${url ?? status}\n`);
  if (url !== undefined && URL.canParse(url) && needsToken(service.server, new URL(url).hostname))
    io.stderr.write(
      `flvcast: the stream needs a token; print the full URL with: flvcast url ${service.name}\n`,
    );
  if (service.isReloadable)
    io.stderr.write(
      `flvcast: URLs: flvcast url ${service.name}; after editing the file: systemctl ${settings.isUsers ? "--user " : ""}reload ${unitName(plan.name, "service")}\n`,
    );
  return exitCodes.ok;
}

/** node's start and a search for the encoder, on a slow board. */
const START_MS = 20_000;

/** Prints each unit with its path above. Resolves to the exit code. @throws UserError */
export async function runPrint(given: Given, io: Io, world: ServiceWorld): Promise<number> {
  const settings = readSettings(serviceOptions, given.flags, {});
  const plan = await planFor(settings, await serviceOf(settings, given.rest, world), world);
  const { folder } = installerFor(settings, world);
  const units = [...serviceFiles(plan)].map(([name, text]) => `# ${join(folder, name)}\n${text}`);
  io.stdout.write(units.join("\n"));
  return exitCodes.ok;
}

/** One stream, or all of a file. */
async function serviceOf(
  { config }: ServiceSettings,
  rest: readonly string[],
  { env }: ServiceWorld,
): Promise<Service> {
  if (config === null) return serviceStream(rest);
  if (rest.length > 0) throw usage("--config and a device after -- contradict each other: use one of them");
  return await serviceServer(config, env);
}

/** Stops and removes. Resolves to the exit code. @throws UserError */
export async function runUninstall(given: FlagTexts, io: Io, world: ServiceWorld): Promise<number> {
  const settings = readSettings(uninstallOptions, given, {});
  const installer = installerFor(settings, world);
  const name = settings.name ?? (await onlyName(installer.folder));
  refuseWithoutRights(settings, world);
  if (!(await remove(name, installer))) throw await notInstalled(unitName(name, "service"), installer.folder);
  io.stderr.write(`flvcast: removed ${unitName(name, "service")}\n`);
  return exitCodes.ok;
}

async function planFor(
  { isUsers, name }: ServiceSettings,
  { name: ownName, server, words, secrets, isReloadable }: Service,
  { machine, program, folders }: ServiceWorld,
): Promise<ServicePlan> {
  const scope = isUsers ? "user" : "system";
  const socket = socketOf(server.host, server.port);
  if (server.exitIdleMs !== null && socket === null)
    throw usage("--exit-idle needs a socket that starts the service again: use an IP address and a port");
  return {
    name: name ?? ownName,
    ...{ scope, folder: folders[scope], secrets, isReloadable },
    command: [...program, ...words],
    groups: await groupsHere(machine),
    socket,
    systemdVersion: await new Systemctl(machine, scope).version(),
  };
}

/** getent(1) prints those that there are, and fails if one is missing. */
async function groupsHere(machine: Pick<Machine, "run">): Promise<readonly string[]> {
  const wanted = ["video", "audio", "render"];
  const ran = await machine.run("getent", ["group", ...wanted], { timeoutMs: 10_000 });
  const found = (ran?.stdout ?? "").split("\n").map((line) => line.split(":")[0]);
  return wanted.filter((group) => found.includes(group));
}

function installerFor(
  { isUsers }: Pick<ServiceSettings, "isUsers">,
  { machine, folders }: ServiceWorld,
): Installer {
  const scope = isUsers ? "user" : "system";
  return { folder: folders[scope], systemctl: new Systemctl(machine, scope) };
}

function refuseWithoutRights({ isUsers }: Pick<ServiceSettings, "isUsers">, { isRoot }: ServiceWorld): void {
  if (isUsers || isRoot) return;
  throw new UserError("permission", "a system service needs root: use sudo, or add --user");
}

/** The service's user has no home and no groups but the devices'. */
async function refuseUnreachable({ program }: ServiceWorld, { file }: Service): Promise<void> {
  const closedFile = file === null ? null : await closedToOthers(file);
  if (closedFile !== null)
    throw new UserError(
      "permission",
      `the service's user cannot read ${file}, as others may not read ${closedFile}: chmod o+rX ${closedFile}, and keep ` +
        "passwords out of it (docs/systemd.md), or add --user",
    );
  for (const path of program) {
    const closed = await closedToOthers(path);
    if (closed === null) continue;
    throw new UserError(
      "permission",
      `other users cannot run ${path}, as they may not enter ${closed}: install it for all users, or add --user`,
    );
  }
}

async function onlyName(folder: string): Promise<string> {
  const names = await installedNames(folder);
  const [only] = names;
  if (only === undefined) throw await notInstalled("flvcast service", folder);
  if (names.length > 1)
    throw usage(`several services are installed; add --name with one of: ${names.join(", ")}`);
  return only;
}

async function notInstalled(what: string, folder: string): Promise<UserError> {
  const names = await installedNames(folder);
  const there = names.length === 0 ? "None is installed" : `Installed: ${names.join(", ")}`;
  return new UserError("notRunning", `no ${what} in ${folder}. ${there}`);
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}

function thisWorld(env: Readonly<Record<string, string | undefined>>): ServiceWorld {
  return {
    ...{ machine: thisMachine(env), env },
    isRoot: process.getuid?.() === 0,
    program: [process.execPath, packageFile("bin/flvcast.js")],
    folders: { system: "/etc/systemd/system", user: join(homeOf(env), ".config/systemd/user") },
  };
}
