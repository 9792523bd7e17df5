import { shownUrl } from "../devices/redact.ts";
import { version } from "../version.ts";
import type { Faults } from "./faults.ts";
import { headerOf, type ResponseHead } from "./http-head.ts";

/** The request as a player sends it: one connection, one stream, nothing compressed. */
export function requestFor(url: URL): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `User-Agent: flvcast/${version} (check)`,
    "Accept: */*",
    "Accept-Encoding: identity",
    ...authorization(url),
    "Connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** RFC 7617 */
function authorization({ username, password }: URL): string[] {
  if (username === "" && password === "") return [];
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return [`Authorization: Basic ${credentials}`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded: as it stands
  }
}

/** Where a redirect leads; null, with a finding, where it leads nowhere. User and password stay with their server. */
export function redirectTarget(from: URL, head: ResponseHead, faults: Faults): URL | null {
  const location = headerOf(head, "location") ?? "";
  const target = location === "" ? null : parsed(location, from);
  if (target === null || !/^https?:$/.test(target.protocol)) {
    const why = location === "" ? "without Location" : "Location is not an HTTP URL";
    faults.report("http-redirect-broken", `${head.status}, ${why}`);
    return null;
  }
  faults.report("http-redirected", `${head.status} to ${shownUrl(target.href)}`);
  if (from.protocol === "https:" && target.protocol === "http:")
    faults.report("http-redirect-downgrade", `to ${shownUrl(target.href)}`);
  if (target.origin === from.origin && target.username === "") {
    target.username = from.username;
    target.password = from.password;
  }
  return target;
}

function parsed(location: string, base: URL): URL | null {
  try {
    return new URL(location, base);
  } catch {
    return null; // the caller says so
  }
}
