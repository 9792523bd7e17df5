/** What one operation is called by, what it takes to be allowed it, and what it does. */
interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** `{name}` and `{id}` stand for one segment each. */
  readonly path: string;
  /** As the gate has it: `change` is the token in a header, or without a token this machine. */
  readonly need: "public" | "watch" | "change";
  readonly summary: string;
}

/** Every operation of the API. None takes a command, a path or a body. */
export const operations = {
  listStreams: {
    method: "GET",
    path: "/api/v1/streams",
    need: "watch",
    summary: "Every stream, and how it is doing",
  },
  showStream: {
    method: "GET",
    path: "/api/v1/streams/{name}",
    need: "watch",
    summary: "One stream, with its inputs",
  },
  restartStream: {
    method: "POST",
    path: "/api/v1/streams/{name}/restart",
    need: "change",
    summary: "Restarts the stream's processes and reopens its devices; viewers stay",
  },
  listViewers: {
    method: "GET",
    path: "/api/v1/viewers",
    need: "change", // addresses are told to nobody who may merely watch
    summary: "Everyone who watches by now",
  },
  removeViewer: {
    method: "DELETE",
    path: "/api/v1/viewers/{id}",
    need: "change",
    summary: "Ends one viewer's stream; nothing keeps it from coming back",
  },
  showDocument: {
    method: "GET",
    path: "/api/v1/openapi.json",
    need: "public",
    summary: "This document",
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationId = keyof typeof operations;
