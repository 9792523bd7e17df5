import type { Admitted, Gate, Need } from "../auth/request.ts";
import type { LagWatch } from "../system/lag-watch.ts";
import { admit, answerToOther, choices } from "./admission.ts";
import type { ApiParts } from "./api/handlers.ts";
import { healthz, readyz } from "./api/health.ts";
import { resourceRoutes } from "./api/resource.ts";
import { serveStill } from "./api/still-response.ts";
import type { ClipParts } from "./clips/clip-response.ts";
import { answerWithPage, type PageFiles } from "./files/page-files.ts";
import type { StaticFiles } from "./files/static-files.ts";
import {
  type Answer,
  type Answered,
  type Headers,
  refusal,
  refusalForNow,
  textAnswer,
} from "./http/answer.ts";
import { authRequestOf, type Exchange } from "./http/exchange.ts";
import type { RecordingParts } from "./recordings/recording-response.ts";
import { toAllStreams, toPage, toStream, wantsPage } from "./redirects.ts";
import { nameInQuery } from "./stream-name.ts";
import type { AddressLimit } from "./viewers/address-limit.ts";
import { serveFlv } from "./viewers/flv-response.ts";
import { serveOnDemand } from "./viewers/standby-response.ts";

export interface RouteParts extends ApiParts, RecordingParts, ClipParts {
  /** null while nobody can be let in yet. */
  readonly gate: () => Gate | null;
  readonly addressLimit: AddressLimit;
  readonly lagWatch: LagWatch;
  readonly page: PageFiles;
  readonly files: StaticFiles | null;
  /** All that is counted, as Prometheus reads it. */
  readonly metrics: () => Promise<Measurements>;
  /** A connection carries a stream from now on. */
  readonly onViewer: (exchange: Exchange) => void;
}

export interface Measurements {
  readonly contentType: string;
  readonly text: string;
}

/** Answers a request; the words are those that stand for parameters in its path. */
export type Handler = (exchange: Exchange, ...words: readonly string[]) => Answered;

type Route = readonly [path: RegExp, answer: Handler];

/** Every path that there is; all others are files. Who asks is judged before anything is told of what is there. */
export function makeRoutes(parts: RouteParts): Handler {
  const gated = (
    path: string,
    need: Need,
    then: (exchange: Exchange, admitted: Admitted, name: string, id: string) => Answered,
  ) =>
    route(path, (exchange, word = "", id = "") => {
      const asked = path === "/flv" ? nameInQuery(exchange) : word;
      const name = typeof asked === "string" ? asked : "";
      const admission = { need, stream: name };
      return admit(parts.gate(), exchange, admission, (admitted) => then(exchange, admitted, word, id));
    });
  const read = (path: string, need: Need, then: (exchange: Exchange, headers: Headers) => Answered) =>
    gated(
      path,
      need,
      (exchange, { headers }) => answerToOther(exchange, path, headers) ?? then(exchange, headers),
    );
  const fileNeed: Need = parts.files === null ? "public" : "files";
  /** A browser gets the page instead, which asks for the token by itself. */
  const orPage = (path: string, then: (exchange: Exchange, admitted: Admitted, name: string) => Answered) => {
    const [pattern, answer] = gated(path, "watch", then);
    const [, redirect] = gated(path, fileNeed, ({ target }, { headers }, name) =>
      toPage(target, name, headers),
    );
    const either: Handler = (exchange, ...words) =>
      wantsPage(exchange) ? redirect(exchange, ...words) : answer(exchange, ...words);
    return [pattern, either] as const;
  };
  const routes = [
    orPage("/live/{name}.flv", (exchange, admitted, name) => stream(parts, exchange, admitted, name)),
    gated("/live/{name}.jpg", "watch", (exchange, admitted, name) => still(parts, exchange, admitted, name)),
    ...(["flv", "mp4"] as const).map((format) =>
      gated(`/live/{name}/clip.${format}`, "watch", async (exchange, admitted, name) => {
        const { serveClip } = await import("./clips/clip-response.ts"); // loaded when used: a start is to be quick
        return await serveClip(parts, exchange, admitted, { name, format });
      }),
    ),
    orPage("/live/{name}", (exchange, { headers }, name) => withoutSuffix(parts, exchange, headers, name)),
    gated("/live/*", "watch", (_exchange, { headers }) => noStream(headers)),
    gated("/flv", "watch", (exchange, admitted) => stream(parts, exchange, admitted, nameInQuery(exchange))),
    ...(["flv", "mp4"] as const).flatMap((format) => [
      gated(`/recordings/{name}/play.${format}`, "watch", async (exchange, admitted, name) => {
        const { serveSpan } = await import("./recordings/recording-response.ts");
        return await serveSpan(parts, exchange, admitted, { name, format });
      }),
      gated(`/recordings/{name}/{id}.${format}`, "watch", async (exchange, admitted, name, id) => {
        const { serveSegmentFile } = await import("./recordings/recording-response.ts");
        return await serveSegmentFile(parts, exchange, admitted, { name, id, format });
      }),
    ]),
    ...resourceRoutes(parts).map(([path, answer]) => route(path, answer)),
    read("/healthz", "health", (_exchange, headers) => healthz(headers)),
    read("/readyz", "health", (exchange, headers) => ready(parts, exchange, headers)),
    read("/metrics", "watch", (_exchange, headers) => measured(parts, headers)),
  ];
  return (exchange) => {
    const path = decodeURIComponent(exchange.target.path); // the rules have let through none that cannot be
    for (const [pattern, answer] of routes) {
      const match = pattern.exec(path);
      if (match !== null) return answer(exchange, ...match.slice(1));
    }
    return admit(parts.gate(), exchange, { need: fileNeed }, ({ headers }) => file(parts, exchange, headers));
  };
}

