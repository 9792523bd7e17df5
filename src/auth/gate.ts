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
import { type Scope, type StreamRule, TokenScopes } from "./scope.ts";
import { presentedTokens } from "./token.ts";

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
  readonly #scopes: TokenScopes;
  readonly #failures: Failures;

  /**
   * @param now in milliseconds, of a clock that only grows
   * @param failures so far
   */
  constructor(rules: GateRules, now = () => performance.now(), failures = new Failures()) {
    this.#rules = rules;
    this.#now = now;
    this.#failures = failures;
    this.#isTrusted = insideOf(rules.trustedProxies);
    this.#scopes = new TokenScopes(rules.token);
  }

  /** From now on this stream has a token of its own, or needs none; null: it is as the others. */
  setStream(name: string, rule: StreamRule | null): void {
    this.#scopes.setStream(name, rule);
  }

  judge(request: AuthRequest, need: Need, stream?: string): Verdict {
    const caller = this.#callerOf(request);
    if ("kind" in caller) return caller;
    const unknownHost = this.#guardsHost(need, stream)
      ? caller.hosts.find((host) => !isOurHost(host.name, this.#rules.ourNames))
      : undefined;
    if (unknownHost !== undefined) return refusals.unknownHost(unknownHost.name);
    const foreignPage = foreignPageOf(request, caller.site);
    const headers = corsHeaders(foreignPage, this.#rules.allowedOrigins);
    const refused = this.#refuseStranger(foreignPage, request, need);
    if (refused !== null) return withHeaders(refused, headers);
    if (request.method === "OPTIONS") return this.#preflight(foreignPage, request, headers);
    const scope = this.#scopeOf(request, need, caller, stream);
    if (scope !== null && typeof scope !== "function")
      return withHeaders(isScripted(request) ? refusals.withoutPrompt(scope) : scope, headers);
    return { kind: "admitted", address: caller.address, headers, ...(scope && { sees: scope }) };
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
      return !this.#scopes.hasToken ? refusals.untrustedProxy(header, peer) : direct;
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
  #guardsHost(need: Need, stream: string | undefined): boolean {
    switch (need) {
      case "health":
        return false;
      case "files":
        return true;
      default:
        return this.#scopes.isOpen(need, stream);
    }
  }

  #refuseStranger(foreignPage: ForeignPage | null, request: AuthRequest, need: Need): Refused | null {
    const { allowedOrigins } = this.#rules;
    const opensAll = allowedOrigins === "*" && need === "change" && !this.#scopes.hasToken;
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

  #scopeOf(
    request: AuthRequest,
    need: Need,
    { address, isThisMachine }: Caller,
    stream: string | undefined,
  ): Scope | Refused {
    if (need !== "watch" && need !== "list" && need !== "change") return null;
    if (need === "change" && !this.#scopes.hasToken)
      return isThisMachine ? null : refusals.noChangeWithoutToken;
    const presented = presentedTokens(request, need);
    const isTried = presented.length > 0 && this.#scopes.isGuessable(need, stream);
    const waitMs = isTried ? this.#failures.waitMs(address, this.#now()) : 0;
    if (waitMs > 0) return refusals.tooManyFailures(waitMs);
    const scope = this.#scopes.scopeOf(presented, need, stream);
    if (scope === refusals.wrongToken) this.#failures.count(address, this.#now());
    return scope;
  }
}

/** Sec-Fetch-Dest would tell as well, but browsers send it only where they trust the connection. */
function isScripted({ headers }: AuthRequest): boolean {
  return headers["x-requested-with"] !== undefined;
}

function withHeaders(refused: Refused, headers: Readonly<Record<string, string>>): Refused {
  return { ...refused, headers: { ...headers, ...refused.headers } };
}
