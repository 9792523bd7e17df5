import { fieldName, type Visit } from "./nft-field.ts";
import { isIn, matches, type Sets } from "./nft-match.ts";
import { type Chain, member, type Ruleset, setKey, word } from "./nft-ruleset.ts";
import { type Answer, allOf } from "./nft-value.ts";

/** What becomes of a viewer's first packet. */
export type Passage =
  | { readonly kind: "open" }
  /** `chain` is where it enters the rules that drop it. */
  | { readonly kind: "blocked"; readonly chain: Chain }
  /** Not for all viewers, or not to be told from the rules; `on`: what decides. */
  | { readonly kind: "unclear"; readonly chain: Chain; readonly on: readonly string[] };

/** How a rule or chain may end. `next`: the following rule; `return`: the end of this chain. */
type End = "accept" | "drop" | "next" | "return";
type Ends = ReadonlySet<End>;

const ANY_END: Ends = new Set(["accept", "drop", "next", "return"]);

/**
 * Leads a viewer's first packet through every chain of type filter at the hook input, as nft(8) has it: an accept ends
 * its base chain only, a drop is final, and what no rule decides is the policy's.
 */
export function passage(ruleset: Ruleset, visit: Visit): Passage {
  const bases = ruleset.chains
    .filter(({ family, base }) => base !== null && (family === "inet" || family === visit.family))
    .toSorted((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));
  let unclear: Passage | null = null;
  for (const chain of bases) {
    const walk = new Walk(ruleset, visit);
    const ends = walk.through(chain);
    const mayPass = ends.has("accept") || (ends.has("next") && chain.base?.policy === "accept");
    const mayDrop = ends.has("drop") || (ends.has("next") && chain.base?.policy === "drop");
    if (!mayPass) return { kind: "blocked", chain };
    if (mayDrop) unclear ??= { kind: "unclear", chain, on: [...walk.doubts] };
  }
  return unclear ?? { kind: "open" };
}

class Walk {
  readonly #ruleset: Ruleset;
  readonly #visit: Visit;
  /** Each chain is walked once: the packet does not change on its way. */
  readonly #known = new Map<Chain, Ends>();
  /** What could not be told, in the words of nft. */
  readonly doubts = new Set<string>();

  constructor(ruleset: Ruleset, visit: Visit) {
    this.#ruleset = ruleset;
    this.#visit = visit;
  }

  /** How a chain may end, seen from who jumped there: `next` is its end. */
  through(chain: Chain): Ends {
    const known = this.#known.get(chain);
    if (known !== undefined) return known;
    this.#known.set(chain, ANY_END); // for a chain that comes back to itself, which the kernel refuses
    const ends = this.#walked(chain);
    this.#known.set(chain, ends);
    return ends;
  }

