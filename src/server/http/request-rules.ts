import { METHODS } from "node:http";
import { parseTarget, type Target } from "./target.ts";

const MAX_TARGET_BYTES = 8192;
export const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 128;
/** What the parsers let through: more than the rules do, so that the rules can say what was too long. */
export const MAX_HEAD_BYTES = MAX_TARGET_BYTES + MAX_HEADER_BYTES;

export interface Head {
  readonly method: string;
  readonly target: string;
  /** As the request line has it; `0.9` where it has none. */
  readonly version: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

export type HeadVerdict =
  | { readonly kind: "fine"; readonly target: Target }
  | { readonly kind: "refused"; readonly status: number; readonly why: string };

/** Judges a head by what HTTP asks of every request, before anybody looks at what is asked for. */
export function checkHead({ method, target, version, rawHeaders }: Head): HeadVerdict {
  if (target.length > MAX_TARGET_BYTES) return refused(414, "the request target is longer than 8 KB");
  const headerBytes = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  if (headerBytes > MAX_HEADER_BYTES) return refused(431, "the request header is longer than 16 KB");
  if (rawHeaders.length / 2 > MAX_HEADERS) return refused(431, `more than ${MAX_HEADERS} header fields`);
  if (version === "0.9") return refused(400, "the request line must end with a version, such as HTTP/1.1");
  if (version !== "1.0" && version !== "1.1") return refused(505, "this server supports HTTP/1.1 and 1.0");
  if (!METHODS.includes(method)) return refused(501, "unknown method");
  const host = hostOf(rawHeaders, version);
  if (host === null) return refused(400, "exactly one Host header is required");
  const parsed = parseTarget(target, host);
  if ("why" in parsed) return refused(400, parsed.why);
  return parsed.path === "*" && method !== "OPTIONS"
    ? refused(400, "only OPTIONS may be sent to *")
    : { kind: "fine", target: parsed };
}

function refused(status: number, why: string): HeadVerdict {
  return { kind: "refused", status, why };
}

/** Empty where HTTP/1.0 leaves it out; null where it is missing, empty or named more than once (RFC 9112, 3.2). */
function hostOf(rawHeaders: readonly string[], version: Head["version"]): string | null {
  const [host, ...more] = rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === "host",
  );
  if (host === undefined) return version === "1.0" ? "" : null;
  return host === "" || more.length > 0 ? null : host;
}
