import { streamUrl, watchUrl } from "./address.ts";

/** A way to watch the stream, to be handed on. */
export interface Link {
  readonly name: string;
  /** Who takes it. */
  readonly hint: string;
  readonly text: string;
  /** What its button does. */
  readonly copy: string;
}

export interface LinkedStream {
  readonly name: string;
  /** Ends with a slash. */
  readonly base: URL;
  readonly token: string | null;
}

export function linksOf(stream: LinkedStream): readonly Link[] {
  const [flv, socket, still] = [flvUrl(stream), flvUrl(stream), flvUrl(stream)];
  socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
  still.pathname = still.pathname.replace(/\.flv$/, ".jpg");
  return [
    { name: "Page", hint: "any browser", text: pageUrl(stream).href, copy: "Copy page URL" },
    { name: "FLV", hint: "VLC, mpv, OBS", text: flv.href, copy: "Copy stream URL" },
    { name: "WebSocket", hint: "mpegts.js, flv.js", text: socket.href, copy: "Copy WebSocket URL" },
    { name: "Still image", hint: "JPEG", text: still.href, copy: "Copy image URL" },
    { name: "Embed", hint: "HTML", text: embedCode(stream), copy: "Copy embed code" },
  ];
}

/** Players and other browsers know of the token from the URL alone. */
export function pageUrl(stream: LinkedStream): URL {
  return withToken(watchUrl(stream.base, stream.name), stream.token);
}

/** A playlist of one, which desktops open in VLC or another player. */
export function playlistOf(stream: LinkedStream): string {
  return `#EXTM3U\n#EXTINF:-1,${stream.name}\n${flvUrl(stream).href}\n`;
}

/**
 * Where others reach the server. A page that was opened as localhost leads nobody else there: the stream's own URL does,
 * where the server has one for others. Behind a proxy the page's own address is the one that works.
 * @param streamHref what the API says; null where it is not known
 */
export function sharedBase(base: URL, streamHref: string | null): URL {
  if (!isLoopback(base) || base.pathname !== "/" || streamHref === null) return base;
  const own = new URL("/", streamHref);
  return isLoopback(own) ? base : own;
}

/** Whether a URL leads to whatever machine it is opened on. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** As it may be seen over a shoulder: without the token. */
export function maskedText(text: string, token: string | null): string {
  if (token === null) return text;
  const [, query = ""] = withToken(new URL("http://localhost/"), token).search.split("?token=");
  return text.replaceAll(`token=${query}`, "token=•••");
}

function flvUrl({ base, name, token }: LinkedStream): URL {
  return withToken(streamUrl(base, name), token);
}

/** The name in it is percent-encoded, as is the token: nothing ends the attribute. */
function embedCode(stream: LinkedStream): string {
  const allow = "autoplay; fullscreen; picture-in-picture; clipboard-write";
  return `<iframe src="${pageUrl(stream).href}" width="640" height="360" style="border: 0" allow="${allow}"></iframe>`;
}

function withToken(url: URL, token: string | null): URL {
  if (token !== null) url.searchParams.set("token", token);
  return url;
}
