import type { Amf0Value } from "../flv/amf0.ts";
import { property } from "./command.ts";
import { parseRtmpUrl } from "./url.ts";

/**
 * Where a server sends its client instead: `ex.redirect` of a status, which is a `tcUrl` (Flash Media Server, SRS), or
 * `ex.redirect2`, which has the name (SRS). null where it does not, or to no address of RTMP.
 */
export function redirectOf(info: Amf0Value | undefined, name: string): string | null {
  const ex = property(info, "ex");
  const [whole, tcUrl] = [property(ex, "redirect2"), property(ex, "redirect")];
  const url = typeof whole === "string" ? whole : withName(tcUrl, name);
  return url !== null && parseRtmpUrl(url) !== null ? url : null;
}

function withName(tcUrl: Amf0Value, name: string): string | null {
  if (typeof tcUrl !== "string") return null;
  return tcUrl.endsWith(`/${name}`) ? tcUrl : `${tcUrl.replace(/\/$/, "")}/${name}`;
}
