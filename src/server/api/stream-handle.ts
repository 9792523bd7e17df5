import type { MediaTotals, Still, StreamStatus } from "../../status.ts";

/** A stream as whoever runs it tells of it, beside the bytes that its channel has. */
export interface StreamHandle {
  status(): StreamStatus;
  totals(): MediaTotals;
  /** @throws UserError where it cannot be decoded */
  still(): Promise<Still>;
  /** Begins its processes anew; before it is on the air, nothing happens. */
  restart(): Promise<void>;
}
