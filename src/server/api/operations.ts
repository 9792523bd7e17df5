/** What one operation is called by, what it takes to be allowed it, and what it does. */
interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** `{name}` and `{id}` stand for one segment each. */
  readonly path: string;
  /** As the gate has it: `change` is the token in a header, or without a token this machine. */
  readonly need: "public" | "watch" | "list" | "change";
  readonly summary: string;
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
