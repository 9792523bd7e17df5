/** The rules of nftables, as `nft -j list ruleset` tells them (libnftables-json(5)). */
export interface Ruleset {
  readonly chains: readonly Chain[];
  /** Elements of named sets and maps, by `setKey`. */
  readonly sets: ReadonlyMap<string, readonly unknown[]>;
}

export interface Chain {
  /** `ip`, `ip6`, `inet`; others see no packet of a viewer here. */
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Where the kernel enters: only chains of type filter at the hook input; null for all others. */
  readonly base: { readonly policy: "accept" | "drop"; readonly priority: number } | null;
  /** Each rule is a list of statements, run from left to right. */
  readonly rules: readonly (readonly unknown[])[];
}

/** What a set or chain is called within a ruleset: names are a table's own. */
export function setKey(family: string, table: string, name: string): string {
  return [family, table, name].join(" ");
}

/** Takes the listing apart; null where it is none. */
export function parseRuleset(text: string): Ruleset | null {
  const objects = member(parsedJson(text), "nftables");
  if (!Array.isArray(objects)) return null;
  const rulesOf = new Map<string, (readonly unknown[])[]>();
  for (const rule of all(objects, "rule")) {
    const key = keyOf(rule, "chain");
    rulesOf.set(key, [...(rulesOf.get(key) ?? []), list(rule, "expr")]);
  }
  const chains = all(objects, "chain").map((chain) => ({
    family: word(chain, "family"),
    table: word(chain, "table"),
    name: word(chain, "name"),
    base: baseOf(chain),
    rules: rulesOf.get(keyOf(chain, "name")) ?? [],
  }));
  const sets = [...all(objects, "set"), ...all(objects, "map")].map(
    (set) => [keyOf(set, "name"), list(set, "elem")] as const,
  );
  return { chains, sets: new Map(sets) };
}

function keyOf(object: unknown, name: "chain" | "name"): string {
  return setKey(word(object, "family"), word(object, "table"), word(object, name));
}

function baseOf(chain: unknown): Chain["base"] {
  if (word(chain, "type") !== "filter" || word(chain, "hook") !== "input") return null;
  const priority = Number(member(chain, "prio"));
  return {
    policy: word(chain, "policy") === "drop" ? "drop" : "accept",
    priority: Number.isNaN(priority) ? 0 : priority,
  };
}

/** The value of an object's own member; undefined where it is no object or has none. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** A member that is text; empty where there is none. */
export function word(value: unknown, key: string): string {
  const found = member(value, key);
  return typeof found === "string" ? found : "";
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

function all(objects: readonly unknown[], kind: string): readonly unknown[] {
  return objects.map((object) => member(object, kind)).filter((found) => found !== undefined);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // cut short, or words
  }
}
