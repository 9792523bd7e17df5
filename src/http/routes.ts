import { type Context, Hono } from "hono";
import type { Admitted, Doorkeeper, Need, Verdict } from "../door/knock.ts";
import type { Channel } from "../live/channel.ts";
import { type Exchange, knockOf } from "./exchange.ts";
import { serveFlv } from "./flv-response.ts";
import { refusal, refusalForNow } from "./refusal.ts";
import type { StaticFiles } from "./static-files.ts";
import { nameInPath, nameInQuery } from "./stream-name.ts";
import type { ViewerPlaces } from "./viewer-places.ts";

/** What the routes lead to. */
export interface RouteParts {
  /** null while nobody can be let in yet. */
  readonly doorkeeper: () => Doorkeeper | null;
  /** By name; null while a stream is known by name alone. */
  readonly channels: ReadonlyMap<string, Channel | null>;
  readonly places: ViewerPlaces;
  /** null where none are served. */
  readonly files: StaticFiles | null;
  /** A connection carries a stream from now on. */
  readonly onViewer: (exchange: Exchange) => void;
}

interface Env {
  readonly Bindings: { readonly exchange: Exchange };
}

export type Routes = Hono<Env>;

const METHODS = "GET, HEAD, OPTIONS";

/** Every path that there is. Who asks is judged before anything is told of what is there. */
export function makeRoutes(parts: RouteParts): Routes {
  const routes = new Hono<Env>();
  routes.all("/live/*", (c) =>
    admit(parts, c, "watch", (admitted) => stream(parts, c, admitted, nameInPath)),
  );
  routes.all("/flv", (c) => admit(parts, c, "watch", (admitted) => stream(parts, c, admitted, nameInQuery)));
  routes.all("*", (c) => admit(parts, c, "public", (admitted) => file(parts, c, admitted)));
  routes.onError((error) => {
    throw error; // our bug
  });
  return routes;
}

type Answer = Response | Promise<Response>;

function admit(
  { doorkeeper }: RouteParts,
  c: Context<Env>,
  need: Need,
  then: (admitted: Admitted) => Answer,
): Answer {
  const keeper = doorkeeper();
  if (keeper === null) return refusalForNow(503, "this server is starting");
  const verdict = keeper.judge(knockOf(c.env.exchange), need);
  return verdict.kind === "admitted" ? then(verdict) : turnAway(verdict);
}

function turnAway(verdict: Exclude<Verdict, Admitted>): Response {
  return verdict.kind === "preflight"
    ? new Response(null, { status: 204, headers: { Allow: METHODS, ...verdict.headers } })
    : refusal(verdict.status, verdict.why, verdict.headers);
}

/** A stream is called by its name, or by what else tells it; a query may be no such call. */
type NameOf = (exchange: Exchange) => string | Response | null;

function stream(
  { channels, places, onViewer }: RouteParts,
  c: Context<Env>,
  { address, headers }: Admitted,
  nameOf: NameOf,
): Answer {
  const { exchange } = c.env;
  const name = nameOf(exchange);
  if (name instanceof Response) return name;
  const channel = name === null ? undefined : channels.get(name);
  if (channel === undefined) return refusal(404, "there is no such stream here", headers);
  const other = answerToOther(exchange, "a stream", headers);
  if (other !== null) return other;
  if (channel === null) return refusalForNow(503, "this stream waits for its device", headers);
  return serveFlv({ channel, exchange, address, headers, places, onViewer });
}

function file({ files }: RouteParts, c: Context<Env>, { headers }: Admitted): Answer {
  const { exchange } = c.env;
  const nothing = () => refusal(404, "there is nothing here", headers);
  if (exchange.target.path === "*") return turnAway({ kind: "preflight", headers });
  const found = files?.find(exchange.target.path) ?? null;
  if (found === null) return nothing();
  return answerToOther(exchange, "a file", headers) ?? found.serve(c, headers);
}

/** The answer to what does not read; null for GET and HEAD. */
function answerToOther(
  { request }: Exchange,
  what: string,
  headers: Readonly<Record<string, string>>,
): Response | null {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return null;
    case "OPTIONS":
      return turnAway({ kind: "preflight", headers });
    default:
      return refusal(405, `${what} is only read: use GET`, { ...headers, Allow: METHODS });
  }
}
