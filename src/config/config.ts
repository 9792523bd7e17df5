import { parse as parsePath } from "node:path";
import { fittedName } from "../settings/default-name.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { type MapNode, readDocument } from "./document.ts";
import { type ReadRule, readEvents } from "./events.ts";
import { Faults, type Position } from "./faults.ts";
import { serverKeys } from "./keys.ts";
import { expand, type SecretSources } from "./secrets.ts";
import { entryOf, mapOf, nameOf, readSection } from "./section.ts";
import { type CompleteServer, completeServer, type OutsideValues, outsideValues } from "./server.ts";
import {
  type ReadPublished,
  type ReadStream,
  readPublished,
  readStreamKeys,
  readStreams,
  type Shared,
} from "./streams.ts";
import type { Given, ReadContext } from "./values.ts";

export interface ConfigContext extends SecretSources {
  /** The command line's, which take precedence. */
  readonly flags: FlagTexts;
}

export interface Config {
  readonly settings: ServeSettings;
  readonly layers: ConfigLayers;
}

/** Who says what, for those who ask where a value comes from. */
export interface ConfigLayers {
  readonly outside: OutsideValues;
  /** null: the file does not say, and its own name is taken. */
  readonly name: Position | null;
  readonly server: Given;
  readonly defaults: Given;
  readonly streams: readonly ReadStream[];
  /** null: there are none but those of the file. */
  readonly published: ReadPublished | null;
  readonly events: readonly ReadRule[];
}

/** The keys at the top that are no options. */
const sections = ["name", "defaults", "streams", "published", "events"];

/**
 * Reads a configuration file's text. It looks at nothing but what `context` gives it.
 *
 * @param path as messages show it
 * @throws UserError of reason `usage`, with a line for everything that is wrong
 */
export function parseConfig(text: string, path: string, context: ConfigContext): Config {
  const outside = outsideValues(context.flags, context.env);
  const faults = new Faults(path);
  const reading: ReadContext = { faults, sources: context };
  const root = readDocument(text, faults);
  const config = root === null ? null : readRoot(root, path, outside, reading);
  faults.throwIfAny();
  if (config === null) throw new Error("a configuration is missing, and nothing says why");
  return config;
}

/** null where something is among the faults. */
function readRoot(root: MapNode, path: string, outside: OutsideValues, context: ReadContext): Config | null {
  const server = readSection(root, { path: "", place: "top", table: serverKeys, others: sections }, context);
  const serverName = readName(root, path, context);
  const defaultsMap = mapOf(entryOf(root, "defaults")?.value, "defaults", context);
  const defaults: Given = defaultsMap === null ? new Map() : readStreamKeys(defaultsMap, "defaults", context);
  const complete = completeServer(server, outside, context);
  const published = readAnyPublished(root, complete, outside, context);
  const mayBeEmpty = complete === null || complete.published !== null;
  const streams = readAllStreams(root, { defaults, outside: outside.given, mayBeEmpty }, context);
  const events = readEvents(entryOf(root, "events")?.value, context);
  if (complete === null || serverName === null) return null;
  refuseSameName(streams, serverName, root, context);
  refuseSameTargets(streams, context);
  if (complete.settings.auth === "none") refuseTokens(streams, context);
  return {
    settings: {
      ...{ server: complete.settings, serverName, maxViewers: complete.maxViewers },
      streams: streams.map(({ stream }) => stream),
      events: events.map(({ rule }) => rule),
      published: published?.settings ?? null,
    },
    layers: {
      ...{ outside, name: entryOf(root, "name")?.at ?? null, server: complete.given },
      ...{ defaults, streams, published, events },
    },
  };
}

function readName(root: MapNode, path: string, { faults, sources }: ReadContext): string | null {
  const entry = entryOf(root, "name");
  if (entry === undefined) return fittedName(parsePath(path).name);
  const { value } = entry;
  if (value.kind === "scalar" && value.type === "refused") return null;
  if (value.kind !== "scalar" || value.type === "null")
    return faults.add(value.at, "name", "is not a name: use a word");
  const expanded = expand(value.text, sources);
  if (expanded.fault !== null) return faults.add(value.at, "name", expanded.fault);
  const named = nameOf(expanded.text);
  return "name" in named ? named.name : faults.add(value.at, "name", named.fault);
}

/** null where nobody may publish any. */
function readAnyPublished(
  root: MapNode,
  server: CompleteServer | null,
  { given: outside }: OutsideValues,
  context: ReadContext,
): ReadPublished | null {
  const entry = entryOf(root, "published");
  if (server === null) return null;
  if (server.published !== null) return readPublished(entry, server.published, { outside, context });
  if (entry !== undefined)
    context.faults.add(entry.at, "published", "works only with publish: any; add that, or remove it");
  return null;
}

function readAllStreams(
  root: MapNode,
  { mayBeEmpty, ...shared }: Shared & { readonly mayBeEmpty: boolean },
  context: ReadContext,
): readonly ReadStream[] {
  const entry = entryOf(root, "streams");
  const map = mapOf(entry?.value, "streams", context);
  if (map === null) return [];
  // One that has another name is among the faults already.
  if (map.entries.length === 0 && !mayBeEmpty && (entry !== undefined || context.faults.count === 0))
    context.faults.add(entry?.at ?? map.at, "streams", "is missing: add a stream, e.g. door: cam0");
  return readStreams(map, shared, context);
}

/** Commands take either name. */
function refuseSameName(
  streams: readonly ReadStream[],
  serverName: string,
  root: MapNode,
  { faults }: ReadContext,
): void {
  const same = streams.find(({ stream }) => stream.channel.name === serverName);
  if (same === undefined) return;
  const ofFile = entryOf(root, "name") === undefined ? " after its file" : "";
  faults.add(
    same.entry.at,
    `streams.${serverName}`,
    `the server is called ${serverName}${ofFile}, too; set name to something else`,
  );
}

/** A server takes one stream under a key. */
function refuseSameTargets(streams: readonly ReadStream[], { faults }: ReadContext): void {
  const first = new Map<string, string>();
  for (const { stream, entry, used } of streams)
    for (const { url, shown } of stream.channel.push) {
      const before = first.get(url);
      first.set(url, before ?? entry.key);
      if (before === undefined) continue;
      const { at, path } = used.get("push") ?? { at: entry.at, path: `streams.${entry.key}` };
      faults.add(
        at,
        path,
        `${entry.key} and ${before} are both pushed to ${shown}: give each its own stream key`,
      );
    }
}

function refuseTokens(streams: readonly ReadStream[], { faults }: ReadContext): void {
  for (const { stream, entry } of streams) {
    if (stream.access?.auth === "token")
      faults.add(
        entry.at,
        `streams.${entry.key}`,
        "its token protects nothing: the server has auth none; give the open streams auth none instead",
      );
  }
}
