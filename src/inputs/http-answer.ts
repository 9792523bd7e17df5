import { get as getHttp, type IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { type Credentials, challengesOf, digestAuthorization } from "./digest-auth.ts";

const ANSWER_MS = 5000;
const MAX_REDIRECTS = 5;

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request and its answer, beside the time that the head may take. */
  readonly signal?: AbortSignal;
  readonly answerMs?: number;
  readonly isVerified?: boolean;
  /** Where the server sends the one who asks. */
  readonly onRedirect?: (url: string) => void;
}

/**
 * The head of a server's answer, asked as ffmpeg asks: redirects are followed, the user and password of the URL go out as
 * the server wants them once it has asked for them (Digest or Basic), and certificates are checked only where that is asked
 * for. Its body is the caller's to read or destroy.
 *
 * @throws the error of the connection; `AbortError` where it was aborted or took too long
 */
export async function askHttp(
  url: string,
  options: AskOptions = {},
  redirects = MAX_REDIRECTS,
): Promise<IncomingMessage> {
  const answer = await askWithCredentials(new URL(url), options);
  const { statusCode = 0, headers } = answer;
  if (statusCode < 300 || statusCode >= 400 || headers.location === undefined || redirects === 0)
    return answer;
  answer.destroy();
  const next = new URL(headers.location, url).href;
  options.onRedirect?.(next);
  return askHttp(next, options, redirects - 1);
}

async function askWithCredentials(url: URL, options: AskOptions): Promise<IncomingMessage> {
  const { username, password } = url;
  const answer = await request(url, options);
  const challenge = answer.headers["www-authenticate"];
  if (answer.statusCode !== 401 || username === "" || challenge === undefined) return answer;
  const credentials = { user: decoded(username), password: decoded(password) };
  const asked = { method: "GET", uri: `${url.pathname}${url.search}` };
  const authorization = digestAuthorization(challenge, credentials, asked) ?? basic(challenge, credentials);
  if (authorization === null) return answer;
  answer.destroy();
  return request(url, { ...options, headers: { ...options.headers, authorization } });
}

function basic(challenge: string, { user, password }: Credentials): string | null {
  return challengesOf(challenge).some(({ scheme }) => scheme === "basic")
    ? `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
    : null;
}

/** A password may have a % that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function request(
  url: URL,
  { headers = {}, signal, answerMs = ANSWER_MS, isVerified = false }: AskOptions,
): Promise<IncomingMessage> {
  const get = url.protocol === "https:" ? getHttps : getHttp;
  const { protocol, hostname, port, pathname, search } = url;
  return new Promise((resolve, reject) => {
    const sent = get(
      {
        ...{ protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port, path: `${pathname}${search}` },
        ...{ headers, agent: false, ...(signal === undefined ? {} : { signal }) },
        insecureHTTPParser: true, // the servers of cheap cameras end lines as they like
        rejectUnauthorized: isVerified, // cameras sign their own, and ffmpeg has taken it already
      },
      (answer) => {
        clearTimeout(timer);
        answer.on("error", () => undefined); // the reader gets the error
        resolve(answer);
      },
    );
    const timer = setTimeout(
      () => sent.destroy(new Error(`no response within ${answerMs / 1000} s`)),
      answerMs,
    );
    sent.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.once("close", () => {
      clearTimeout(timer);
      reject(new Error("connection closed without a response")); // node has no error for an upgrade that nobody asked for
    });
  });
}
