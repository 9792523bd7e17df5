import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Node's request for a write that waits for the kernel: `WriteWrap` in src/stream_base.cc. */
interface WriteRequest {
  /** Held until the kernel has it. */
  buffer: Uint8Array | null;
  oncomplete: ((status: number) => void) | null;
}

/** Node's own, undocumented: a socket's `LibuvStreamWrap` in src/stream_wrap.cc. */
interface StreamHandle {
  /** Tries at once; what the kernel does not take waits with the request. A negative number is an error. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** Bytes that wait. */
  readonly writeQueueSize: number;
}

type WriteRequestClass = new () => WriteRequest;

/** Learned from the first write that node itself makes: no other way leads to it without a warning of deprecation. */
let requestClass: WriteRequestClass | null = null;
/** A request that nothing waits with serves every write that the kernel takes at once: nearly all of them. */
let idleRequest: WriteRequest | null = null;

/**
 * Writes to a plain socket past `Writable`, whose bookkeeping costs about as much as the kernel's work for a frame. It takes
 * what node has inside a socket; where that is missing, and over TLS, it is `socket.write`.
 */
export class DirectWrite {
  readonly #socket: Socket;
  readonly #handle: StreamHandle | null;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#handle = handleOf(socket);
    if (this.#handle !== null && requestClass === null) learnFrom(this.#handle);
  }

  /** Bytes that the kernel has not taken. */
  get backlogBytes(): number {
    return this.#socket.writableLength || (this.#socket.destroyed ? 0 : (this.#handle?.writeQueueSize ?? 0));
  }

  /** Everything goes out in the order of the calls, and before what `socket.write` and `end` send later. */
  write(bytes: Uint8Array): void {
    const [socket, handle, Request] = [this.#socket, this.#handle, requestClass];
    const isByNode = handle === null || Request === null || socket.writableLength > 0;
    if (isByNode || !socket.writable) return void socket.write(bytes);
    const request = idleRequest ?? new Request();
    idleRequest = null;
    request.buffer = bytes;
    const status = handle.writeBuffer(request, bytes);
    if (status === 0 && handle.writeQueueSize > 0)
      request.oncomplete = (later) => this.#wrote(request, later);
    else this.#wrote(request, status);
  }

  #wrote(request: WriteRequest, status: number): void {
    request.buffer = null;
    if (status < 0) this.#socket.destroy();
    else if (request.oncomplete === null) idleRequest = request;
  }
}

function handleOf(socket: Socket): StreamHandle | null {
  if (socket instanceof TLSSocket) return null; // its handle encrypts, and does so later
  const handle: unknown = Reflect.get(socket, "_handle");
  return isStreamHandle(handle) ? handle : null;
}

function isStreamHandle(handle: unknown): handle is StreamHandle {
  if (typeof handle !== "object" || handle === null) return false;
  const { writeBuffer, writeQueueSize } = handle as Partial<StreamHandle>; // unknown, and checked here
  return typeof writeBuffer === "function" && typeof writeQueueSize === "number";
}

/** Has the next write of node's own tell the class of its request. */
function learnFrom(handle: StreamHandle): void {
  const look = (request: WriteRequest, bytes: Uint8Array): number => {
    Reflect.deleteProperty(handle, "writeBuffer");
    const { constructor } = request;
    if (isRequest(request)) requestClass = constructor as WriteRequestClass; // as node made it
    return handle.writeBuffer(request, bytes);
  };
  Object.defineProperty(handle, "writeBuffer", { value: look, configurable: true });
}

function isRequest(request: unknown): boolean {
  return typeof request === "object" && request !== null && request.constructor.name === "WriteWrap";
}
