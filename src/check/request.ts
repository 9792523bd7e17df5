import { version } from "../version.ts";

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
