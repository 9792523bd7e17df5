import { isIP } from "node:net";

/** What a `Host` header names (RFC 9110, 7.2). */
export interface Host {
  /** In lower case, without brackets and without the root's dot. */
  readonly name: string;
  /** null where it is the scheme's own. */
  readonly port: number | null;
}

const NAME = /^(?=.{1,254}$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/;

/** A `Host` header; null where it is none. */
export function parseHost(text: string): Host | null {
  const [, bracketed, bare = "", port = ""] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{0,5}))?$/.exec(text.toLowerCase()) ?? [];
  const isHost = bracketed === undefined ? NAME.test(bare) : isIP(bracketed) === 6;
  if (!isHost || Number(port) > 65_535) return null;
  return { name: (bracketed ?? bare).replace(/\.$/, ""), port: port === "" ? null : Number(port) };
}

/** The names that a machine answers to in its own network: mDNS has it as `.local` (RFC 6762). */
export function namesOfMachine(hostname: string): readonly string[] {
  const whole = hostname.toLowerCase().replace(/\.$/, "");
  const label = whole.split(".")[0] ?? "";
  return label === "" ? [] : [...new Set([whole, label, `${label}.local`])];
}

/**
 * Whether a request may be for us by its host. A page can have its own name lead to any address (DNS rebinding), and is then
 * of one origin with what answers there, but it cannot take another name: so a name that we do not have is a page's.
 */
export function isOurName(name: string, ourNames: readonly string[]): boolean {
  if (isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost")) return true;
  return ourNames.includes(name);
}
