import type { Hub } from "../../outputs/live/hub.ts";
import type { Viewer } from "../../outputs/live/viewer.ts";
import { listed } from "../../recordings/listed.ts";
import type { StreamRecordings } from "../../recordings/segment.ts";
import type { StreamHandle, StreamState } from "../../stream.ts";
import { version } from "../../version.ts";
import {
  type Answer,
  type Answered,
  emptyAnswer,
  type Headers,
  refusal,
  textAnswer,
} from "../http/answer.ts";
import { askedSpan, spanOf } from "../recordings/query.ts";
import { noSuchRecording, refusalOf } from "../recordings/refusals.ts";
import { type OperationId, operations } from "./operations.ts";
import { toRecordings, toStreamDetail, toStreams, toViewer } from "./serializers.ts";

/** What the API tells of and acts on. */
export interface ApiParts {
  readonly streams: () => readonly StreamHandle[];
  /** By name; null while a stream is known by name alone. */
  readonly hubs: ReadonlyMap<string, Hub | null>;
}

/** What an operation is asked for. */
export interface Asked {
  /** Those that stand for the parameters in the path. */
  readonly words: readonly string[];
  readonly query: string;
}

/** Answers one operation, for a client that was let in. */
type Operate = (parts: ApiParts, asked: Asked, headers: Headers) => Answered;

export const operators: Readonly<Record<OperationId, Operate>> = {
  listStreams: ({ streams }, _asked, headers) =>
    json(
      toStreams(
        streams().map((stream) => stream.status()),
        Date.now(),
      ),
      headers,
    ),
  showStream: (parts, { words: [name] }, headers) =>
    withStream(parts, name, headers, (stream) => json(toStreamDetail(stream.status()), headers)),
  restartStream: (parts, { words: [name] }, headers) =>
    withStream(parts, name, headers, (stream) => restart(stream, headers)),
  listRecordings: (parts, { words: [name], query }, headers) =>
    withRecordings(parts, name, headers, (recordings) => listRecordings(recordings, query, headers)),
  keepRecording: (parts, { words }, headers) => keep(parts, words, headers, true),
  releaseRecording: (parts, { words }, headers) => keep(parts, words, headers, false),
  listViewers: (parts, _asked, headers) =>
    json({ viewers: viewersOf(parts).map(({ hub, viewer }) => toViewer(hub.name, viewer)) }, headers),
  removeViewer,
  showConfigSchema: async (_parts, _asked, headers) => {
    const { configJsonSchema } = await import("../../config/schema.ts"); // with zod
    return jsonText(configJsonSchema(), headers);
  },
  showDocument: async (_parts, _asked, headers) => {
    const { openApiDocument } = await import("./openapi.ts"); // with its schemas, which take a while to load
    return json(openApiDocument(version), headers);
  },
};

/** The operations of one path, by method; of GET, HEAD is one, too. */
export interface Resource {
  /** As the operation has it: `{name}` stands for one segment. */
  readonly path: string;
  readonly methods: ReadonlyMap<string, OperationId>;
}

export const resources: readonly Resource[] = resourcesOf(
  Object.keys(operations) as OperationId[], // Object.keys forgets what they are
);

function resourcesOf(ids: readonly OperationId[]): readonly Resource[] {
  const paths = [...new Set(ids.map((id) => operations[id].path))];
  return paths.map((path) => ({
    path,
    methods: new Map(
      ids.filter((id) => operations[id].path === path).map((id) => [operations[id].method, id] as const),
    ),
  }));
}

function withStream(
  { streams }: ApiParts,
  name: string | undefined,
  headers: Headers,
  then: (stream: StreamHandle) => Answered,
): Answered {
  const found = streams().find((stream) => stream.name === name);
  return found === undefined ? refusal(404, "stream not found", headers) : then(found);
}

const begun: readonly StreamState[] = ["on-air", "degraded"];

async function restart(stream: StreamHandle, headers: Headers): Promise<Answer> {
  const { name, state } = stream.status();
  if (!begun.includes(state))
    return refusal(409, `"${name}" is ${state}, so there is nothing to restart`, headers);
  await stream.restart();
  return json(toStreamDetail(stream.status()), headers, 202);
}

function withRecordings(
  parts: ApiParts,
  name: string | undefined,
  headers: Headers,
  then: (recordings: StreamRecordings) => Answered,
): Answered {
  return withStream(parts, name, headers, ({ recordings }) =>
    recordings === null ? refusal(404, `"${name}" is not recorded`, headers) : then(recordings),
  );
}

function listRecordings(recordings: StreamRecordings, query: string, headers: Headers): Answer {
  const asked = askedSpan(query, headers);
  if ("status" in asked) return asked;
  return json(toRecordings(recordings.list(), spanOf(asked)), headers);
}

function keep(
  parts: ApiParts,
  [name, id]: readonly (string | undefined)[],
  headers: Headers,
  isKept: boolean,
): Answered {
  return withRecordings(parts, name, headers, async (recordings) => {
    const found = recordings.list().find((segment) => segment.id === id);
    if (found === undefined) return noSuchRecording(headers);
    try {
      await recordings.keep(found, isKept);
    } catch (error) {
      return refusalOf(error, headers);
    }
    const kept = listed(recordings.list()).find((segment) => segment.id === id);
    return kept === undefined ? noSuchRecording(headers) : json(kept, headers);
  });
}

function removeViewer(parts: ApiParts, { words: [id] }: Asked, headers: Headers): Answer {
  const found = viewersOf(parts).find(({ viewer }) => String(viewer.who.id) === id);
  if (found === undefined) return refusal(404, "viewer not found: it may have left", headers);
  found.hub.remove(found.viewer);
  return emptyAnswer(204, headers);
}

function viewersOf({ hubs }: ApiParts): readonly { readonly hub: Hub; readonly viewer: Viewer }[] {
  return [...hubs.values()]
    .filter((hub) => hub !== null)
    .flatMap((hub) => hub.viewers.map((viewer) => ({ hub, viewer })));
}

function json(value: object, headers: Headers, status = 200): Answer {
  return jsonText(JSON.stringify(value), headers, status);
}

function jsonText(text: string, headers: Headers, status = 200): Answer {
  return textAnswer(text, { "Content-Type": "application/json", ...headers }, status);
}
