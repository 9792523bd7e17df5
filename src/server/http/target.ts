export interface Target {
  /** As it was sent, still encoded; begins with a slash, or is `*`. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly query: string;
}

/** A target that is not understood, and why. */
export interface BadTarget {
  readonly why: string;
}

/** The forms that a server is asked in: origin, asterisk, and absolute as to a proxy (RFC 9112, 3.2). */
export function parseTarget(text: string, host: string): Target | BadTarget {
  if (!/^[\x21-\x7e]*$/.test(text)) return { why: "invalid character in the request target" };
  const [, authority, origin = text] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(text) ?? [];
  if (authority !== undefined && authority.toLowerCase() !== host.toLowerCase())
    return { why: "the request target and the Host header name different servers" };
  const [, path = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(origin) ?? [];
  if (path === "*" && origin === "*") return { path, query };
  if (origin.includes("#")) return { why: "the request target has a fragment (#)" };
  if (!path.startsWith("/")) return { why: "the request target is not a path: it must begin with /" };
  return isPlain(path) ? { path, query } : { why: "invalid path" };
}

/**
 * Whether a path means what it says: no segment that leads up, no slash, backslash or control byte that is hidden in an
 * encoding, and no encoding that stands for nothing.
 */
function isPlain(path: string): boolean {
  if (path.includes("\\")) return false;
  return path.split("/").every((segment) => {
    const decoded = decodeSegment(segment);
    return decoded !== null && decoded !== "." && decoded !== ".." && !/[/\\\p{Cc}]/u.test(decoded);
  });
}

export function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
