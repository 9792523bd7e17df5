import { parseName, UnacceptableError } from "../settings/parse.ts";
import { shown } from "../settings/read-options.ts";
import { type ConfigNode, type Entry, joined, type MapNode } from "./document.ts";
import { type Place, unknownKey } from "./hints.ts";
import { insideOf, type KeyTable } from "./keys.ts";
import { type Given, type GivenValue, plain, type ReadContext, readValue } from "./values.ts";

/** Reads what a place gives of a table's keys. @param others keys that are read elsewhere */
export function readSection(
  { entries }: MapNode,
  { path, place, table, others = [], readers = {} }: Section,
  context: ReadContext,
): Given {
  const given = new Map<string, GivenValue>();
  const add = (setting: string, value: GivenValue) => {
    const before = given.get(setting);
    if (before === undefined) given.set(setting, value);
    else
      context.faults.add(value.at, value.path, `already given in line ${before.at.line}, as ${before.path}`);
  };
  for (const { key: name, at, value } of entries) {
    const key = table.get(name);
    const keyPath = joined(path, name);
    const inside = value.kind === "map" ? insideOf(name, table) : null;
    if (key === undefined) {
      if (others.includes(name)) continue;
      // To guess what was meant takes time, and nobody reads thousands of guesses.
      const isOneOfMany = context.faults.count > MAX_GUESSES;
      const known = isOneOfMany ? [] : [...table.keys(), ...others];
      context.faults.add(at, keyPath, unknownKey(name, place, known));
    } else if (value.kind === "map" && inside !== null) {
      if (key.option.metavar === null)
        add(key.setting, { ...plain, value: true, shown: "true", at, path: keyPath });
      const placeInside = name === "record" ? "record" : place;
      const section = { path: keyPath, place: placeInside, table: inside } as const;
      for (const pair of readSection(value, section, context)) add(...pair);
    } else {
      const read = readers[key.setting] ?? ((...of) => readValue(key, ...of));
      const found = read(value, keyPath, context);
      if (found !== null) add(key.setting, found);
    }
  }
  return given;
}

const MAX_GUESSES = 200;

interface Section {
  readonly path: string;
  readonly place: Place;
  readonly table: KeyTable;
  readonly others?: readonly string[];
  /** Of keys, by what the settings call them, that are no single value nor a list of such. */
  readonly readers?: Readonly<Partial<Record<string, Reader>>>;
}

/** Reads a key's value. null where it is among the faults. */
export type Reader = (node: ConfigNode, path: string, context: ReadContext) => GivenValue | null;

export function entryOf({ entries }: MapNode, name: string): Entry | undefined {
  return entries.find(({ key }) => key === name);
}

/** A map that may be left out, or have nothing in it. null where it is another thing, which is a fault. */
export function mapOf(node: ConfigNode | undefined, path: string, { faults }: ReadContext): MapNode | null {
  if (node === undefined || (node.kind === "scalar" && node.type === "null"))
    return { kind: "map", entries: [], at: node?.at ?? { line: 1, column: 1 } };
  if (node.kind === "map") return node;
  if (node.kind === "scalar" && node.type === "refused") return null;
  return faults.add(node.at, path, `is not a map: write ${path}: { … }, or indented keys below it`);
}

/** A stream's or the server's name; null where it cannot be one. */
export function nameOf(text: string): { readonly name: string } | { readonly fault: string } {
  try {
    return { name: parseName(text) };
  } catch (error) {
    if (!(error instanceof UnacceptableError)) throw error;
    return { fault: `${shown(text)} ${error.message}, e.g. ${error.example}` };
  }
}
