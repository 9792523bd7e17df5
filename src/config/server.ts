import { parseDeviceSpec } from "../devices/spec.ts";
import { refuseConflicts, type Spelling } from "../settings/conflicts.ts";
import type { AnyPublishedValues } from "../settings/publish-options.ts";
import { type Environment, type FlagTexts, fallbacksOf, readGiven } from "../settings/read-options.ts";
import { serverSettings, whereToListen } from "../settings/resolve.ts";
import type { PublishedSettings } from "../settings/serve-settings.ts";
import { type ServerValues, serverFlags, serverOptions } from "../settings/server-options.ts";
import type { ServerSettings, StartValues } from "../settings/settings.ts";
import { fileConflict, spellingOf, valuesOf } from "./conflict.ts";
import { serverKeys } from "./keys.ts";
import type { Given, ReadContext } from "./values.ts";

/** What flags and variables say; they take precedence over the file. */
export interface OutsideValues {
  readonly given: Partial<StartValues & AnyPublishedValues>;
  /** `--port`, `FLVCAST_PORT` */
  readonly spelling: Spelling;
}

/** The server as it is to be, and what of its file it is made from. */
export interface CompleteServer {
  readonly settings: ServerSettings;
  readonly maxViewers: number;
  /** null: only streams of the file are published. */
  readonly published: Pick<PublishedSettings, "key" | "max"> | null;
  readonly given: Given;
}

/** @throws UserError of reason `usage` where they contradict each other */
export function outsideValues(flags: FlagTexts, env: Environment): OutsideValues {
  const { given, spelling } = readGiven(serverFlags, flags, env);
  refuseConflicts(anyDevice, withoutPair(given), spelling);
  const { listen, ...others } = spelling;
  if (listen === undefined) return { given, spelling };
  const places = Object.fromEntries(Object.keys(whereToListen(given)).map((key) => [key, listen]));
  return { given: { ...given, ...whereToListen(given) }, spelling: { ...others, ...places } };
}

/** Conflicts of the server have nothing to do with what it streams. */
const anyDevice = parseDeviceSpec("test");

/** null where its settings contradict each other, which is among the faults. */
export function completeServer(
  given: Given,
  outside: OutsideValues,
  { faults }: ReadContext,
): CompleteServer | null {
  const spelling = spellingOf(serverKeys);
  const used = withoutListen(withoutToken(given, outside));
  const values = { ...valuesOf(used), ...outside.given };
  const conflict =
    fileConflict(anyDevice, withoutPair(valuesOf(given)), spelling) ??
    fileConflict(anyDevice, { ...withoutKey(values), listen: null }, { ...spelling, ...outside.spelling });
  if (conflict !== null) {
    const [named] = conflict.keys.flatMap((key) => given.get(key) ?? []);
    return faults.add(named?.at ?? { line: 1, column: 1 }, "", conflict.message);
  }
  const complete = { ...fallbacksOf(serverOptions), ...values } as ServerValues; // every one of them has a fallback
  const { maxViewers, publishKey: key, maxPublished: max } = complete;
  return {
    settings: serverSettings(complete),
    maxViewers,
    published: takesAny(values) ? { key, max } : null,
    given: used,
  };
}

/** Whether streams may be published that no file has: as it is said, or else where there is a key for that. */
export function takesAny({ publish, publishKey }: Partial<StartValues & AnyPublishedValues>): boolean {
  return publish === "any" || (publish === undefined && publishKey != null);
}

/** A certificate may stand in one place, and its key in another. */
function withoutPair(values: Partial<StartValues>): Partial<StartValues> {
  const { tlsCert: _, tlsKey: __, ...others } = withoutKey(values);
  return others;
}

/** Here, the key of publishers is for streams that have no device yet. */
function withoutKey(values: Partial<StartValues>): Partial<StartValues> {
  const { publishKey: _, ...others } = values;
  return others;
}

/** The address and the port for what is short for them. */
function withoutListen(given: Given): Given {
  const listen = given.get("listen");
  if (listen === undefined) return given;
  const places = Object.entries(whereToListen(valuesOf(given)));
  const others = [...given].filter(([setting]) => setting !== "listen");
  return new Map([...others, ...places.map(([setting, value]) => [setting, { ...listen, value }] as const)]);
}

/** A token from elsewhere stands for either way to give one. */
function withoutToken(given: Given, { given: { token, tokenFile } }: OutsideValues): Given {
  if (token == null && tokenFile == null) return given;
  return new Map([...given].filter(([setting]) => setting !== "token" && setting !== "tokenFile"));
}