  #walked(chain: Chain): Ends {
    const ends = new Set<End>();
    for (const rule of chain.rules) {
      const rules = this.#rule(rule, chain);
      for (const end of rules) if (end !== "next") ends.add(end === "return" ? "next" : end);
      if (!rules.has("next")) return ends;
    }
    return ends.add("next");
  }

  #rule(statements: readonly unknown[], chain: Chain): Ends {
    const ends = new Set<End>();
    const doubts: string[] = [];
    for (const statement of statements) {
      const outcome = this.#statement(statement, chain);
      if (outcome.matched === "no") return ends.add("next");
      if (outcome.matched === "maybe") {
        ends.add("next");
        doubts.push(outcome.about);
      }
      for (const end of outcome.ends) ends.add(end);
      if (outcome.ends.size > 0) {
        const decides = !(ends.size === 1 && ends.has("next"));
        if (decides) for (const doubt of doubts) this.doubts.add(doubt);
        if (!outcome.ends.has("next")) return ends;
      }
    }
    return ends.add("next");
  }

  #statement(statement: unknown, chain: Chain): Outcome {
    const [kind, value] = entryOf(statement);
    const sets: Sets = (name) => this.#ruleset.sets.get(setKey(chain.family, chain.table, name)) ?? null;
    switch (kind) {
      case "match":
        return passed(matches(value, this.#visit, sets), fieldName(member(value, "left")));
      case "limit":
      case "quota":
      case "ct count":
        return passed(isBelowLimit(value), kind);
      case "set":
      case "meter":
        return passed(allOf([member(value, "stmt")].flat().map(innerLimit)), kind);
      case "vmap":
        return this.#verdictMap(value, chain, sets);
      case "xt":
        return extension(value);
      default:
        return SILENT.has(kind) ? passed("yes", kind) : ended(this.#verdict(kind, value, chain));
    }
  }

  #verdict(kind: string, value: unknown, chain: Chain): Ends {
    switch (kind) {
      case "accept":
      case "drop":
      case "return":
        return new Set([kind]);
      case "continue":
        return new Set(["next"]);
      case "reject":
        return new Set(["drop"]);
      case "jump":
      case "goto":
        return this.#jumped(kind, word(value, "target"), chain);
      default:
        this.doubts.add(kind === "" ? "a rule of an unknown kind" : `«${kind}»`);
        return ANY_END;
    }
  }

  #jumped(kind: "jump" | "goto", name: string, { family, table }: Chain): Ends {
    const target = this.#ruleset.chains.find(
      (chain) => chain.family === family && chain.table === table && chain.name === name,
    );
    if (target === undefined) return ANY_END;
    const ends = this.through(target);
    if (kind === "jump" || !ends.has("next")) return ends;
    return new Set([...ends].map((end) => (end === "next" ? "return" : end)));
  }

  #verdictMap(value: unknown, chain: Chain, sets: Sets): Outcome {
    const data = member(value, "data");
    const entries = typeof data === "string" ? sets(data.replace(/^@/, "")) : member(data, "set");
    const key = member(value, "key");
    if (!Array.isArray(entries)) return { matched: "maybe", about: fieldName(key), ends: ANY_END };
    const ends = new Set<End>();
    let matched: Answer = "no";
    for (const entry of entries as readonly unknown[]) {
      const [element, verdict] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      const answer = isIn(key, { set: [element] }, this.#visit, sets);
      if (answer === "no") continue;
      for (const end of this.#verdict(...entryOf(verdict), chain)) ends.add(end);
      matched = answer;
      if (answer === "yes") break;
    }
    return { matched, about: fieldName(key), ends };
  }
}

/** What a statement does: whether the rule goes on to it and past it, and the verdicts that it may give. */
interface Outcome {
  readonly matched: Answer;
  /** What the answer hangs on, for messages. */
  readonly about: string;
  readonly ends: Ends;
}

function passed(matched: Answer, about: string): Outcome {
  return { matched, about, ends: new Set() };
}

function ended(ends: Ends): Outcome {
  return { matched: "yes", about: "", ends };
}

/** Statements that count, write down or mark, and let the rule go on. */
const SILENT: ReadonlySet<string> = new Set([
  "counter",
  "comment",
  "last",
  "log",
  "mangle",
  "map",
  "notrack",
]);

/** Targets of iptables that decide nothing. */
const SILENT_TARGETS: ReadonlySet<string> = new Set(["LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "AUDIT"]);

/** What iptables-nft leaves to its own modules; nft knows no more than their names. */
function extension(value: unknown): Outcome {
  const name = word(value, "name");
  if (word(value, "type") === "match") return passed(name === "comment" ? "yes" : "maybe", `«-m ${name}»`);
  if (SILENT_TARGETS.has(name)) return passed("yes", name);
  if (name === "REJECT" || name === "DROP") return ended(new Set(["drop"]));
  return { matched: "maybe", about: `«-j ${name}»`, ends: ANY_END };
}

/** One viewer is below any limit: what is for those above (`inv`) is not for it. */
function isBelowLimit(limit: unknown): Answer {
  return member(limit, "inv") === true ? "no" : "yes";
}

/** Sets that are filled by rules may hold a limit for each element. */
function innerLimit(statement: unknown): Answer {
  return isBelowLimit(entryOf(statement)[1]);
}

function entryOf(statement: unknown): readonly [string, unknown] {
  if (typeof statement === "string") return [statement, null];
  const [entry] = typeof statement === "object" && statement !== null ? Object.entries(statement) : [];
  return entry ?? ["", null];
}
