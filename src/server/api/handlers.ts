import type { Channel } from "../../outputs/live/hub.ts";
import type { Viewer } from "../../outputs/live/viewer.ts";
import type { CastState } from "../../status.ts";
import { version } from "../../version.ts";
import type { Answer, Headers } from "../admission.ts";
import { refusal, textAnswer } from "../http/refusal.ts";
import type { Broadcast } from "./broadcast.ts";
import { type OperationId, operations } from "./operations.ts";
import { toChannelDetail, toChannels, toViewer } from "./told.ts";

/** What the API tells of and acts on. */
export interface ApiParts {
  readonly broadcasts: () => readonly Broadcast[];
  /** By name; null while a stream is known by name alone. */
  readonly channels: ReadonlyMap<string, Channel | null>;
}

/** Answers one operation, for whoever was let in. `word` is the one that stands for a parameter in the path. */
type Operate = (parts: ApiParts, word: string, headers: Headers) => Answer;

export const operators: Readonly<Record<OperationId, Operate>> = {
  listChannels: ({ broadcasts }, _word, headers) =>
    json(
      toChannels(
        broadcasts().map((broadcast) => broadcast.status()),
        Date.now(),
      ),
      headers,
    ),
  showChannel: (parts, name, headers) =>
    withBroadcast(parts, name, headers, (broadcast) => json(toChannelDetail(broadcast.status()), headers)),
  restartChannel: (parts, name, headers) =>
    withBroadcast(parts, name, headers, (broadcast) => restart(broadcast, headers)),
  listViewers: (parts, _word, headers) =>
    json({ viewers: viewersOf(parts).map(({ channel, viewer }) => toViewer(channel.name, viewer)) }, headers),
  removeViewer,
  showDocument: async (_parts, _word, headers) => {
    const { openApiDocument } = await import("./openapi.ts"); // with its schemas, which take a while to load
    return json(openApiDocument(version), headers);
  },
};

/** The operations of one path, by method; of GET, HEAD is one, too. */
export interface Resource {
  /** As Hono has it: `:name`. */
  readonly path: string;
  readonly methods: ReadonlyMap<string, OperationId>;
}

export const resources: readonly Resource[] = resourcesOf(
  Object.keys(operations) as OperationId[], // Object.keys forgets what they are
);

function resourcesOf(ids: readonly OperationId[]): readonly Resource[] {
  const paths = [...new Set(ids.map((id) => operations[id].path))];
  return paths.map((path) => ({
    path: path.replace(/\{(\w+)\}/, ":$1"),
    methods: new Map(
      ids.filter((id) => operations[id].path === path).map((id) => [operations[id].method, id] as const),
    ),
  }));
}

function withBroadcast(
  { broadcasts }: ApiParts,
  name: string,
  headers: Headers,
  then: (broadcast: Broadcast) => Answer,
): Answer {
  const found = broadcasts().find((broadcast) => broadcast.status().name === name);
  return found === undefined ? refusal(404, "there is no such channel here", headers) : then(found);
}

const begun: readonly CastState[] = ["on-air", "degraded"];

async function restart(broadcast: Broadcast, headers: Headers): Promise<Response> {
  const { name, state } = broadcast.status();
  if (!begun.includes(state))
    return refusal(409, `${name} is ${state}: it begins as soon as it can`, headers);
  await broadcast.restart();
  return json(toChannelDetail(broadcast.status()), headers, 202);
}

function removeViewer(parts: ApiParts, id: string, headers: Headers): Response {
  const found = viewersOf(parts).find(({ viewer }) => String(viewer.who.id) === id);
  if (found === undefined) return refusal(404, "there is no such viewer: it may have left", headers);
  found.channel.remove(found.viewer);
  return new Response(null, { status: 204, headers });
}

function viewersOf({
  channels,
}: ApiParts): readonly { readonly channel: Channel; readonly viewer: Viewer }[] {
  return [...channels.values()]
    .filter((channel) => channel !== null)
    .flatMap((channel) => channel.viewers.map((viewer) => ({ channel, viewer })));
}

function json(value: object, headers: Headers, status = 200): Response {
  return textAnswer(JSON.stringify(value), { "Content-Type": "application/json", ...headers }, status);
}
