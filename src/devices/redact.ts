/** What stands for everything that is not shown. */
const HIDDEN = "…";

/** Words that cameras, servers and playlists have in their paths. No two of them make a third: see `HARMLESS`. */
const WORDS = [
  ...["api", "app", "audio", "av", "axis", "bcs", "bin", "cams?", "cameras?", "cgi", "chn?", "channels?"],
  ...["feed", "flv", "h26[45]", "hd", "hevc", "high", "hls", "http", "image", "index", "isapi", "jpe?g"],
  ...["live", "low", "m3u8", "main", "manifest", "master", "media", "medium", "mjpe?g", "monitor", "mp4"],
  ...["mpd", "mpeg4?", "multicast", "amp", "onvif", "play", "playlist", "preview", "primary", "profiles?"],
  ...["psia", "real", "rtsp", "sd", "sdp", "secondary", "snapshot", "streams?", "streaming", "sub", "tcp"],
  ...["test", "tracks?", "trackid", "ts", "udp", "unicast", "video", "view"],
  ...["back", "clip", "demo", "door", "front", "gate", "garage", "garden", "html?", "json", "photo", "php"],
  ...["picture", "pngs?", "sample", "street", "webcams?", "yard"],
].join("|");

/** A number that no PIN is as short as, a letter, or words. */
const PIECE = `(?:\\d{1,3}|[a-z]\\d{0,3}|(?:${WORDS})+\\d{0,3})`;
/** A segment of a path that holds no secret: `101`, `h264Preview_01_main`, `axis-media`, `playlist.m3u8`. */
const HARMLESS = new RegExp(`^(?=.{1,40}$)${PIECE}(?:[-_.]${PIECE}){0,3}$`, "i");

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)((?:…@)?[^/?#\\…]*)(.*)$/is;
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/** Of a longer one, its end is enough; and a line of 64 KB is not looked through from each of its letters. */
const SCHEME = "[a-z][a-z0-9+.-]{0,30}://";
/** A URL in a text; in a list, the next begins after a comma. */
const URL_IN_TEXT = new RegExp(`${SCHEME}(?:(?!,${SCHEME})\\S)*`, "gi");
/** What follows a URL in a sentence, and is none of it. */
const PUNCTUATION = /(?<!['"`)\]>.,:;!])['"`)\]>.,:;!]*$/;
/** A user and a password before a host, where no scheme makes a URL of it; neither is endless, as a line may be. */
const CREDENTIALS = /(?<![^\s'"(])[^\s/:@]{1,200}:(?!\/\/|\\)[^\s@]{0,1000}@/g;

/**
 * A URL as it may be shown to anybody: its scheme, host and port, and of its path what is of a form that cameras have.
 * Cameras and services put passwords and tokens into every other part, under names that nobody can list:
 * `rtsp://…@cam:554/live/…`.
 */
export function shownUrl(url: string): string {
  const [, scheme = "", authority = "", rest = ""] = URL_PARTS.exec(url) ?? [];
  const host = hostOf(url);
  if (host === null) return `${scheme}${HIDDEN}`;
  return `${scheme}${authority === host ? "" : `${HIDDEN}@`}${host}${shownPath(rest)}`;
}

/** A URL's host, with its port; null where it has none that can be told from a secret. */
export function hostOf(url: string): string | null {
  const [, , authority = "", rest = ""] = URL_PARTS.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  // An @ later on may belong to a password with a slash in it: then what looks like the host is a part of that.
  return HOST.test(host) && !rest.includes("@") ? host : null;
}

/** What of a path, a query and a fragment may be shown; what has been shown already stays as it is. */
function shownPath(rest: string): string {
  const path = /^[^?#…]*/.exec(rest)?.[0] ?? "";
  const segments = path.split("/");
  const secretAt = segments.findIndex((segment) => segment !== "" && !HARMLESS.test(segment));
  if (secretAt !== -1) return `${segments.slice(0, secretAt).join("/")}/${HIDDEN}`;
  return rest.length > path.length ? `${path}${HIDDEN}` : path;
}

export function harmlessSegments(url: string): readonly string[] {
  const path = /^[^?#]*/.exec(URL_PARTS.exec(url)?.[3] ?? "")?.[0] ?? "";
  return path.split("/").filter((segment) => HARMLESS.test(segment));
}

/** `key=value` after the host, also where a path has them: `/user=…_channel=3_stream=0.sdp`. */
const PARAMETER = /(?<=[/?&;_])([a-z]{1,20})=([\w.-]{1,40}?)(?=[/?&;#]|_[a-z]+=|$)/gi;

/** The parameters of a URL whose values are of a form that may be shown. */
export function harmlessParameters(url: string): readonly (readonly [key: string, value: string])[] {
  const found = (URL_PARTS.exec(url)?.[3] ?? "").matchAll(PARAMETER);
  return [...found].flatMap(([, key = "", value = ""]) =>
    HARMLESS.test(value) ? [[key, value] as const] : [],
  );
}

/** Where a URL begins, also behind a quote or a blank; of a list, where each of its URLs begins. */
const URL_START = new RegExp(SCHEME, "i");
const NEXT_IN_LIST = new RegExp(`,(?=${SCHEME})`, "i");
/** A password that no scheme makes a URL of, whatever else is wrong with it; `C:\` is a drive. */
const TYPED_CREDENTIALS = /^(?![a-z]:\\)[^:@]*:.*@/is;

/**
 * What somebody typed, as it may be shown: of a URL what `shownUrl` has. One whose scheme is misspelled or left out is still
 * recognized by its password or its parameters; any other text is no URL, and is shown as it is.
 */
export function shownArgument(text: string): string {
  const at = text.search(URL_START);
  if (at !== -1) return `${text.slice(0, at)}${text.slice(at).split(NEXT_IN_LIST).map(shownUrl).join(",")}`;
  const segments = text.replace(TYPED_CREDENTIALS, `${HIDDEN}@`).split(/(?<=[/\\])/);
  const secretAt = segments.findIndex(hasParameters);
  return secretAt === -1 ? segments.join("") : `${segments.slice(0, secretAt).join("")}${HIDDEN}`;
}

/** `video.cgi?user=admin`, and `user=admin&password=…` in a path; ALSA's `hw:CARD=PCH,DEV=0` has a comma. */
function hasParameters(segment: string): boolean {
  const assignments = segment.split(/[?&;_]/).filter((part) => part.includes("=") && !part.includes(","));
  return /\?.*=/.test(segment) || assignments.length > 1;
}

/** A text of another program, in which every URL is as `shownUrl` has it. */
export function redact(text: string): string {
  const shown = text.replace(URL_IN_TEXT, (found) => {
    const after = PUNCTUATION.exec(found)?.[0] ?? "";
    return `${shownUrl(found.slice(0, found.length - after.length))}${after}`;
  });
  return shown.replace(CREDENTIALS, `${HIDDEN}@`);
}

/**
 * Redacts what another program says while it works with a URL: the URL itself, whatever is in it, other URLs, and the URL's
 * secret parts wherever they stand, also percent-decoded.
 * @param more parts of it that are secret whatever they look like
 */
export function redactor(url: string, more: readonly string[] = []): (text: string) => string {
  if (!URL_PARTS.test(url)) return redact;
  const shown = shownUrl(url);
  const secrets = [...secretsOf(url), ...more.flatMap((raw) => [raw, decoded(raw)])];
  const rest = (text: string) => redact(hide(text, secrets));
  return (text) => text.split(url).map(rest).join(shown);
}

/** All that may be a secret in a URL: user and password, and what `shownUrl` leaves out of the rest. */
function secretsOf(url: string): readonly string[] {
  const [, , authority = "", rest = ""] = URL_PARTS.exec(url) ?? [];
  const whole = `${authority}${rest}`;
  const ends = [authority.lastIndexOf("@"), whole.lastIndexOf("@")].filter((at) => at !== -1);
  const credentials = ends.flatMap((at) => {
    const text = whole.slice(0, at);
    return [text, ...text.split(":"), text.slice(text.indexOf(":") + 1)];
  });
  const parts = rest
    .split(/[/?#]/)
    .flatMap((part) => [
      part,
      ...part.split(/[&;]/).map((parameter) => parameter.slice(parameter.indexOf("=") + 1)),
    ]);
  const secrets = [...credentials, ...parts.filter((part) => !HARMLESS.test(part))];
  return [...new Set(secrets.flatMap((raw) => [raw, decoded(raw)]))].filter((secret) => secret !== "");
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    return raw; // not percent-encoded text: the raw form is all there is
  }
}

/** Shorter ones are hidden where they stand as a word alone: `u` is in most lines. */
const MIN_PART_LENGTH = 4;

/** Hides the secrets, also where they overlap: what is left of one by another would tell of it. */
function hide(text: string, secrets: readonly string[]): string {
  const isHidden = new Uint8Array(text.length);
  for (const secret of secrets) {
    for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
      const end = at + secret.length;
      if (secret.length >= MIN_PART_LENGTH || isWord(text, at, end)) isHidden.fill(1, at, end);
    }
  }
  return text
    .split("")
    .map((unit, at) => (isHidden[at] === 0 ? unit : isHidden[at - 1] === 1 ? "" : HIDDEN))
    .join("");
}

function isWord(text: string, at: number, end: number): boolean {
  return !/\w/.test(text[at - 1] ?? "") && !/\w/.test(text[end] ?? "");
}
