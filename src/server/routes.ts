import { type Context, Hono } from "hono";
import type { Admitted, Gate, Need } from "../auth/request.ts";
import { type Answer, admit, answerToOther, choices, type Headers } from "./admission.ts";
import { type ApiParts, resources } from "./api/handlers.ts";
import { healthz, readyz } from "./api/health.ts";
import { operate } from "./api/resource.ts";
import { serveStill } from "./api/still-response.ts";
import { answerWithPage, type PageFiles } from "./files/page-files.ts";
import type { StaticFiles } from "./files/static-files.ts";
import { authRequestOf, type Exchange } from "./http/exchange.ts";
import { refusal, refusalForNow, textAnswer } from "./http/refusal.ts";
import { nameInPath, nameInQuery, nameOfStill } from "./stream-name.ts";
import type { AddressLimit } from "./viewers/address-limit.ts";
import { serveFlv } from "./viewers/flv-response.ts";

/** What the routes lead to. */
export interface RouteParts extends ApiParts {
  /** null while nobody can be let in yet. */
  readonly gate: () => Gate | null;
  readonly addressLimit: AddressLimit;
  /** The page that plays them. */
  readonly page: PageFiles;
  /** null where none are served. */
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

interface Env {
  readonly Bindings: { readonly exchange: Exchange };
}

export type Routes = Hono<Env>;

/** Every path that there is. Who asks is judged before anything is told of what is there. */
export function makeRoutes(parts: RouteParts): Routes {
  const routes = new Hono<Env>();
  const lead = (path: string, need: Need, then: (c: Context<Env>, admitted: Admitted) => Answer) =>
    routes.all(path, (c) => admit(parts.gate(), c.env.exchange, { need }, (admitted) => then(c, admitted)));
  lead("/live/*", "watch", ({ env: { exchange } }, admitted) =>
    nameOfStill(exchange) === null
      ? stream(parts, exchange, admitted, nameInPath)
      : still(parts, exchange, admitted.headers),
  );
  lead("/flv", "watch", ({ env }, admitted) => stream(parts, env.exchange, admitted, nameInQuery));
  lead(`${OLD_API}/*`, "public", ({ env }, { headers }) => moved(env.exchange, headers)); // and without a name
  for (const resource of resources)
    routes.all(resource.path, (c: Context<Env>) =>
      operate(parts, c.env.exchange, resource, c.req.param("name") ?? c.req.param("id") ?? ""),
    );
  const read = (path: string, need: Need, then: (exchange: Exchange, headers: Headers) => Answer) =>
    lead(
      path,
      need,
      ({ env: { exchange } }, { headers }) =>
        answerToOther(exchange, path, headers) ?? then(exchange, headers),
    );
  read("/healthz", "public", (_exchange, headers) => healthz(headers));
  read("/readyz", "public", (exchange, headers) => ready(parts, exchange, headers));
  read("/metrics", "watch", (_exchange, headers) => measured(parts, headers));
  lead("*", "public", (c, admitted) => file(parts, c, admitted));
  routes.onError((error) => {
    throw error; // our bug
  });
  return routes;
}

const OLD_API = "/api/v1/channels";

/** What an API path was called before; relative, since a proxy may have the API in a folder. */
function moved({ target: { path, query } }: Exchange, headers: Headers): Response {
  const below = path.slice(OLD_API.length).split("/");
  const up = "../".repeat(below.length - 1);
  const search = query === "" ? "" : `?${query}`;
  return textAnswer("", { ...headers, Location: `${up}streams${below.join("/")}${search}` }, 308);
}

/** A stream is called by its name, or by what else tells it; a query may be no such call. */
type NameOf = (exchange: Exchange) => string | Response | null;

function stream(
  { hubs, addressLimit, onViewer }: RouteParts,
  exchange: Exchange,
  { address, headers }: Admitted,
  nameOf: NameOf,
): Answer {
  const name = nameOf(exchange);
  if (name instanceof Response) return name;
  const hub = name === null ? undefined : hubs.get(name);
  if (hub === undefined) return refusal(404, "there is no such stream here", headers);
  const other = answerToOther(exchange, "a stream", headers);
  if (other !== null) return other;
  if (hub === null) return refusalForNow(503, "this stream waits for its device", headers);
  return serveFlv({ hub, exchange, address, headers, addressLimit, onViewer });
}

function still({ streams }: RouteParts, exchange: Exchange, headers: Headers): Answer {
  const name = nameOfStill(exchange);
  const found = streams().find((one) => one.status().name === name);
  if (found === undefined) return refusal(404, "there is no such stream here", headers);
  return answerToOther(exchange, "a picture", headers) ?? serveStill(found, headers);
}

/** Everyone hears whether all is well, and who may watch hears what is not. */
function ready({ gate, streams }: RouteParts, exchange: Exchange, headers: Headers): Response {
  const mayKnow = gate()?.judge(authRequestOf(exchange), "watch").kind === "admitted";
  return readyz(streams(), headers, { mayKnow });
}

async function measured({ metrics }: RouteParts, headers: Headers): Promise<Response> {
  const { contentType, text } = await metrics();
  return textAnswer(text, { "Content-Type": contentType, ...headers });
}

/** A file of the page, or of the folder: there `index.html` takes the place of the page that shows all hubs. */
function file({ files, page }: RouteParts, c: Context<Env>, { headers }: Admitted): Answer {
  const { exchange } = c.env;
  const { path } = exchange.target;
  if (path === "*") return choices(["GET", "HEAD"], headers);
  const found = files?.find(path) ?? null;
  const { "accept-encoding": acceptEncoding, "if-none-match": ifNoneMatch } = exchange.request.headers;
  const asked = { path, acceptEncoding, ifNoneMatch };
  const ours = path === "/" && found !== null ? null : answerWithPage(page, asked, headers);
  if (found === null && ours === null) return refusal(404, "there is nothing here", headers);
  return answerToOther(exchange, "a file", headers) ?? ours ?? found?.serve(c, headers) ?? c.notFound();
}
