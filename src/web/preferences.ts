import type { Storage } from "./token.ts";

const KEY = "flvcast.volume";

/** What a viewer hears: muted at first, because a browser lets no page begin with sound. */
export interface Sound {
  readonly isMuted: boolean;
  /** 0 … 1, kept over the visits. */
  readonly volume: number;
}

export function readVolume(storage: Storage | null): number {
  const kept = Number(storage?.getItem(KEY) ?? 1);
  return kept > 0 && kept <= 1 ? kept : 1;
}

export function keepVolume(volume: number, storage: Storage | null): void {
  try {
    storage?.setItem(KEY, volume.toFixed(2));
  } catch {
    // full, or forbidden: it is as loud as before at the next visit
  }
}
