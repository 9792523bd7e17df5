import { insideOf, isLoopback, plainAddress } from "./address.ts";
import { forwardingHeader, isPassedOn, readForwarded } from "./forwarded.ts";
import { type Host, isOurHost, parseHost } from "./host.ts";
import {
  type AllowedOrigins,
  corsHeaders,
  type ForeignPage,
  foreignPageOf,
  isAllowed,
  isNavigation,
  preflightHeaders,
  type Site,
} from "./origin.ts";
import { Failures } from "./rate-limit.ts";
import * as refusals from "./refusals.ts";
import type { AuthRequest, Gate, Need, Refused, Verdict } from "./request.ts";
import { presentedTokens, tokenCheck } from "./token.ts";

/** What the gate goes by. */
export interface GateRules {
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
  /** A program on this machine, which asked without a proxy between: nothing that a request says can make it one. */
  readonly isThisMachine: boolean;
  /** What the request is for. Each is to be ours: a page can write its own X-Forwarded-Host, and a proxy pass that on. */
  readonly hosts: readonly Host[];
  readonly site: Site;
}

/** Who is let in, by the rules in docs/access.md. */
export class AuthGate implements Gate {
  readonly #rules: GateRules;
  readonly #now: () => number;
  readonly #isTrusted: (address: string) => boolean;
  readonly #isToken: ((presented: string) => boolean) | null;
  readonly #failures = new Failures();

  /** @param now in milliseconds, of a clock that only grows */
  constructor(rules: GateRules, now = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
    this.#isTrusted = insideOf(rules.trustedProxies);
    this.#isToken = rules.token === null ? null : tokenCheck(rules.token);
  }

  judge(request: AuthRequest, need: Need): Verdict {
    const caller = this.#callerOf(request);
    if ("kind" in caller) return caller;
    const unknownHost = this.#guardsHost(need)
      ? caller.hosts.find((host) => !isOurHost(host.name, this.#rules.ourNames))
      : undefined;
    if (unknownHost !== undefined) return refusals.unknownHost(unknownHost.name);
    const foreignPage = foreignPageOf(request, caller.site);
    const headers = corsHeaders(foreignPage, this.#rules.allowedOrigins);
    const refused = this.#refuseStranger(foreignPage, request, need);
    if (refused !== null) return withHeaders(refused, headers);
    if (request.method === "OPTIONS") return this.#preflight(foreignPage, request, headers);
    const lacking = this.#refuseWithoutToken(request, need, caller);
    if (lacking !== null)
      return withHeaders(isScripted(request) ? refusals.withoutPrompt(lacking) : lacking, headers);
    return { kind: "admitted", address: caller.address, headers };
  }

  #callerOf({ headers, peerAddress, isTls }: AuthRequest): Caller | Refused {
    const peer = plainAddress(peerAddress) ?? peerAddress;
    const host = headers.host === undefined ? null : parseHost(headers.host);
    if (host === null && headers.host !== undefined) return refusals.malformedHost;
    const hosts = host === null ? [] : [host]; // HTTP/1.0 has requests without one, and no browser that sends them
    const header = forwardingHeader(headers);
    const isThisMachine = isLoopback(peer) && !isPassedOn(headers);
    const direct = { address: peer, isThisMachine, hosts, site: { host, isTls } };
    if (header === null) return direct;
    if (!this.#isTrusted(peer))
      return this.#isToken === null ? refusals.untrustedProxy(header, peer) : direct;
    const told = readForwarded(headers, peer, this.#isTrusted);
    if (told === null) return refusals.malformedForwarded;
    return {
      address: told.address,
      isThisMachine,
      hosts: told.host === null ? hosts : [...hosts, told.host],
      site: { host: told.host ?? host, isTls: told.isTls ?? isTls },
    };
  }

  /** A page whose own name was turned to us gets what needs no token, and of that what is the user's must be kept from it. */
  #guardsHost(need: Need): boolean {
    switch (need) {
      case "health":
        return false;
      case "files":
        return true;
      default:
        return this.#isToken === null;
    }
  }

  #refuseStranger(foreignPage: ForeignPage | null, request: AuthRequest, need: Need): Refused | null {
    const { allowedOrigins } = this.#rules;
    const opensAll = allowedOrigins === "*" && need === "change" && this.#isToken === null;
    if (foreignPage === null || (isAllowed(foreignPage, allowedOrigins) && !opensAll)) return null;
    const isLink = isNavigation(request) && need !== "change" && !request.isWebSocket;
    return isLink ? null : refusals.foreignOrigin(foreignPage.origin);
  }

  #preflight(
    foreignPage: ForeignPage | null,
    { headers }: AuthRequest,
    cors: Readonly<Record<string, string>>,
  ): Verdict {
    const { allowedOrigins } = this.#rules;
    const asked = foreignPage === null ? {} : preflightHeaders(foreignPage, allowedOrigins, headers);
    return { kind: "preflight", headers: { ...cors, ...asked } };
  }

  #refuseWithoutToken(request: AuthRequest, need: Need, { address, isThisMachine }: Caller): Refused | null {
    if (need !== "watch" && need !== "change") return null;
    const isToken = this.#isToken;
    if (isToken === null) return need === "watch" || isThisMachine ? null : refusals.noChangeWithoutToken;
    const presented = presentedTokens(request, need);
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
function isScripted({ headers }: AuthRequest): boolean {
  return headers["x-requested-with"] !== undefined;
}

function withHeaders(refused: Refused, headers: Readonly<Record<string, string>>): Refused {
  return { ...refused, headers: { ...headers, ...refused.headers } };
}
