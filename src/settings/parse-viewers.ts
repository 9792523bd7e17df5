import { parseDurationMs, UnacceptableError } from "./parse.ts";

const MAX_BATCH_MS = 100;

/** Milliseconds for which a batch may wait; 0 is not at all. */
export function parseMaxBatchMs(text: string): number {
  const batchMs = /^\d{1,4}(ms)?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (!(batchMs <= MAX_BATCH_MS))
    throw new UnacceptableError(
      `is not so many milliseconds: give 0 to ${MAX_BATCH_MS}, where 0 never waits`,
      "33",
    );
  return batchMs;
}

/** How far a viewer may be behind: looks are a second apart, and players hold some seconds themselves. */
export function parseMaxLagMs(text: string): number {
  return durationFrom(text, 1000, 60_000, "1s to 60s", "3s");
}

/** How long a viewer may take nothing; a network may be gone for seconds. */
export function parseViewerTimeoutMs(text: string): number {
  return durationFrom(text, 5000, 3_600_000, "5s to 1h", "20s");
}

function durationFrom(text: string, minMs: number, maxMs: number, range: string, example: string): number {
  const isTime = /^[1-9]\d{0,5}(\.\d{1,3})?[smh]?$/.test(text);
  const durationMs = isTime ? parseDurationMs(text) : Number.NaN;
  if (!(durationMs >= minMs && durationMs <= maxMs))
    throw new UnacceptableError(`is not a time that is taken here: give ${range}`, example);
  return durationMs;
}
