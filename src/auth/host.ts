import { isIP } from "node:net";
import { isUnspecified, plainAddress } from "./address.ts";

/** What a `Host` header names (RFC 9110, 7.2). */
export interface Host {
  /** In lower case, without brackets; without the root's dot where it has another: `localhost.` is not localhost everywhere. */
  readonly name: string;
  /** null where it is the scheme's own. */
  readonly port: number | null;
}

const NAME = /^(?=.{1,254}$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/;

export function parseHost(text: string): Host | null {
  const [, bracketed, bare = "", port = ""] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{0,5}))?$/.exec(text.toLowerCase()) ?? [];
  const isHost = bracketed === undefined ? NAME.test(bare) : isIP(bracketed) === 6;
  if (!isHost || Number(port) > 65_535) return null;
  return { name: (bracketed ?? bare).replace(/(\..*)\.$/, "$1"), port: port === "" ? null : Number(port) };
}

/** The names that a machine answers to in its own network: mDNS has it as `.local` (RFC 6762). */
export function namesOfMachine(hostname: string): readonly string[] {
  const whole = hostname.toLowerCase().replace(/\.$/, "");
  const label = whole.split(".")[0] ?? "";
  return label === "" ? [] : [...new Set([whole, label, `${label}.local`])];
}

/**
 * Domains in which nobody on the internet can have a name lead to an address of their choice: reserved ones, those that
 * routers and container networks give out without asking, and tailnets.
 */
const LOCAL_DOMAINS = [
  ...["local", "home.arpa", "internal", "lan", "home", "corp", "localdomain", "intranet", "private"],
  ...["fritz.box", "ts.net"],
];

/**
 * Other names of the loopback address than localhost, from hosts files. A browser does not know them for this machine, and
 * so does not say which page embeds what is behind them.
 */
const LOOPBACK_ALIAS = /^(localhost\d?|ip6-localhost|ip6-loopback|kubernetes\.docker\.internal)(\.|$)/;

/** One label, and none that URLs read as a number: `0`, `2130706433`, `0x7f000001`. */
const ONE_LABEL = /^(?!\d+$|0x[\da-f]*$)[^.]+$/;

/**
 * Whether a request may be for us by its host. A page can have its own name lead to any address (DNS rebinding), and is then
 * of one origin with what answers there, but it cannot take another name: so a name that others can have is a page's.
 */
export function isOurHost(name: string, ourNames: readonly string[]): boolean {
  if (isIP(name) !== 0) return isOurAddress(name);
  if (name === "localhost" || name.endsWith(".localhost") || ourNames.includes(name)) return true;
  if (LOOPBACK_ALIAS.test(name)) return false;
  return ONE_LABEL.test(name) || LOCAL_DOMAINS.some((domain) => name.endsWith(`.${domain}`));
}

/**
 * Any address but what only stands for this machine's. A browser takes `0.0.0.0`, `::` and `::ffff:127.0.0.1` to the loopback
 * address, but not for this machine, and so does not say which page embeds what is behind them.
 */
function isOurAddress(text: string): boolean {
  const address = plainAddress(text);
  const isMapped = isIP(text) === 6 && address !== null && isIP(address) === 4;
  return !isMapped && !isUnspecified(text);
}
