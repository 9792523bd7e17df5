import { insideOf, isLoopback, plainAddress } from "./address.ts";
import { forwardingHeader, readForwarded } from "./forwarded.ts";
import { type Host, isOurName, parseHost } from "./host.ts";
import {
  type AllowedOrigins,
  corsHeaders,
  isAllowed,
  isNavigation,
  preflightHeaders,
  type Site,
  type Stranger,
  strangerOf,
} from "./origin.ts";
import { Failures } from "./rate-limit.ts";
import * as refusals from "./refusals.ts";
import type { Doorkeeper, Knock, Need, Refused, Verdict } from "./request.ts";
import { presentedTokens, tokenCheck } from "./token.ts";

/** What the door goes by. */
export interface DoorRules {
  /** null where it is open on purpose, or to this machine only. */
  readonly token: string | null;
  readonly allowedOrigins: AllowedOrigins;
  /** The names that lead here, in lower case; addresses and localhost always do. */
  readonly ourNames: readonly string[];
  /** Addresses, networks, `loopback` or `private`. */
  readonly trustedProxies: readonly string[];
}

/** Who asks, and at which place: the connection's own, or what a trusted proxy says. */
interface Caller {
  readonly address: string;
  /** What the request is for. Each is to be ours: a page can write its own X-Forwarded-Host, and a proxy pass that on. */
  readonly hosts: readonly Host[];
  readonly site: Site;
}

/** Who is let in, by the rules in docs/access.md. */
export class Door implements Doorkeeper {
  readonly #rules: DoorRules;
  readonly #now: () => number;
  readonly #isTrusted: (address: string) => boolean;
  readonly #isToken: ((presented: string) => boolean) | null;
  readonly #failures = new Failures();

  /** @param now in milliseconds, of a clock that only grows */
  constructor(rules: DoorRules, now = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
    this.#isTrusted = insideOf(rules.trustedProxies);
    this.#isToken = rules.token === null ? null : tokenCheck(rules.token);
  }

  judge(knock: Knock, need: Need): Verdict {
    const caller = this.#callerOf(knock);
    if ("kind" in caller) return caller;
    const strangeHost = caller.hosts.find((host) => !isOurName(host.name, this.#rules.ourNames));
    if (strangeHost !== undefined) return refusals.strangeHost(strangeHost.name);
    const stranger = strangerOf(knock, caller.site);
    const headers = corsHeaders(stranger, this.#rules.allowedOrigins);
    const refused = this.#refuseStranger(stranger, knock, need);
    if (refused !== null) return withHeaders(refused, headers);
    if (knock.method === "OPTIONS") return this.#preflight(stranger, knock, headers);
    const lacking = this.#refuseWithoutToken(knock, need, caller.address);
    if (lacking !== null)
      return withHeaders(isScripted(knock) ? refusals.withoutPrompt(lacking) : lacking, headers);
    return { kind: "admitted", address: caller.address, headers };
  }

  #callerOf({ headers, peerAddress, isTls }: Knock): Caller | Refused {
    const peer = plainAddress(peerAddress) ?? peerAddress;
    const host = headers.host === undefined ? null : parseHost(headers.host);
    if (host === null && headers.host !== undefined) return refusals.malformedHost;
    const hosts = host === null ? [] : [host]; // HTTP/1.0 has requests without one, and no browser that sends them
    const direct = { address: peer, hosts, site: { host, isTls } };
    const header = forwardingHeader(headers);
    if (header === null) return direct;
    if (!this.#isTrusted(peer)) return this.#isToken === null ? refusals.strangeProxy(header, peer) : direct;
    const told = readForwarded(headers, peer, this.#isTrusted);
    if (told === null) return refusals.malformedForwarded;
    return {
      address: told.address,
      hosts: told.host === null ? hosts : [...hosts, told.host],
      site: { host: told.host ?? host, isTls: told.isTls ?? isTls },
    };
  }

  #refuseStranger(stranger: Stranger | null, knock: Knock, need: Need): Refused | null {
    const { allowedOrigins } = this.#rules;
    const opensAll = allowedOrigins === "*" && need === "change" && this.#isToken === null;
    if (stranger === null || (isAllowed(stranger, allowedOrigins) && !opensAll)) return null;
    const isLink = isNavigation(knock) && need !== "change" && !knock.isWebSocket;
    return isLink ? null : refusals.strangeOrigin(stranger.origin);
  }

  #preflight(stranger: Stranger | null, { headers }: Knock, cors: Readonly<Record<string, string>>): Verdict {
    const { allowedOrigins } = this.#rules;
    const asked = stranger === null ? {} : preflightHeaders(stranger, allowedOrigins, headers);
    return { kind: "preflight", headers: { ...cors, ...asked } };
  }

  #refuseWithoutToken(knock: Knock, need: Need, address: string): Refused | null {
    if (need === "public") return null;
    const isToken = this.#isToken;
    if (isToken === null)
      return need === "watch" || isLoopback(address) ? null : refusals.noChangeWithoutToken;
    const presented = presentedTokens(knock, need);
    if (presented.length === 0) return need === "change" ? refusals.noTokenInHeader : refusals.noToken;
    const nowMs = this.#now();
    const waitMs = this.#failures.waitMs(address, nowMs);
    if (waitMs > 0) return refusals.tooManyFailures(waitMs);
    if (presented.some(isToken)) return null;
    this.#failures.count(address, nowMs);
    return refusals.wrongToken;
  }
}

/** Sec-Fetch-Dest would tell as well, but browsers send it only where they trust the connection. */
function isScripted({ headers }: Knock): boolean {
  return headers["x-requested-with"] !== undefined;
}

function withHeaders(refused: Refused, headers: Readonly<Record<string, string>>): Refused {
  return { ...refused, headers: { ...headers, ...refused.headers } };
}
