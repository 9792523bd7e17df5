import type { Admitted, Gate } from "../../auth/request.ts";
import { admit, allowOf, choices } from "../admission.ts";
import { type Answer, type Answered, type Headers, refusal } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Target } from "../http/target.ts";
import { type ApiParts, operators, type Resource, resources } from "./handlers.ts";
import { type OperationId, operations } from "./operations.ts";

/** What a page can send to any server without asking it first (the Fetch standard's safelisted types). */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** What answers the requests for a resource; the words are those that stand for parameters in its path. */
type Answerer = (exchange: Exchange, ...words: readonly string[]) => Answered;

/** Each resource's path and what answers there, also where the streams were before. */
export function resourceRoutes(
  parts: ApiParts & { readonly gate: () => Gate | null },
): readonly (readonly [path: string, answer: Answerer])[] {
  return resources.flatMap((resource): [path: string, answer: Answerer][] => {
    const { path } = resource;
    const answer: Answerer = (exchange, ...words) =>
      operate(parts.gate(), exchange, { ...resource, stream: words[0] }, (id, { headers, sees }) => {
        const asked = { words, query: exchange.target.query };
        return operators[id](sees === undefined ? parts : partsSeen(parts, sees), asked, headers);
      });
    if (!path.startsWith(STREAMS)) return [[path, answer]];
    const redirect: Answerer = (exchange) =>
      operate(parts.gate(), exchange, resource, (_id, { headers }) => toStreams(exchange.target, headers));
    return [
      [path, answer],
      [path.replace(STREAMS, FORMER_STREAMS), redirect],
    ];
  });
}

const STREAMS = "/api/v1/streams";
/** Until the next version: deprecated. */
const FORMER_STREAMS = "/api/v1/channels";

/** The way to the same place in STREAMS, relative: a proxy may have all of this below a path of its own. */
function toStreams({ path, query }: Target, headers: Headers): Answer {
  const below = path.split("/").slice(FORMER_STREAMS.split("/").length);
  const place = [...below.map(() => ".."), "streams", ...below].join("/");
  const location = query === "" ? place : `${place}?${query}`;
  return refusal(308, "moved to api/v1/streams", { ...headers, Location: location });
}

/** What somebody may hear of who may not watch all streams. */
function partsSeen({ streams, hubs }: ApiParts, sees: (stream: string) => boolean): ApiParts {
  return { streams: () => streams().filter(({ name }) => sees(name)), hubs };
}

/** Answers what is asked of a resource, with whichever of its operations the method means. */
function operate(
  gate: Gate | null,
  exchange: Exchange,
  { methods, stream }: Resource & { readonly stream?: string | undefined },
  answer: (id: OperationId, admitted: Admitted) => Answered,
): Answered {
  const method = exchange.request.method ?? "";
  const all = [...methods.keys()].flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one]));
  const id = methods.get(method === "HEAD" ? "GET" : method);
  const need = id === undefined ? "change" : operations[id].need;
  return admit(gate, exchange, { need, ...(stream && { stream }), methods: all }, (admitted) => {
    const { headers } = admitted;
    if (method === "OPTIONS") return choices(all, headers);
    if (id === undefined)
      return refusal(405, `method not allowed: use ${allowOf(all)}`, { ...headers, Allow: allowOf(all) });
    // The gate has turned away the pages of others; those of browsers that do not say whose they are have forms only.
    if (need === "change" && FORM.test(exchange.request.headers["content-type"] ?? ""))
      return refusal(415, "unsupported Content-Type: remove it", headers);
    return answer(id, admitted);
  });
}
