/** An address of RTMP: `rtmp://HOST[:PORT]/APP/NAME[?QUERY]`. */
export interface RtmpUrl {
  readonly isTls: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** 1935, and 443 with TLS, where none is given. */
  readonly port: number;
  /** What stands before the last part of the path; it may have slashes. */
  readonly app: string;
  /** The last part with its query: a stream key, so a secret. */
  readonly name: string;
  /** For `connect`: without the name. */
  readonly tcUrl: string;
}

const layout = /^(rtmps?):\/\/(\[[\da-f:.]+\]|[^/?#@:[\]\s]+)(?::(\d{1,5}))?\/([^\s\p{Cc}]+)$/iu;

/**
 * null for what is no address of RTMP, or lacks one of its parts. Nothing is decoded: a stream key may have any character. The
 * application may have a query, as YouTube's backup: `rtmp://HOST/live2?backup=1/KEY`.
 */
export function parseRtmpUrl(text: string): RtmpUrl | null {
  const [, scheme = "", host = "", portText, path = ""] = layout.exec(text) ?? [];
  const isTls = scheme.toLowerCase() === "rtmps";
  const port = portText === undefined ? (isTls ? 443 : 1935) : Number(portText);
  const { app, name } = splitPath(path);
  if (port < 1 || port > 65_535 || app === "" || name === "") return null;
  const authority = portText === undefined ? host : `${host}:${port}`;
  const tcUrl = `${scheme.toLowerCase()}://${authority}/${app}`;
  return { isTls, host: host.replaceAll(/[[\]]/g, ""), port, app, name, tcUrl };
}

/** At the last slash of the path, or where it has none, of the query. */
function splitPath(path: string): { readonly app: string; readonly name: string } {
  const query = path.indexOf("?");
  const slashBefore = (end: number) => path.lastIndexOf("/", end < 0 ? path.length : end);
  const slash = slashBefore(query) < 0 ? slashBefore(-1) : slashBefore(query);
  return { app: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
