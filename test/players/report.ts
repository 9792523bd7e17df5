/** What a player saw of one track. */
export interface TrackReport {
  /** Frames decoded and shown, or packets where the player only reads; null if the player does not say. */
  readonly frames: number | null;
  /** Their presentation times in the order in which they came; empty if the player does not say. */
  readonly timesMs: readonly number[];
}

/** What a player saw of a stream. */
export interface PlayReport {
  /** Every line in which it complained, in its own words. */
  readonly complaints: readonly string[];
  /** Null where it saw no such track. */
  readonly video: TrackReport | null;
  readonly audio: TrackReport | null;
  /** How much of the stream it got through. */
  readonly playedMs: number;
}

export interface Player {
  readonly name: string;
  /** The program that must be installed: the names that it goes by. */
  readonly programs: readonly string[];
  play(url: string, seconds: number): Promise<PlayReport>;
}

/** A player that can be asked for a picture of what it shows. */
export interface PicturePlayer extends Player {
  play(url: string, seconds: number, screenshotPath?: string): Promise<PlayReport>;
}

/** Where time stepped back, as "from -> to" in milliseconds. */
export function backwardSteps(timesMs: readonly number[]): readonly string[] {
  return timesMs.flatMap((timeMs, index) => {
    const beforeMs = timesMs[index - 1];
    return beforeMs !== undefined && timeMs < beforeMs ? [`${beforeMs} -> ${timeMs}`] : [];
  });
}

/** From the first to the last of the times seen. */
export function spanMs(timesMs: readonly number[]): number {
  return (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
}

/** A track as a list of times, or null if there were none. */
export function trackOf(timesMs: readonly number[]): TrackReport | null {
  return timesMs.length === 0 ? null : { frames: timesMs.length, timesMs };
}

/** The longer of what two tracks span. */
export function longestSpanMs(...tracks: readonly (TrackReport | null)[]): number {
  return Math.max(0, ...tracks.map((track) => spanMs(track?.timesMs ?? [])));
}

/** The non-empty lines of a text. */
export function linesOf(text: string): readonly string[] {
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
}
