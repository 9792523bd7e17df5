import { isAbsolute, resolve } from "node:path";
import { shownArgument } from "../devices/redact.ts";
import { parseAudioSpec, parseDeviceSpec } from "../devices/spec.ts";
import type { Option } from "../settings/option.ts";
import { UnacceptableError } from "../settings/parse.ts";
import { shown, textFault } from "../settings/read-options.ts";
import type { ConfigNode } from "./document.ts";
import type { Faults, Position } from "./faults.ts";
import type { Key } from "./keys.ts";
import { expand, type SecretSources, withoutDefaults } from "./secrets.ts";

/** A value of the file, parsed and checked. */
export interface GivenValue {
  readonly value: unknown;
  /** It is made with references: what they came to is shown nowhere. */
  readonly isReferred: boolean;
  /** As it may be shown; references as the file has them. */
  readonly shown: string;
  /** The same as YAML has it, where it is no single value. */
  readonly flow?: string;
  /** A secret that stands in the file itself. */
  readonly isLiteralSecret: boolean;
  readonly at: Position;
  /** Its key, from the top: `defaults.fps`. */
  readonly path: string;
}

/** A place's values, by what the settings call them. */
export type Given = ReadonlyMap<string, GivenValue>;

export interface ReadContext {
  readonly faults: Faults;
  readonly sources: SecretSources;
}

/** What stands for a value that is not shown. */
const HIDDEN = "…";

/** Reads an option's value. null where it is among the faults. */
export function readValue(key: Key, node: ConfigNode, path: string, context: ReadContext): GivenValue | null {
  const { faults, sources } = context;
  const { option } = key;
  if (node.kind === "list" && option.isList && node.items.length === 0)
    return { ...plain, value: option.fallback, shown: "", at: node.at, path };
  const raw = rawText(option, node, path, faults);
  if (raw === null) return null;
  const expanded = expand(raw, sources);
  if (expanded.fault !== null) return faults.add(node.at, path, expanded.fault);
  const { text, isReferred } = expanded;
  const masked = isReferred ? withoutDefaults(raw) : text;
  const parsed = parsedText(option, text, masked);
  if (typeof parsed === "string") return faults.add(node.at, path, parsed);
  const value = typeof parsed.value === "string" ? placed(key, parsed.value, sources.folder) : parsed.value;
  const isSecret = option.isSecret === true;
  return {
    ...{ value, isReferred, at: node.at, path },
    shown: isSecret ? HIDDEN : shownArgument(typeof value === "string" && !isReferred ? value : masked),
    isLiteralSecret: !isReferred && (isSecret || hasPassword(text)),
  };
}

/** A value that tells nothing secret. */
export const plain = { isReferred: false, isLiteralSecret: false } as const;

function rawText(option: Option<unknown>, node: ConfigNode, path: string, faults: Faults): string | null {
  const use = `use ${option.metavar ?? "true or false"}`;
  if (node.kind === "list" && option.isList) {
    const items = node.items.map((item, index) => rawText(option, item, `${path}[${index}]`, faults));
    return items.every((item) => item !== null) ? items.join(",") : null;
  }
  if (node.kind !== "scalar") return faults.add(node.at, path, `is a ${node.kind}: ${use}`);
  if (node.type === "refused") return null;
  if (node.type === "null" || node.text === "")
    return faults.add(node.at, path, `is empty: ${use}, or remove it`);
  if (node.type === "boolean" && option.metavar !== null)
    return faults.add(node.at, path, `${node.text} is not a value of this key: ${use}`);
  return node.text;
}

/** The value, or why it is none. @param masked what may be shown of it */
function parsedText(
  option: Option<unknown>,
  text: string,
  masked: string,
): { readonly value: unknown } | string {
  const fault = textFault(text);
  if (fault !== null) return option.isSecret && masked === text ? fault : `${shown(masked)} ${fault}`;
  try {
    return { value: option.parse(text) };
  } catch (error) {
    if (!(error instanceof UnacceptableError)) throw error;
    const { message, example } = error;
    if (option.isSecret) return message;
    const isSaid = masked !== text || message.includes(example);
    return `${shown(masked)} ${message}${isSaid ? "" : `, e.g. ${example}`}`;
  }
}

/** A relative path becomes one below the file's folder. What may be a misspelled URL stays as it is, to be recognized as one. */
function placed({ setting, option: { path } }: Key, text: string, folder: string): string {
  const isPath =
    path === "file" ||
    (path === "program" && /[/\\]/.test(text)) ||
    (path === "input" && !/:\/\//.test(text) && shownArgument(text) === text && looksLikePath(setting, text));
  return isPath && !isAbsolute(text) ? resolve(folder, text) : text;
}

function looksLikePath(setting: string, text: string): boolean {
  const spec = setting === "audio" ? parseAudioSpec(text) : parseDeviceSpec(text);
  return typeof spec === "object" && spec?.kind === "file" && spec.looksLikePath;
}

/** Whether a password stands in a URL: before its host, or as a parameter that is called so. */
export function hasPassword(text: string): boolean {
  return /:\/\/[^/?#]*@|[?&;_](\w*(pass|pwd|token|key|secret|auth)\w*)=/i.test(text);
}
