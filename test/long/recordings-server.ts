import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerWithPage, PageFiles } from "../../src/server/files/page-files.ts";
import type { RecordedSegment } from "../../src/web/recordings/segments.ts";

const page = new PageFiles();

/** A segment of the fake, and the MP4 file that it is sent as. */
export interface FakeSegment extends RecordedSegment {
  readonly mp4: string;
}

/** A server with the built page and one stream, cam0, whose recordings are what a test says. */
export class RecordingsServer {
  segments: readonly FakeSegment[] = [];
  isRecording = false;
  /** null: none is needed. */
  token: string | null = null;
  /** The file that is sent for a span, with both ends. */
  spanFile: (fromMs: number, toMs: number) => string | null = () => null;
  /** Refuses what it is asked for, path by path. */
  refuse: (path: string) => number | null = () => null;
  /** Every request for a recording, or about them: method, path and query. */
  readonly asked: string[] = [];
  /** Of requests for files: ranges, by path. */
  readonly ranges: string[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo; // it listens on a port
    return new URL(`http://127.0.0.1:${port}/`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.asked.filter((one) => one.includes(path)).length;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const [path, method] = [decodeURIComponent(url.pathname), request.method ?? "GET"];
    const acceptEncoding = request.headers["accept-encoding"] ?? "";
    const file = answerWithPage(page, { path, acceptEncoding }, {});
    if (file !== null) return void response.writeHead(file.status, { ...file.headers }).end(file.body);
    if (path.includes("/recordings")) this.asked.push(`${method} ${path}${url.search}`);
    const shown = url.searchParams.get("token") ?? request.headers.authorization?.replace("Bearer ", "");
    if (this.token !== null && shown !== this.token) return refuse(response, 401);
    const refused = this.refuse(`${method} ${path}`);
    if (refused !== null) return refuse(response, refused);
    if (path === "/api/v1/streams/cam0") return json(response, { recording: {} });
    if (path === "/api/v1/streams") return json(response, { nowMs: Date.now(), streams: [] });
    if (path === "/api/v1/streams/cam0/recordings") return this.#list(url, response);
    const [, kept] = /^\/api\/v1\/streams\/cam0\/recordings\/([^/]+)\/keep$/.exec(path) ?? [];
    if (kept !== undefined) return this.#keep(kept, method === "POST", response);
    const [, id] = /^\/recordings\/cam0\/([^/]+)\.(?:mp4|flv)$/.exec(path) ?? [];
    const span = ["from", "to"].map((name) => Number(url.searchParams.get(name)));
    const found = this.segments.find((segment) => segment.id === id);
    // Of one that is being written, no MP4 file is made.
    if (found?.state === "recording" && path.endsWith(".mp4")) return refuse(response, 409);
    const sent = id === "play" ? this.spanFile(span[0] ?? 0, span[1] ?? 0) : found?.mp4;
    if (sent === null || sent === undefined) return refuse(response, 404);
    this.ranges.push(`${path} ${request.headers.range ?? ""}`);
    sendFile(sent, request, response);
  }

  #list(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get("from") ?? Number.NEGATIVE_INFINITY);
    const to = Number(url.searchParams.get("to") ?? Number.POSITIVE_INFINITY);
    const segments = this.segments.filter(
      ({ startMs, durationMs }) => startMs < to && startMs + durationMs > from,
    );
    json(response, { isRecording: this.isRecording, segments });
  }

  #keep(id: string, isKept: boolean, response: ServerResponse): void {
    this.segments = this.segments.map((segment) => (segment.id === id ? { ...segment, isKept } : segment));
    response.writeHead(204).end();
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(`refused with ${status}\n`);
}

/** Whole, or the range that is asked for. */
function sendFile(path: string, { method, headers }: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(path);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const start = Number(first ?? 0);
  const end = last === undefined || last === "" ? size - 1 : Number(last);
  const all = { "Content-Type": "video/mp4", "Accept-Ranges": "bytes", "Content-Length": end - start + 1 };
  const range = { ...all, "Content-Range": `bytes ${start}-${end}/${size}` };
  response.writeHead(first === undefined ? 200 : 206, first === undefined ? all : range);
  if (method === "HEAD") response.end();
  else createReadStream(path, { start, end }).pipe(response);
}
