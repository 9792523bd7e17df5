const KEY = "flvcast.token";

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
  if (given === null) return { token: storage?.getItem(KEY) ?? null, isKept: true };
  return { token: given, isKept: keepToken(given, storage) };
}

export function keepToken(token: string, storage: Storage | null): boolean {
  try {
    storage?.setItem(KEY, token);
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
