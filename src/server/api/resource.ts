import type { Gate } from "../../auth/request.ts";
import { admit, allowOf, choices } from "../admission.ts";
import { type Answered, refusal } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { type ApiParts, operators, type Resource } from "./handlers.ts";
import { operations } from "./operations.ts";

/** What a page can send to any server without asking it first (the Fetch standard's safelisted types). */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** Answers what is asked of a resource, with whichever of its operations the method means. */
export function operate(
  parts: ApiParts & { readonly gate: () => Gate | null },
  exchange: Exchange,
  { methods }: Resource,
  word: string,
): Answered {
  const method = exchange.request.method ?? "";
  const all = [...methods.keys()].flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one]));
  const id = methods.get(method === "HEAD" ? "GET" : method);
  const need = id === undefined ? "change" : operations[id].need;
  return admit(parts.gate(), exchange, { need, methods: all }, ({ headers }) => {
    if (method === "OPTIONS") return choices(all, headers);
    if (id === undefined)
      return refusal(405, `this is asked with ${allowOf(all)}`, { ...headers, Allow: allowOf(all) });
    // The door has turned away the pages of others; those of browsers that do not say whose they are have forms only.
    if (need === "change" && FORM.test(exchange.request.headers["content-type"] ?? ""))
      return refusal(415, "a change is asked for without a form: leave Content-Type out", headers);
    return operators[id](parts, word, headers);
  });
}
