import { type PushValues, pushDefaults, pushTargets } from "../settings/push-options.ts";
import type { ConfigNode } from "./document.ts";
import { pushKeys } from "./keys.ts";
import { type Reader, readSection } from "./section.ts";
import { type Given, type ReadContext, readValue } from "./values.ts";

/** Where a stream is sent: a URL, a map with one, or a list of those. null where something is among the faults. */
export const readPush: Reader = (node, path, context) => {
  const { faults } = context;
  const items = node.kind === "list" ? node.items : [node];
  const before = faults.count;
  const targets = items.flatMap((item, index) => {
    const given = readTarget(item, node.kind === "list" ? `${path}[${index}]` : path, context);
    return given === null ? [] : [given];
  });
  if (faults.count > before || targets.length < items.length) return null;
  const value = pushTargets(targets.map(valuesOf));
  if (typeof value === "string") return faults.add(node.at, path, value);
  const all = targets.flatMap((given) => [...given.values()]);
  return {
    ...{ value, at: node.at, path },
    shown: value.map(({ shown }) => shown).join(","),
    flow: `[${targets.map((given, index) => flowOf(given, value[index]?.shown ?? "")).join(", ")}]`,
    isReferred: all.some(({ isReferred }) => isReferred),
    isLiteralSecret: all.some(({ isLiteralSecret }) => isLiteralSecret),
  };
};

function readTarget(node: ConfigNode, path: string, context: ReadContext): Given | null {
  const { faults } = context;
  if (node.kind === "map") {
    const before = faults.count;
    const given = readSection(node, { path, place: "push", table: pushKeys }, context);
    if (given.has("url")) return given;
    return faults.count > before
      ? null
      : faults.add(node.at, path, "has no url: add one, e.g. url: rtmp://host/live/KEY");
  }
  const [key] = pushKeys.values();
  if (key === undefined) return null;
  const url = readValue(key, node, path, context);
  return url === null ? null : new Map([[key.setting, url]]);
}

/** Each value came from its own option, and the URL is there. */
function valuesOf(given: Given): PushValues {
  return {
    ...pushDefaults,
    ...Object.fromEntries([...given].map(([key, { value }]) => [key, value])),
  } as PushValues;
}

/** `{ url: "rtmp://host/live/…", audio: "silent" }` */
function flowOf(given: Given, shownUrl: string): string {
  const keys = [...pushKeys].flatMap(([name, { setting }]) => {
    const found = given.get(setting);
    if (found === undefined) return [];
    const text = setting === "url" ? shownUrl : found.shown;
    return [[name, JSON.stringify(text)] as const];
  });
  const [[, only] = ["", ""], ...more] = keys;
  return more.length === 0 ? only : `{ ${keys.map(([name, text]) => `${name}: ${text}`).join(", ")} }`;
}
