import { type Answer, refusal } from "./http/answer.ts";
import type { Exchange } from "./http/exchange.ts";

export function flvPath(name: string): string {
  return `/live/${name}.flv`;
}

export function pagePath(name: string): string {
  return `/watch/${name}`;
}

/**
 * The name in `/flv?port=…&app=live&stream=NAME`, as nginx-http-flv-module has it; the port is the one that was asked.
 * A parameter that is given twice means nothing, and is refused.
 */
export function nameInQuery({ target }: Exchange): string | Answer | null {
  const query = new URLSearchParams(target.query);
  if (["port", "app", "stream"].some((key) => query.getAll(key).length > 1))
    return refusal(400, "port, app and stream may be given only once");
  const name = query.get("stream");
  if (name === null) return refusal(400, "missing stream name: use /flv?app=live&stream=NAME");
  return query.get("app") === "live" ? name : null;
}
