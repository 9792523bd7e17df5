/** Parameters that say which stream is meant; of any other the value may be a secret. */
const TOLD: ReadonlySet<string> = new Set(["app", "stream", "name", "port", "type", "channel"]);

/** A URL as it may be printed: who asks, and the values of its parameters, are hidden. */
export function shownUrl(url: URL): string {
  const user = url.username === "" && url.password === "" ? "" : "***@";
  const parameters = url.search
    .slice(1)
    .split("&")
    .filter((one) => one !== "")
    .map(hidden);
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${query}`;
}

function hidden(parameter: string): string {
  const [name = "", ...value] = parameter.split("=");
  if (value.length === 0) return "***"; // a bare word may be a token
  return TOLD.has(name) ? parameter : `${name}=***`;
}
