import type { IncomingMessage } from "node:http";
import { type Answer, type Headers, textAnswer, varyBy } from "./http/answer.ts";
import type { Exchange } from "./http/exchange.ts";
import type { Target } from "./http/target.ts";

/**
 * Whether a person opens this URL in a browser, and so wants the page rather than FLV. Browsers send `Sec-Fetch-Dest` over
 * TLS and to this machine alone; elsewhere only `Accept` tells. `?download` is the way to the FLV itself.
 */
export function wantsPage({ request, target, kind }: Exchange): boolean {
  const { method, headers } = request;
  if (kind !== "http" || method !== "GET" || headers.range !== undefined || headers.upgrade !== undefined)
    return false;
  if (new URLSearchParams(target.query).has("download")) return false;
  return headers["sec-fetch-dest"] === "document" || acceptsHtml(headers);
}

/**
 * Of media ranges (RFC 9110, 12.5.1), none but the types themselves: every player takes all types. Java's own client takes
 * HTML, too, but not XHTML, which every browser names beside it.
 */
function acceptsHtml({ accept = "" }: IncomingMessage["headers"]): boolean {
  const types = accept.split(",").map((range) => range.replace(/;.*/s, "").trim().toLowerCase());
  return types.includes("text/html") && types.includes("application/xhtml+xml");
}

/** From `/live/NAME.flv`, or `/live/NAME`, to the page that plays it. */
export function toPage({ query }: Target, name: string, headers: Headers): Answer {
  return seeOther(`../watch/${encodeURIComponent(name)}`, query, byClient(headers));
}

/** From `/live/NAME` to the stream. */
export function toStream({ query }: Target, name: string, headers: Headers): Answer {
  return seeOther(`${encodeURIComponent(name)}.flv`, query, byClient(headers));
}

/** From `/watch`, or `/watch/`, to the page of all streams. */
export function toAllStreams({ path, query }: Target, headers: Headers): Answer {
  return seeOther(path.endsWith("/") ? "../" : "./", query, headers);
}

function byClient(headers: Headers): Headers {
  return varyBy(headers, "Accept, Sec-Fetch-Dest");
}

/** @param place relative: a proxy may have all of this below a path of its own. The query goes along, for its token */
function seeOther(place: string, query: string, headers: Headers): Answer {
  const location = query === "" ? place : `${place}?${query}`;
  return textAnswer(`see ${place}\n`, { ...headers, Location: location }, 303);
}
