import * as refusals from "./refusals.ts";
import type { Need, Refused } from "./request.ts";
import { tokenCheck } from "./token.ts";

type TokenCheck = (presented: string) => boolean;

/** A stream that others than the server's token open: its own, or everybody where that is null. */
export interface StreamRule {
  readonly token: string | null;
}

/** What a request may have: all that it asks for (null), or of a list these. */
export type Scope = ((stream: string) => boolean) | null;

/** Which token opens what: the server's everything, a stream's that stream and nothing else. */
export class TokenScopes {
  readonly #server: TokenCheck | null;
  readonly #streams = new Map<string, TokenCheck | null>();

  /** @param token the server's; null where it needs none */
  constructor(token: string | null) {
    this.#server = token === null ? null : tokenCheck(token);
  }

  /** From now on; null: as the server's. */
  setStream(name: string, rule: StreamRule | null): void {
    if (rule === null) this.#streams.delete(name);
    else this.#streams.set(name, rule.token === null ? null : tokenCheck(rule.token));
  }

  /** Whether the server has a token: without one, only this machine may change anything. */
  get hasToken(): boolean {
    return this.#server !== null;
  }

  /** Whether some of it needs no token. */
  isOpen(need: Need, stream?: string): boolean {
    return need === "list" ? this.#server === null || this.#hasOpenStream : !this.isGuessable(need, stream);
  }

  /** Whether a token is looked at, and so could be guessed here. */
  isGuessable(need: Need, stream?: string): boolean {
    return this.#checksOf(need, stream).length > 0;
  }

  /** What these tokens open; a refusal where it is nothing, or where none of them opens anything. */
  scopeOf(presented: readonly string[], need: Need, stream?: string): Scope | Refused {
    const checks = this.#checksOf(need, stream);
    if (checks.length === 0) return need === "list" ? this.#seen(presented) : null;
    const opens = checks.some((check) => presented.some(check));
    if (!opens && presented.length > 0) return refusals.wrongToken;
    if (need === "list" && (opens || this.isOpen(need))) return this.#seen(presented);
    if (opens) return null;
    return need === "change" ? refusals.noTokenInHeader : refusals.noToken;
  }

  #seen(presented: readonly string[]): Scope {
    if (this.#server !== null && presented.some(this.#server)) return null;
    const isServerOpen = this.#server === null;
    const opens = (check: TokenCheck | null) => check === null || presented.some(check);
    if (isServerOpen && [...this.#streams.values()].every(opens)) return null;
    return (name) => {
      const check = this.#streams.get(name);
      return check === undefined ? isServerOpen : opens(check);
    };
  }

  get #hasOpenStream(): boolean {
    return [...this.#streams.values()].includes(null);
  }

  /** Each token that opens it, or some of it; none where it needs none. */
  #checksOf(need: Need, stream: string | undefined): readonly TokenCheck[] {
    const server = this.#server === null ? [] : [this.#server];
    if (need === "list") return [...server, ...[...this.#streams.values()].filter((check) => check !== null)];
    const own = need === "watch" && stream !== undefined ? this.#streams.get(stream) : undefined;
    if (own === null) return [];
    return own === undefined ? server : [own, ...server];
  }
}
