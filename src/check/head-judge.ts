import type { Faults } from "./faults.ts";
import { headerOf, type ResponseHead } from "./http-head.ts";
import type { HttpFigures } from "./report.ts";

/** Types that are FLV's by custom: IANA has none registered. */
const FLV_TYPES: ReadonlySet<string> = new Set(["video/x-flv", "video/flv", "flv-application/octet-stream"]);
const GENERIC_TYPES: ReadonlySet<string> = new Set(["application/octet-stream", "binary/octet-stream"]);

/** Judges an answer's head for a stream: what a player of it, a proxy and a browser's page make of it. */
export function judgeHead(
  head: ResponseHead,
  { isLive, framing }: { readonly isLive: boolean; readonly framing: HttpFigures["framing"] },
  faults: Faults,
): void {
  judgeType(headerOf(head, "content-type"), faults);
  const encoding = headerOf(head, "content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity")
    faults.report("http-content-encoding", faults.quoted(encoding));
  if (isLive && framing === "content-length")
    faults.report("http-content-length-on-live", `${headerOf(head, "content-length")} bytes`);
  if (framing === "close" && !faults.has("http-content-length-malformed", "http-transfer-encoding"))
    faults.report("http-close-delimited", `HTTP/${head.version}`);
  judgeCors(head, faults);
  const caching = headerOf(head, "cache-control");
  if (isLive && !/no-store|no-cache|private|max-age=0/i.test(caching ?? ""))
    faults.report("http-cacheable", caching === null ? "none" : faults.quoted(caching));
}

/** A server that varies by Origin decides when a page asks, which a player does not. */
function judgeCors(head: ResponseHead, faults: Faults): void {
  const decidesByOrigin = /(^|[\s,])origin([\s,]|$)/i.test(headerOf(head, "vary") ?? "");
  if (headerOf(head, "access-control-allow-origin") === null && !decidesByOrigin)
    faults.report("http-cors-missing", "no Vary: Origin either");
}

function judgeType(value: string | null, faults: Faults): void {
  const type = value?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "") faults.report("http-content-type-missing", "expected video/x-flv");
  else if (GENERIC_TYPES.has(type))
    faults.report("http-content-type-generic", `${type}, expected video/x-flv`);
  else if (!FLV_TYPES.has(type))
    faults.report("http-content-type-wrong", `${faults.quoted(type)}, expected video/x-flv`);
}

/** Says whether the body is worth reading. */
export function judgeStatus({ status, reason }: ResponseHead, faults: Faults): boolean {
  if (status === 200) return true;
  faults.report("http-status", faults.said(`${status} ${reason}`.trim(), 80));
  return false;
}
