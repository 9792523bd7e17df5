/** What one operation is called by, what it takes to be allowed it, and what it does. */
export interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** `{name}` and `{id}` stand for one segment each. */
  readonly path: string;
  /** As the gate has it: `change` is the token in a header, or without a token this machine. */
  readonly need: "public" | "watch" | "list" | "change";
  readonly summary: string;
  /** Parameters in the query, all of them optional: names, and what they are. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Every operation of the API. None takes a command, a path or a body. */
export const operations = {
  listStreams: {
    method: "GET",
    path: "/api/v1/streams",
    need: "list",
    summary: "List all streams and their state",
  },
  showStream: {
    method: "GET",
    path: "/api/v1/streams/{name}",
    need: "watch",
    summary: "Show a stream and its inputs",
  },
  restartStream: {
    method: "POST",
    path: "/api/v1/streams/{name}/restart",
    need: "change",
    summary: "Restart the capture of a stream; viewers stay connected",
  },
  listRecordings: {
    method: "GET",
    path: "/api/v1/streams/{name}/recordings",
    need: "watch",
    summary: "List what is recorded of a stream, oldest first",
    query: {
      from: "only what was recorded after this: RFC 3339, or milliseconds since 1970",
      to: "only what was recorded before this",
    },
  },
  keepRecording: {
    method: "POST",
    path: "/api/v1/streams/{name}/recordings/{id}/keep",
    need: "change",
    summary: "Keep a segment: it is not deleted for its age, or for space",
  },
  releaseRecording: {
    method: "DELETE",
    path: "/api/v1/streams/{name}/recordings/{id}/keep",
    need: "change",
    summary: "Let a segment that was kept be deleted like the others",
  },
  listViewers: {
    method: "GET",
    path: "/api/v1/viewers",
    need: "change", // a viewer may not see the addresses of others
    summary: "List the current viewers",
  },
  removeViewer: {
    method: "DELETE",
    path: "/api/v1/viewers/{id}",
    need: "change",
    summary: "Disconnect a viewer, which may reconnect",
  },
  showConfigSchema: {
    method: "GET",
    path: "/api/v1/config.schema.json",
    need: "public",
    summary: "The JSON schema of configuration files",
  },
  showDocument: {
    method: "GET",
    path: "/api/v1/openapi.json",
    need: "public",
    summary: "This document",
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationId = keyof typeof operations;
