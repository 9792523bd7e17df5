import { eventOptions } from "../settings/event-options.ts";
import type { Option } from "../settings/option.ts";
import { pushTargetOptions } from "../settings/push-options.ts";
import { serverOptions } from "../settings/server-options.ts";
import { commandKeys, startOptions } from "../settings/start-options.ts";

/** A key of the file: an option under its flag's name, and what the settings call it. */
export interface Key {
  readonly setting: string;
  readonly option: Option<unknown>;
  /** Of a stream: who may watch it. */
  readonly isAccess?: true;
}

/** The keys of one place in the file, by their names. */
export type KeyTable = ReadonlyMap<string, Key>;

/** What only the command line has, and what a server decides itself, each with the reason. */
export const notInFile: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(commandKeys).map((setting) => [flagOf(setting), "only a flag, not a key of this file"]),
  ),
  wait: "not needed: a server always waits for its devices",
  "exit-on-device-error": "not possible: a server always restarts its inputs",
  duration: "not possible: a stream runs until it is removed from the file",
};

/** At the top, beside `name`, `defaults`, `streams` and `events`. */
export const serverKeys: KeyTable = tableOf(serverOptions);

/** Who may watch one stream beside those who have the server's token. */
const accessOfStream: Readonly<Record<string, string>> = {
  auth: "none lets everyone watch this stream",
  token: "token that opens this stream and no other",
  tokenFile: "read that token from this file",
};

/** Of the server, and of a stream. */
const ofBoth = ["max-viewers", "publish-key"];

/** Of a stream, and of `defaults`. */
export const streamKeys: KeyTable = new Map(
  [...tableOf(startOptions)].flatMap(([name, key]): readonly (readonly [string, Key])[] => {
    const help = accessOfStream[key.setting];
    if (help !== undefined) {
      const { fallbackText: _, ...option } = key.option;
      return [[name, { ...key, isAccess: true, option: { ...option, help } }]];
    }
    const isElsewhere =
      name === "name" || Object.hasOwn(notInFile, name) || (!ofBoth.includes(name) && serverKeys.has(name));
    return isElsewhere ? [] : [[name, key]];
  }),
);

/** Of `published`: what is captured is no question, and the key of all of them stands at the top. */
export const publishedKeys: KeyTable = new Map(
  [...streamKeys].filter(([name]) => name !== "device" && name !== "publish-key"),
);

/** Of a rule under `events`. */
export const eventKeys: KeyTable = tableOf(eventOptions);

/** Of a target under `push`. */
export const pushKeys: KeyTable = tableOf(pushTargetOptions);

/**
 * Keys that may also be given as a map, and what is in it by the names that it has beside them: `on-demand: { linger: 30s }`,
 * which is on then, and `record: { folder: /srv, keep: 7d }`.
 */
export const keysInside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "on-demand": { linger: "linger" },
  record: {
    folder: "record",
    ...Object.fromEntries(
      [...streamKeys.keys()].flatMap((name) =>
        name.startsWith("record-") ? [[name.slice("record-".length), name] as const] : [],
      ),
    ),
  },
};

/** The keys of such a map; null where it is no map. */
export function insideOf(name: string, table: KeyTable): KeyTable | null {
  if (!Object.hasOwn(keysInside, name)) return null;
  const inside = Object.entries(keysInside[name] ?? {});
  return new Map(
    inside.flatMap(([own, flat]) => {
      const key = table.get(flat);
      return key === undefined ? [] : [[own, key] as const];
    }),
  );
}

function tableOf(options: Readonly<Record<string, Option<unknown>>>): KeyTable {
  return new Map(Object.entries(options).map(([setting, option]) => [option.flag, { setting, option }]));
}

function flagOf(setting: string): string {
  const options: Readonly<Record<string, Option<unknown>>> = startOptions;
  return options[setting]?.flag ?? setting;
}
