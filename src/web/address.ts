export interface Address {
  readonly view:
    | { readonly kind: "home" }
    | { readonly kind: "watch"; readonly name: string }
    | { readonly kind: "recordings"; readonly name: string };
  /** Where the server's own paths begin: behind a proxy, flvcast may stand below a path of it. Ends with a slash. */
  readonly base: URL;
  readonly token: string | null;
  readonly options: AddressOptions;
}

/** For unattended displays: on a wall, in a frame. */
export interface AddressOptions {
  /** `?sound`: start with sound, where the browser allows it. */
  readonly sound: boolean;
  /** `?clock`: show the clock. */
  readonly clock: boolean;
  /** `?player=mse`: of the two players, this one. */
  readonly player: "auto" | "low-latency" | "mse";
  /** `?transport=websocket`: of the two ways to the stream, this one. */
  readonly transport: Transport | "auto";
}

export type Transport = "fetch" | "websocket";

export function readAddress(url: URL): Address {
  const pattern = /^(.*?\/)(?:watch\/([^/]*)(?:\/(recordings))?\/?)?$/;
  const [, start = "/", name = "", recordings] = pattern.exec(url.pathname) ?? [];
  const query = url.searchParams;
  return {
    view:
      name === ""
        ? { kind: "home" }
        : { kind: recordings === undefined ? "watch" : "recordings", name: decoded(name) },
    base: new URL(start, url.origin),
    token: query.get("token") || null, // an empty one is none, and must not replace the one that is kept
    options: {
      sound: isOn(query, "sound"),
      clock: isOn(query, "clock"),
      player: oneOf(query.get("player"), ["low-latency", "mse"]),
      transport: oneOf(query.get("transport"), ["fetch", "websocket"]),
    },
  };
}

/** The address as it may be seen: over a shoulder, on a screenshot, in the browser's history. */
export function withoutToken(url: URL): URL {
  return withQuery(url, (query) => query.delete("token"));
}

/** Which of the streams `/` shows: see `filterOf`. */
export function filterIn(url: URL): string {
  return url.searchParams.get("filter")?.trim() ?? "";
}

export function withFilter(url: URL, filter: string): URL {
  return withQuery(url, (query) => {
    if (filter === "") query.delete("filter");
    else query.set("filter", filter);
  });
}

/** `?at=2026-11-29T14:05:12Z`: the moment of a recording; null where there is none. */
export function momentIn(url: URL): number | null {
  const ms = Date.parse(url.searchParams.get("at") ?? "");
  return Number.isNaN(ms) ? null : ms;
}

export function withMoment(url: URL, ms: number): URL {
  const text = new Date(ms).toISOString().replace(/\.\d+/, "");
  return withQuery(url, (query) => query.set("at", text));
}

/** With another query; the commas of a filter and the colons of a time stay readable. */
function withQuery(url: URL, change: (query: URLSearchParams) => void): URL {
  const changed = new URL(url);
  change(changed.searchParams);
  changed.search = changed.search.replaceAll("%2C", ",").replaceAll("%3A", ":");
  return changed;
}

export function streamUrl(base: URL, name: string): URL {
  return new URL(`live/${encodeURIComponent(name)}.flv`, base);
}

export function watchUrl(base: URL, name: string): URL {
  return new URL(`watch/${encodeURIComponent(name)}`, base);
}

export function recordingsUrl(base: URL, name: string): URL {
  return new URL(`watch/${encodeURIComponent(name)}/recordings`, base);
}

/** `?sound`, `?sound=1`; not `?sound=0`. */
function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "0" && value !== "false";
}

function oneOf<Word extends string>(value: string | null, words: readonly Word[]): Word | "auto" {
  return words.find((word) => word === value) ?? "auto";
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // no stream has such a name: the server will say so
  }
}
