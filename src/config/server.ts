import { parseDeviceSpec } from "../devices/spec.ts";
import { refuseConflicts } from "../settings/conflicts.ts";
import { type Environment, type FlagTexts, fallbacksOf, readGiven } from "../settings/read-options.ts";
import { serverSettings, whereToListen } from "../settings/resolve.ts";
import { type ServerValues, serverOptions } from "../settings/server-options.ts";
import type { ServerSettings } from "../settings/settings.ts";
import { fileConflict, spellingOf, valuesOf } from "./conflict.ts";
import { serverKeys } from "./keys.ts";
import type { Given, ReadContext } from "./values.ts";

/** What flags and variables say of the server; they take precedence over its file. */
export type OutsideValues = ReturnType<typeof outsideValues>;

/** @throws UserError of reason `usage` where they contradict each other */
export function outsideValues(flags: FlagTexts, env: Environment) {
  const { given, spelling } = readGiven(serverOptions, flags, env);
  refuseConflicts(anyDevice, withoutPair(given), spelling);
  return { given, spelling };
}

/** Conflicts of the server have nothing to do with what it streams. */
const anyDevice = parseDeviceSpec("test");

/** The server's settings; null where they contradict each other, which is among the faults. */
export function completeServer(
  given: Given,
  { given: outside, spelling }: OutsideValues,
  { faults }: ReadContext,
): (ServerSettings & Pick<ServerValues, "maxViewers">) | null {
  const ofFile: Partial<ServerValues> = valuesOf(given);
  const values = { ...flattened(withoutToken(ofFile, outside)), ...flattened(outside) };
  const words = spellingOf(serverKeys);
  const conflict =
    fileConflict(anyDevice, withoutPair(ofFile), words) ??
    fileConflict(anyDevice, values, { ...words, ...spelling });
  if (conflict !== null) {
    const [named] = conflict.keys.flatMap((key) => given.get(key) ?? []);
    return faults.add(named?.at ?? { line: 1, column: 1 }, "", conflict.message);
  }
  const complete = { ...fallbacksOf(serverOptions), ...values } as ServerValues; // every one of them has a fallback
  return { ...serverSettings(complete), maxViewers: complete.maxViewers };
}

/** A certificate may stand in one place, and its key in another. */
function withoutPair(values: Partial<ServerValues>): Partial<ServerValues> {
  const { tlsCert: _, tlsKey: __, ...others } = values;
  return others;
}

/** The address and the port for what is short for them. */
function flattened({ listen, ...values }: Partial<ServerValues>): Partial<ServerValues> {
  return { ...values, ...whereToListen({ ...values, ...(listen ? { listen } : {}) }) };
}

/** A token that comes from elsewhere stands for either way to give one. */
function withoutToken(
  { token, tokenFile, ...values }: Partial<ServerValues>,
  outside: Partial<ServerValues>,
): Partial<ServerValues> {
  if (outside.token != null || outside.tokenFile != null) return values;
  return {
    ...values,
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}
