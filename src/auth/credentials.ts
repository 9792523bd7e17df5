import type { Knock, Need } from "./request.ts";

/** The tokens that a request presents: at most one of its query, and one of its header. */
export function presentedTokens(
  { query, headers }: Pick<Knock, "query" | "headers">,
  need: Need,
): readonly string[] {
  const ofHeader = headers.authorization === undefined ? null : tokenOfHeader(headers.authorization);
  const ofQuery = need === "change" ? null : new URLSearchParams(query).get("token");
  return [ofHeader, ofQuery].filter((token) => token !== null).filter((token) => token !== "");
}

/** `Bearer TOKEN` (RFC 6750, 2.1), or Basic's password, under any user's name (RFC 7617, 2). */
function tokenOfHeader(authorization: string): string | null {
  const [, scheme = "", value = ""] = /^([a-z]+) +([^ ]+) *$/i.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return value;
    case "basic": {
      const pair = Buffer.from(value, "base64").toString("utf8");
      return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : null;
    }
    default:
      return null;
  }
}
