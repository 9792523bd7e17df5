import { grouped, wordOf } from "./option.ts";
import { refuse } from "./parse.ts";
import { parseToken } from "./parse-access.ts";
import type { StartValues } from "./settings.ts";

/** Whom a publisher makes room for: another one with the key, once it sends nothing; or nobody. */
export const takeovers = ["silent", "never"] as const;

export const publishOptions = grouped<Pick<StartValues, "publishKey" | "publishTakeover">>("Access", {
  publishKey: {
    flag: "publish-key",
    metavar: "KEY",
    help: "key that publishers need if the device is rtmp. Visible in ps; prefer FLVCAST_PUBLISH_KEY",
    fallbackText: "generated",
    fallback: null,
    isSecret: true,
    parse: parseToken,
  },
  publishTakeover: {
    flag: "publish-takeover",
    metavar: "WHEN",
    help: "when a second publisher may replace the first: silent (it has sent nothing for 5 s) or never",
    fallbackText: "silent",
    fallback: "silent",
    ...wordOf(takeovers, "is not a takeover rule"),
  },
});

/** What a server says of names that its file does not have. */
export interface AnyPublishedValues {
  readonly publish: "any" | "none";
  readonly maxPublished: number;
}

const publishWords = ["any", "none"] as const;
const MAX_PUBLISHED = 1000;

/** Names that are streams while somebody publishes them. */
export const anyPublishedOptions = grouped<AnyPublishedValues>("Access", {
  publish: {
    flag: "publish",
    metavar: "WHICH",
    help: "any lets publishers with the --publish-key start streams that the file does not have; they end 30 s after the publisher leaves",
    fallbackText: "none",
    fallback: "none",
    ...wordOf(publishWords, "is not a choice here"),
  },
  maxPublished: {
    flag: "max-published",
    metavar: "COUNT",
    help: "maximum number of streams that are there only because they are published",
    fallbackText: "16",
    fallback: 16,
    parse: parsePublishedCount,
  },
});

function parsePublishedCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= MAX_PUBLISHED)) refuse(`is out of range: use 1 to ${MAX_PUBLISHED}`, "16");
  return count;
}
