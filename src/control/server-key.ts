/** What stands behind a server's name where names are held: no stream's name has it. */
const SUFFIX = "+server";

/** What a server of several streams holds its name by; its log is called so, too. */
export function serverKey(name: string): string {
  return name + SUFFIX;
}

/** The server whose key this is; null where it is none's. */
export function serverNameOf(key: string): string | null {
  return key.endsWith(SUFFIX) ? key.slice(0, -SUFFIX.length) : null;
}
