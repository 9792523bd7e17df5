import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { shown } from "../settings/read-options.ts";
import type { Faults, Position } from "./faults.ts";

/** A value of the file, and where it stands. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

/** A single value as it is written, without its quotes; `refused` where it is among the faults already. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly type: "text" | "number" | "boolean" | "null" | "refused";
  readonly text: string;
  readonly at: Position;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ConfigNode[];
  readonly at: Position;
}

/** Its keys are all different, and in the file's order. */
export interface MapNode {
  readonly kind: "map";
  readonly entries: readonly Entry[];
  readonly at: Position;
}

export interface Entry {
  readonly key: string;
  readonly at: Position;
  readonly value: ConfigNode;
}

/** YAML 1.1's key for what other maps have. */
export const MERGE = "<<";

const START: Position = { line: 1, column: 1 };

/**
 * Reads YAML 1.2, of which JSON is a part, without what makes a value depend on other places: aliases, merge keys, tags and
 * further documents. null where it is no map, which is among the faults then.
 */
export function readDocument(text: string, faults: Faults): MapNode | null {
  const lines = new LineCounter();
  const document = isTooComplex(text) ? null : parsed(text, lines);
  if (document === null) return faults.add(START, "", "too complex for a configuration file");
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? START : { line, column: col };
  };
  const [error] = document.errors; // the others are mostly its consequences
  if (error !== undefined) {
    const place = at(error.pos[0]);
    return faults.add(place, "", syntaxFault(error.code, text.split("\n")[place.line - 1] ?? ""));
  }
  const node = new NodeReader(faults, at).node(document.contents, START, "");
  if (node.kind === "map") return node;
  const isEmpty = node.kind === "scalar" && node.type === "null";
  faults.add(node.at, "", isEmpty ? "the file is empty: add streams" : "not a map of keys and values");
  return null;
}

const MAX_DEPTH = 100;
/** A thousand streams of ten keys have some 60,000; what is wrong with millions takes minutes to find out. */
const MAX_LEXEMES = 100_000;

function isTooComplex(text: string): boolean {
  let lexemes = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexeme === "[" || lexeme === "{") depth += 1;
    else if (lexeme === "]" || lexeme === "}") depth -= 1;
    if (lexemes > MAX_LEXEMES || depth > MAX_DEPTH) return true;
  }
  return false;
}

/** null where its levels are more than the stack holds. */
function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | null {
  try {
    return parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const NOT_YAML = "not valid YAML";

function syntaxFault(code: string, line: string): string {
  const fault = syntaxFaults[code] ?? NOT_YAML;
  return /[[{,].*\$\{/.test(line) ? `${fault}; inside brackets, put $\{NAME} in quotes` : fault;
}

/** By the codes of `yaml`, whose own messages quote the text, which may hold secrets. */
const syntaxFaults: Partial<Record<string, string>> = {
  ALIAS_PROPS: `${NOT_YAML}: aliases are not supported`,
  BAD_ALIAS: `${NOT_YAML}: put text that begins with * in quotes`,
  BAD_DQ_ESCAPE: `${NOT_YAML}: unknown escape in double quotes; use single quotes`,
  BAD_INDENT: `${NOT_YAML}: the indentation does not match the lines above, or a bracket is not closed`,
  BAD_SCALAR_START: `${NOT_YAML}: put text that begins with @, \` or % in quotes`,
  BLOCK_AS_IMPLICIT_KEY: `${NOT_YAML}: a second ": " in one line; put the value in quotes`,
  BLOCK_IN_FLOW: `${NOT_YAML}: inside brackets, use only brackets`,
  KEY_OVER_1024_CHARS: `${NOT_YAML}: a key is too long`,
  MISSING_CHAR: `${NOT_YAML}: a quote, bracket, comma or the space after a colon is missing`,
  MULTILINE_IMPLICIT_KEY: `${NOT_YAML}: a key without its colon, or a quote that does not end`,
  MULTIPLE_DOCS: "a second document begins here: use one file for each server",
  TAB_AS_INDENT: `${NOT_YAML}: indent with spaces, not tabs`,
};

/** Takes `yaml`'s nodes apart. Nothing is resolved, so what is read is never larger than what is written. */
class NodeReader {
  readonly #faults: Faults;
  readonly #at: (offset: number) => Position;

  constructor(faults: Faults, at: (offset: number) => Position) {
    this.#faults = faults;
    this.#at = at;
  }

  node(node: unknown, before: Position, path: string): ConfigNode {
    if (isAlias(node)) return this.#refused(before, path, "aliases are not supported: use defaults");
    if (!isMap(node) && !isSeq(node) && !isScalar(node))
      return { kind: "scalar", type: "null", text: "", at: before };
    const at = node.range ? this.#at(node.range[0]) : before;
    if (node.tag !== undefined) return this.#refused(at, path, "tags and includes are not supported");
    if (isMap(node)) return { kind: "map", entries: this.#entries(node, at, path), at };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.node(item, at, `${path}[${index}]`));
      return { kind: "list", items, at };
    }
    return { kind: "scalar", ...scalar(node.value, node.source), at };
  }

  #entries(map: YAMLMap, at: Position, path: string): readonly Entry[] {
    const first = new Map<string, Position>();
    return map.items.flatMap((pair) => {
      const entry = this.#entry(pair, at, path);
      if (entry === null) return [];
      const before = first.get(entry.key);
      first.set(entry.key, before ?? entry.at);
      if (before === undefined) return entry;
      this.#faults.add(entry.at, joined(path, entry.key), `already given in line ${before.line}`);
      return [];
    });
  }

  #entry({ key, value }: Pair, before: Position, path: string): Entry | null {
    const at = isScalar(key) && key.range ? this.#at(key.range[0]) : before;
    if (!isScalar(key) || key.value === null) {
      this.#faults.add(at, path, "a key must be a word");
      return null;
    }
    const { text } = scalar(key.value, key.source);
    // A merge key is an unknown key, whatever it is to merge.
    const read = text === MERGE ? refused(at) : this.node(value, at, joined(path, text));
    return { key: text, at, value: read };
  }

  #refused(at: Position, path: string, message: string): ConfigNode {
    this.#faults.add(at, path, message);
    return refused(at);
  }
}

const refused = (at: Position): ScalarNode => ({ kind: "scalar", type: "refused", text: "", at });

/** A number keeps its digits: 010 may be a part of a name. */
function scalar(value: unknown, source: string | undefined): Pick<ScalarNode, "type" | "text"> {
  if (value === null) return { type: "null", text: "" };
  if (typeof value === "string") return { type: "text", text: value };
  return { type: typeof value === "boolean" ? "boolean" : "number", text: source ?? JSON.stringify(value) };
}

/** `streams.door`; a key as messages show it. */
export function joined(path: string, key: string): string {
  return path === "" ? shown(key) : `${path}.${shown(key)}`;
}
