import type { FaultId } from "../../src/check/catalogue.ts";
import type { Faults } from "../../src/check/faults.ts";
import type { TagUnit } from "../../src/check/unit.ts";

/** A tag as judges take it; those of time never look at its body. */
export function tagAt(timestampMs: number, more: Partial<TagUnit> = {}): TagUnit {
  const rest = { number: 1, offset: 13, arrivalMs: null, typeByte: 9, streamId: 0, body: Buffer.of(0) };
  return { kind: "tag", timestampMs, ...rest, ...more };
}

export function idsIn(faults: Faults): FaultId[] {
  return faults.all().map(({ id }) => id);
}
