import { z } from "zod";
import { type Operation, type OperationId, operations } from "./operations.ts";
import {
  documented,
  recordingsSchema,
  segmentSchema,
  streamDetailSchema,
  streamsSchema,
  viewersSchema,
} from "./schemas.ts";

/** How an operation is answered where it is allowed. */
interface Answer {
  readonly status: number;
  readonly description: string;
  /** Of its JSON; absent where there is no body. */
  readonly schema?: z.ZodType;
  /** What else may come of it: a status, and when. */
  readonly others: readonly (readonly [number, string])[];
}

const documentSchema = z.object({ openapi: z.string() }).register(documented, { id: "Document" });

const configSchema = z.object({ title: z.string() }).register(documented, { id: "ConfigSchema" });

const noSuchStream = [404, "stream not found"] as const;
const noSuchSegment = [404, "stream or segment not found, or the stream is not recorded"] as const;
const diskFails = [503, "the disk fails, or does not answer; see Retry-After"] as const;

const answers: Readonly<Record<OperationId, Answer>> = {
  listStreams: { status: 200, description: "the streams", schema: streamsSchema, others: [] },
  showStream: {
    ...{ status: 200, description: "the stream", schema: streamDetailSchema },
    others: [noSuchStream],
  },
  restartStream: {
    ...{ status: 202, description: "the restart has begun", schema: streamDetailSchema },
    others: [noSuchStream, [409, "the stream is not up yet, so there is nothing to restart"]],
  },
  listRecordings: {
    ...{ status: 200, description: "the segments", schema: recordingsSchema },
    others: [
      [400, "from or to is not a time, or from is not before to"],
      [404, "stream not found, or it is not recorded"],
    ],
  },
  keepRecording: {
    ...{ status: 200, description: "the segment, which is kept", schema: segmentSchema },
    others: [noSuchSegment, diskFails],
  },
  releaseRecording: {
    ...{ status: 200, description: "the segment, which is not kept", schema: segmentSchema },
    others: [noSuchSegment, diskFails],
  },
  listViewers: { status: 200, description: "the viewers", schema: viewersSchema, others: [] },
  removeViewer: {
    ...{ status: 204, description: "disconnected" },
    others: [[404, "viewer not found"]],
  },
  showConfigSchema: { status: 200, description: "JSON Schema 2020-12", schema: configSchema, others: [] },
  showDocument: { status: 200, description: "OpenAPI 3.1", schema: documentSchema, others: [] },
};

const ofGate: readonly (readonly [number, string])[] = [
  [401, "the token is missing or wrong"],
  [403, "a cross-origin request, or one that needs a token on a server without one"],
  [429, "too many wrong tokens from this address; see Retry-After"],
];

const text = { "text/plain": { schema: { type: "string", description: "one line: what went wrong" } } };

/** The API as an OpenAPI 3.1 document, whose schemas are JSON Schema 2020-12: those that the answers' types come from. */
export function openApiDocument(version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [id, operation] of Object.entries(operations)) {
    // Object.entries forgets what the keys are.
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: described(id as OperationId),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "flvcast",
      version,
      description: "The state of the streams, and their viewers.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: { schemas: componentSchemas(), securitySchemes },
  };
}

const securitySchemes = {
  bearer: { type: "http", scheme: "bearer" },
  basic: { type: "http", scheme: "basic", description: "the token is the password, with any user name" },
  query: { type: "apiKey", in: "query", name: "token" },
};

function described(id: OperationId): Readonly<Record<string, unknown>> {
  const operation: Operation = operations[id];
  const { need, summary } = operation;
  const { status, description, schema, others } = answers[id];
  const refusals = need === "public" ? others : [...ofGate, ...others];
  return {
    operationId: id,
    summary,
    security: securityOf(need),
    ...parametersOf(operation),
    responses: {
      [status]: { description, ...(schema === undefined ? {} : contentOf(schema)) },
      ...Object.fromEntries(refusals.map(([code, when]) => [code, { description: when, content: text }])),
    },
  };
}

/** `{}`: a server that needs no token is asked without. */
function securityOf(
  need: "public" | "watch" | "list" | "change",
): readonly Readonly<Record<string, readonly []>>[] {
  const headers = [{ bearer: [] }, { basic: [] }, {}] as const;
  switch (need) {
    case "public":
      return [];
    case "watch":
    case "list":
      return [...headers, { query: [] }];
    case "change":
      return headers;
  }
}

function parametersOf({ path, query = {} }: Operation): Readonly<Record<string, unknown>> {
  const schema = { type: "string" };
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const parameters = [
    ...names.map((name) => ({ name, in: "path", required: true, schema })),
    ...Object.entries(query).map(([name, description]) => ({ name, in: "query", description, schema })),
  ];
  return parameters.length === 0 ? {} : { parameters };
}

function contentOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  return {
    content: {
      "application/json": { schema: { $ref: referenceTo(documented.get(schema)?.id ?? "") } },
    },
  };
}

function referenceTo(id: string): string {
  return `#/components/schemas/${id}`;
}

function componentSchemas(): Readonly<Record<string, unknown>> {
  const { schemas } = z.toJSONSchema(documented, { uri: referenceTo, override: allowMore });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutAddress(schema)]));
}

/** Later versions may add fields. */
function allowMore({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown } }): void {
  delete jsonSchema.additionalProperties;
}

/** A schema's place in the document is its address. */
function withoutAddress(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id"));
}