/** @param path `/live/*` is all below it, too, and `{name}` stands for one segment */
function route(path: string, answer: Handler): Route {
  const pattern = path
    .replaceAll(".", "\\.")
    .replace("/*", "(?:/.*)?")
    .replaceAll(/\{\w+\}/g, "([^/]+)");
  return [new RegExp(`^${pattern}$`, "s"), answer];
}

/** @param name null where none is called for, and an answer where the query is none */
function stream(
  { hubs, streams, addressLimit, lagWatch, onViewer }: RouteParts,
  exchange: Exchange,
  { address, headers }: Admitted,
  name: string | Answer | null,
): Answered {
  if (name !== null && typeof name !== "string") return name;
  const hub = name === null ? undefined : hubs.get(name);
  if (hub === undefined) return noStream(headers);
  const other = answerToOther(exchange, "a stream", headers);
  if (other !== null) return other;
  const asked = { exchange, address, headers, addressLimit, lagWatch, onViewer };
  const standby = streams().find((one) => one.name === name)?.standby ?? null;
  if (name !== null && standby !== null) {
    const findHub = () => hubs.get(name) ?? null;
    return serveOnDemand(standby, findHub, { name, ...asked });
  }
  if (hub === null) return refusalForNow(503, "the stream is waiting for its device", headers);
  return serveFlv({ hub, ...asked });
}

/** Players follow a redirect; a WebSocket does not. */
function withoutSuffix({ hubs }: RouteParts, exchange: Exchange, headers: Headers, name: string): Answer {
  if (!hubs.has(name) || exchange.kind === "websocket") return noStream(headers);
  return answerToOther(exchange, "a stream", headers) ?? toStream(exchange.target, name, headers);
}

function still({ streams }: RouteParts, exchange: Exchange, { headers }: Admitted, name: string): Answered {
  const found = streams().find((one) => one.name === name);
  if (found === undefined) return noStream(headers);
  const { method } = exchange.request;
  return answerToOther(exchange, "a still image", headers) ?? serveStill(found, headers, method === "HEAD");
}

function noStream(headers: Headers): Answer {
  return refusal(404, "stream not found", headers);
}

/** Everyone hears whether all is well, and who may watch hears what is not. */
function ready({ gate, streams }: RouteParts, exchange: Exchange, headers: Headers): Answer {
  const mayKnow = gate()?.judge(authRequestOf(exchange), "watch").kind === "admitted";
  return readyz(streams(), headers, { mayKnow });
}

async function measured({ metrics }: RouteParts, headers: Headers): Promise<Answer> {
  const { contentType, text } = await metrics();
  return textAnswer(text, { "Content-Type": contentType, ...headers });
}

/** A file of the page, or of the folder: there `index.html` takes the place of the page that shows all hubs. */
function file({ files, page }: RouteParts, exchange: Exchange, headers: Headers): Answer {
  const { path } = exchange.target;
  if (path === "*") return choices(["GET", "HEAD"], headers);
  const found = files?.find(path) ?? null;
  const { method, headers: asking } = exchange.request;
  const { "accept-encoding": acceptEncoding, "if-none-match": ifNoneMatch, range } = asking;
  const asked = { path, acceptEncoding, ifNoneMatch };
  const ours = path === "/" && found !== null ? null : answerWithPage(page, asked, headers);
  const nothing = refusal(404, "not found", headers);
  const isRedirected = found === null && /^\/watch\/?$/.test(path);
  if (found === null && ours === null && !isRedirected) return nothing;
  const other = answerToOther(exchange, "a file", headers);
  if (isRedirected) return other ?? toAllStreams(exchange.target, headers);
  return other ?? ours ?? found?.({ isHead: method === "HEAD", range }, headers) ?? nothing;
}
