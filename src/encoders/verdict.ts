import type { Profile } from "../ffmpeg/encoder.ts";

/** What was found out about an encoder on one node. */
export type Verdict =
  | {
      readonly works: true;
      /** The profile to ask for; some drivers then make another. */
      readonly profile: Profile;
      /** What came, as RFC 6381 calls it: `avc1.640020`. */
      readonly codec: string;
      /** See `ChosenEncoder`; not known of what was found out before it was asked. */
      readonly forcesKeyFrames?: boolean;
      /** See `ChosenEncoder`, as of the next. */
      readonly holdsNoFrame?: boolean | undefined;
      readonly widthStep?: number | undefined;
      readonly libraryVersion?: string | undefined;
    }
  | ({ readonly works: false } & Refusal);

export interface Refusal {
  /** What is wrong, without a full stop: `no permission on /dev/dri/renderD128: it is for group render`. */
  readonly reason: string;
  /** What to do about it, with the command where there is one. */
  readonly fix: string;
  /** Its hardware or its code is simply not here: nothing that anyone expected to work. */
  readonly isAbsent: boolean;
}

/** One encoder on one node, and how it did. */
export interface ProbeResult {
  readonly encoder: string;
  readonly node: string | null;
  readonly verdict: Verdict;
  /** How long it took to find out. */
  readonly durationMs: number;
  /** When it was found out, by Date.now(). */
  readonly atMs: number;
}
