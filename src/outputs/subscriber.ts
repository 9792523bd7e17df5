/**
 * Somebody who follows a stream: a viewer, or an output with a queue. It begins with an opening, and one that falls too far
 * behind lets everything pass until the next key frame, where it begins again.
 */
export abstract class Subscriber<Piece> {
  #state: "waiting-for-key" | "live" = "waiting-for-key";
  #skips = 0;
  #beganMs = 0;

  get state(): "waiting-for-key" | "live" {
    return this.#state;
  }

  /** How often it fell behind and was taken on to a later key frame. */
  get skips(): number {
    return this.#skips;
  }

  /** It has taken everything from before the gap. */
  protected abstract readonly isDrained: boolean;

  protected abstract write(piece: Piece): void;

  /** Goes live with an opening: all that a decoder needs up to now. */
  begin(opening: Piece, mediaMs: number): void {
    this.#state = "live";
    this.#beganMs = mediaMs;
    this.write(opening);
  }

  /** Takes the next piece of the live stream; where it can begin, the opening in its place. */
  offer(piece: Piece, opening: (() => Piece) | null, mediaMs: number): void {
    if (this.#state === "live") this.write(piece);
    else if (opening !== null && this.isDrained) this.begin(opening(), mediaMs);
  }

  /**
   * Its lag in media time. An opening may hold more than anybody may be behind: what is owed is no older than the moment at
   * which that was sent.
   * @param oldestMs how long ago the oldest of what it owes was sent
   */
  protected lagOf(oldestMs: number, mediaMs: number): number {
    return Math.min(oldestMs, this.#state === "live" ? mediaMs - this.#beganMs : 0);
  }

  /** Is too far behind: waits for a key frame from now on. */
  skip(): void {
    this.#state = "waiting-for-key";
    this.#skips++;
  }
}
