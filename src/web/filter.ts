import type { StreamInfo } from "../server/api/schemas.ts";

/** How it stands with a stream, in the words that a filter understands. */
export type Standing = "on air" | "waiting" | "problem";

/** One that waits for its first viewer stands apart: being shown would start it. */
const standings: { readonly [State in StreamInfo["state"]]?: Standing } = {
  "on-air": "on air",
  starting: "waiting",
  waiting: "waiting",
  degraded: "problem",
  ended: "problem",
};

export function standingOf({ state }: StreamInfo): Standing | null {
  return standings[state] ?? null;
}

/**
 * Which streams a filter shows. Without a comma, each of its words is a part of the name, or how it stands with the stream.
 * With one, it lists whole names: no stream's name has a comma in it.
 */
export function filterOf(text: string): (stream: StreamInfo) => boolean {
  if (text.includes(",")) {
    const names = text.split(",").map((name) => name.trim());
    return ({ name }) => names.includes(name);
  }
  const terms = text.toLowerCase().match(/on air|\S+/g) ?? [];
  return (stream) =>
    terms.every((term) => stream.name.toLowerCase().includes(term) || standingOf(stream) === term);
}
