import { isAbsolute, join } from "node:path";
import type { Environment } from "../settings/read-options.ts";

/** Where the values come from that do not stand in the file itself. */
export interface SecretSources {
  readonly env: Environment;
  /** Against which the paths of `${file:…}` are taken. */
  readonly folder: string;
  /** A small file's text. Throws what node does, with its `code`. */
  readonly readFile: (path: string) => string;
}

/** A text with its references replaced, or why that cannot be. */
export type Expanded =
  | { readonly text: string; readonly isReferred: boolean; readonly fault: null }
  | { readonly fault: string };

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
/** Names of variables, and of systemd's credentials. */
const NAMED = /^([A-Za-z_][A-Za-z0-9_.-]*)(?::(.*))?$/s;

/** Replaces `${NAME}`, `${NAME:default}` and `${file:/path}`; `$${` is `${` itself. What comes from one is not read again. */
export function expand(text: string, sources: SecretSources): Expanded {
  let isReferred = false;
  let fault: string | null = null;
  const expanded = text.replace(REFERENCE, (reference, inner: string | undefined) => {
    if (reference === "$${") return "${";
    isReferred = true;
    const found = inner === undefined ? unclosed : lookUp(inner, sources);
    fault ??= found.fault;
    return found.text;
  });
  return fault === null ? { text: expanded, isReferred, fault } : { fault };
}

/** A text as it may be shown: a default may be a secret, too. */
export function withoutDefaults(text: string): string {
  return text.replace(REFERENCE, (reference, inner: string | undefined) =>
    inner === undefined || inner.startsWith("file:") ? reference : `\${${inner.replace(/:.*$/s, "")}}`,
  );
}

interface Found {
  readonly text: string;
  readonly fault: string | null;
}

const failed = (fault: string): Found => ({ text: "", fault });
const unclosed = failed("${ without its }; write $${ for ${ itself");

function lookUp(inner: string, sources: SecretSources): Found {
  const path = /^file:(.+)$/s.exec(inner)?.[1];
  if (path !== undefined) return ofFile(path, sources);
  const [, name, fallback] = NAMED.exec(inner) ?? [];
  if (name === undefined) return failed("a reference is ${NAME}, ${NAME:default} or ${file:/path}");
  if (fallback?.startsWith("-")) return failed(`a default follows the colon: \${${name}:default}, without -`);
  const text = credential(name, sources) ?? (sources.env[name] || fallback);
  return text === undefined ? failed(`\${${name}} is not set, and has no default`) : { text, fault: null };
}

function ofFile(path: string, { folder, readFile }: SecretSources): Found {
  try {
    return { text: withoutLineEnd(readFile(isAbsolute(path) ? path : join(folder, path))), fault: null };
  } catch (error) {
    return failed(`cannot read ${path} (${reasonOf(error)})`);
  }
}

/** Of systemd (LoadCredential=, SetCredential=); null where it has none of that name. */
function credential(name: string, { env, readFile }: SecretSources): string | null {
  const folder = env["CREDENTIALS_DIRECTORY"] ?? "";
  if (folder === "") return null;
  try {
    return withoutLineEnd(readFile(join(folder, name)));
  } catch {
    return null;
  }
}

/** Editors and `echo` end a file with a line end. */
const withoutLineEnd = (text: string) => text.replace(/\r?\n$/, "");

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
