const TOKEN_KEY = "flvcast.token";
const VOLUME_KEY = "flvcast.volume";

/** What a browser keeps for a page; null where it keeps nothing, as in many frames of other sites. */
export type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The token: from the address where it is there, else as it was kept. A new one is kept, so that the address can do
 * without it and a reload still finds it; `isKept` says whether that succeeded.
 */
export function takeToken(
  given: string | null,
  storage: Storage | null,
): { readonly token: string | null; readonly isKept: boolean } {
  if (given === null) return { token: storage?.getItem(TOKEN_KEY) ?? null, isKept: true };
  return { token: given, isKept: keepToken(given, storage) };
}

export function keepToken(token: string, storage: Storage | null): boolean {
  try {
    storage?.setItem(TOKEN_KEY, token);
    return storage !== null;
  } catch {
    return false; // full, or forbidden
  }
}

/** The browser's storage; a frame of another site may have none, and asking for it throws. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}

/** What a viewer hears: muted at first, because a browser lets no page begin with sound. */
export interface Sound {
  readonly isMuted: boolean;
  /** 0 … 1, kept over the visits. */
  readonly volume: number;
}

export function readVolume(storage: Storage | null): number {
  const kept = Number(storage?.getItem(VOLUME_KEY) ?? 1);
  return kept > 0 && kept <= 1 ? kept : 1;
}

export function keepVolume(volume: number, storage: Storage | null): void {
  try {
    storage?.setItem(VOLUME_KEY, volume.toFixed(2));
  } catch {
    // full, or forbidden: it is as loud as before at the next visit
  }
}
