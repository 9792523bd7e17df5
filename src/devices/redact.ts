/** What a password is replaced with. */
const HIDDEN = "***";

const SECRET_PARAMETERS =
  /([?&;](?:pass|password|passwd|passwort|pwd|token|secret|key|api_?key|auth|sig|signature)=)[^&;#\s'"]+/gi;
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/@:'"]*):[^\s/'"]*@/gi;

/** A text with the passwords of every URL in it hidden: `rtsp://user:***@host/?token=***`. */
export function redactUrls(text: string): string {
  return text.replace(USER_INFO, `$1:${HIDDEN}@`).replace(SECRET_PARAMETERS, `$1${HIDDEN}`);
}

/**
 * Hides the passwords of the given URLs wherever they stand, also outside a URL and percent-decoded, as in ffmpeg's
 * error lines.
 */
export function redactor(urls: readonly string[]): (text: string) => string {
  const secrets = [...new Set(urls.flatMap(secretsOf))]
    .filter((secret) => secret.length >= 4 && secret !== HIDDEN)
    .toSorted((a, b) => b.length - a.length);
  return (text) => redactUrls(secrets.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text));
}

function secretsOf(url: string): string[] {
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/[^/]*?:([^/]*)@/i.exec(url)?.[1];
  const parameters = [...url.matchAll(SECRET_PARAMETERS)].map((match) =>
    match[0].slice((match[1] ?? "").length),
  );
  return (userInfo === undefined ? parameters : [userInfo, ...parameters]).flatMap((raw) => [
    raw,
    decoded(raw),
  ]);
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw; // not percent-encoded text: the raw form is all there is
  }
}
