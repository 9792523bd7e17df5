import type { Acknowledgements } from "../../media/rtmp/connection.ts";

/** Between two looks. */
export const STALL_LOOK_MS = 1000;
/** So many looks at which something more was sent, and nothing more acknowledged: 15 s. */
const MAX_SILENT_LOOKS = 15;
/** What may be sent between two acknowledgements, at least: twice the window that we announce. */
const MIN_SENT_BYTES = 128 * 1024;

/**
 * Finds that a server has stopped reading before its kernel's buffer is full, by its missing Acknowledgements (5.4.3): of a
 * server that sends them, and has got twice as much as it acknowledged at once so far. SRS 7, nginx-rtmp, nginx-http-flv
 * and mediamtx send them as asked for; go2rtc sends none, so there only a full buffer shows.
 */
export class StallWatch {
  #count = 0;
  /** At the last look that saw an acknowledgement. */
  #acknowledgedAtBytes = 0;
  #sentBytes = 0;
  #silentLooks = 0;

  /** Whether the server has stopped reading; to be asked every `STALL_LOOK_MS`. */
  look({ count, everyBytes }: Acknowledgements, sentBytes: number): boolean {
    const hasSent = sentBytes > this.#sentBytes;
    this.#sentBytes = sentBytes;
    if (count === this.#count) this.#silentLooks += hasSent ? 1 : 0;
    else {
      this.#count = count;
      this.#acknowledgedAtBytes = sentBytes;
      this.#silentLooks = 0;
    }
    const owedBytes = sentBytes - this.#acknowledgedAtBytes;
    const isOverdue = owedBytes >= Math.max(2 * everyBytes, MIN_SENT_BYTES);
    return count > 0 && this.#silentLooks >= MAX_SILENT_LOOKS && isOverdue;
  }
}
