/** What a firewall does with connections from elsewhere to a port. */
export type Reach =
  /** It is not there, or not at work. */
  | { readonly kind: "none" }
  /** `by` names it: `firewalld, zone public`. */
  | { readonly kind: "open"; readonly by: string }
  | { readonly kind: "blocked"; readonly by: string; readonly fix: string }
  /** Open for some, or not to be told from its rules. */
  | { readonly kind: "unclear"; readonly by: string; readonly why: string; readonly fix: string | null }
  /** It cannot be asked. */
  | { readonly kind: "unseen"; readonly why: string; readonly fix: string | null };

/** The connection that is asked about. */
export interface Way {
  readonly port: number;
  readonly families: readonly ("ip" | "ip6")[];
  /** Interfaces by which others come; none where they are not known. */
  readonly interfaces: readonly string[];
}

/** Each firewall's own program answers within this time, or does not count. */
export const FIREWALL_TIMEOUT_MS = 4000;
