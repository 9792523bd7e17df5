/** What came cannot be understood. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** `for=192.0.2.43`, `for="[2001:db8::1]:4711"`: a token, and a token or a quoted string (RFC 7239, 4). */
const PAIR = /[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:([!#$%&'*+.^_`|~\w:[\]-]+)|"((?:[^"\\]|\\.)*)")[ \t]*/y;

/**
 * A `Forwarded` header: an element for each proxy on the way, the nearest last, its parameters by their names in lower case.
 * @throws MalformedError
 */
export function parseForwarded(text: string): readonly ReadonlyMap<string, string>[] {
  const elements: Map<string, string>[] = [];
  let element = new Map<string, string>();
  for (let at = 0; ; at += 1) {
    PAIR.lastIndex = at;
    const [pair = "", name = "", token, quoted = ""] = PAIR.exec(text) ?? [];
    if (pair === "" || element.has(name.toLowerCase())) throw new MalformedError();
    element.set(name.toLowerCase(), token ?? quoted.replace(/\\(.)/gs, "$1"));
    at += pair.length;
    const separator = text[at];
    if (separator === ";") continue;
    if (separator !== "," && separator !== undefined) throw new MalformedError();
    elements.push(element);
    if (separator === undefined) return elements;
    element = new Map();
  }
}
