import { afterEach, describe, expect, it, vi } from "vitest";
import { NoWebSocketError, openStream, RefusedError } from "../../src/web/connection.ts";

/** A WebSocket whose server is the test. */
class FakeWebSocket extends EventTarget {
  static newest: FakeWebSocket;
  readonly url: URL;
  binaryType = "blob";
  isClosed = false;

  constructor(url: URL) {
    super();
    this.url = url;
    FakeWebSocket.newest = this;
  }

  close() {
    this.isClosed = true;
  }

  tell(type: string, facts: object = {}) {
    this.dispatchEvent(Object.assign(new Event(type), facts));
  }

  send(...bytes: number[]) {
    this.tell("message", { data: Uint8Array.from(bytes).buffer });
  }
}

afterEach(() => void vi.unstubAllGlobals());

function answerFetch(...answers: readonly (Response | Error)[]) {
  const asked: (RequestInit & { readonly url: string })[] = [];
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const answer = answers[asked.push({ ...init, url: url.href }) - 1];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("not expected");
    return answer;
  });
  return asked;
}

function open(transport: "fetch" | "websocket", address = "http://cam/live/cam0.flv", token?: string) {
  vi.stubGlobal("WebSocket", FakeWebSocket);
  const stopped = new AbortController();
  const url = new URL(address);
  const pieces = openStream({ url, token: token ?? null, transport }, stopped.signal);
  return { pieces, stop: () => stopped.abort() };
}

async function all(pieces: AsyncIterable<Uint8Array>) {
  const list: Uint8Array[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

const refusal = (status: number, why: string, headers: Record<string, string> = {}) =>
  new Response(`${why}\nmore`, { status, headers: { "Content-Type": "text/plain", ...headers } });

describe("a stream over HTTP", () => {
  it("comes piece by piece, uncached, with the token in a header", async () => {
    const body = new ReadableStream({
      start(control) {
        control.enqueue(Uint8Array.of(1, 2));
        control.enqueue(Uint8Array.of(3));
        control.close();
      },
    });
    const asked = answerFetch(new Response(body));
    const { pieces } = open("fetch", undefined, "secret");
    expect(await all(pieces)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(asked[0]).toMatchObject({ url: "http://cam/live/cam0.flv", cache: "no-store" });
    expect(asked[0]?.headers).toMatchObject({ Authorization: "Bearer secret" });
  });

  it("is given back to the server when nobody reads on", async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      start: (control) => control.enqueue(Uint8Array.of(1)),
      cancel: () => void (isCancelled = true),
    });
    answerFetch(new Response(body));
    const { pieces } = open("fetch");
    await pieces.next();
    await pieces.return(undefined);
    expect(isCancelled).toBe(true);
  });

  it.each([
    ["says when to ask again", { "Retry-After": "3" }, 3000],
    ["names no time", {}, 0],
    ["names a date", { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" }, 0],
  ])("is refused with the server's reason where it %s", async (_, headers, retryAfterMs) => {
    answerFetch(refusal(503, "cam0 is starting", headers));
    const error = await open("fetch")
      .pieces.next()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 503, message: "cam0 is starting", retryAfterMs });
  });

  it("is refused without a reason where the answer is no plain text", async () => {
    answerFetch(new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }));
    await expect(open("fetch").pieces.next()).rejects.toMatchObject({ status: 502, message: "" });
  });
});

describe("a stream over WebSocket", () => {
  it.each([
    ["http://cam/live/cam0.flv", undefined, "ws://cam/live/cam0.flv"],
    ["https://cam/live/cam0.flv", undefined, "wss://cam/live/cam0.flv"],
    ["https://cam/live/cam0.flv", "a b", "wss://cam/live/cam0.flv?token=a+b"],
  ])("of %s with the token %s is asked for at %s", async (address, token, socketAddress) => {
    const { pieces, stop } = open("websocket", address, token);
    const ended = pieces.next();
    expect(FakeWebSocket.newest.url.href).toBe(socketAddress);
    stop();
    await ended;
  });

  it("brings all messages in order, then ends with the server's normal closure", async () => {
    const { pieces } = open("websocket");
    const first = pieces.next();
    const socket = FakeWebSocket.newest;
    expect(socket.binaryType).toBe("arraybuffer");
    socket.tell("open");
    socket.send(1);
    socket.send(2, 3);
    socket.tell("message", { data: "text is no stream" });
    socket.tell("close", { code: 1000 });
    expect((await first).value).toEqual(Uint8Array.of(1));
    expect(await all(pieces)).toEqual([Uint8Array.of(2, 3)]);
    expect(socket.isClosed).toBe(true);
  });

  it("wakes the reader when a message comes later", async () => {
    const { pieces } = open("websocket");
    const first = pieces.next();
    await Promise.resolve();
    FakeWebSocket.newest.send(7);
    expect((await first).value).toEqual(Uint8Array.of(7));
  });

  it("that broke after it was open is an error, and is not asked for over HTTP", async () => {
    const asked = answerFetch();
    const next = open("websocket").pieces.next();
    FakeWebSocket.newest.tell("open");
    FakeWebSocket.newest.tell("close", { code: 1006 });
    await expect(next).rejects.toThrow("the WebSocket broke");
    expect(asked).toEqual([]);
  });

  it("that never opened is refused for the reason the server gives over HTTP", async () => {
    const asked = answerFetch(refusal(401, "a token is needed"));
    const next = open("websocket", undefined, "wrong").pieces.next();
    FakeWebSocket.newest.tell("close", { code: 1006 });
    await expect(next).rejects.toMatchObject({ name: "RefusedError", status: 401 });
    expect(asked[0]).toMatchObject({ method: "HEAD", url: "http://cam/live/cam0.flv" });
    expect(asked[0]?.headers).toMatchObject({ Authorization: "Bearer wrong" });
  });

  it("that never opened, where HTTP works, is kept away by a proxy", async () => {
    answerFetch(new Response(null));
    const next = open("websocket").pieces.next();
    FakeWebSocket.newest.tell("close", { code: 1006 });
    await expect(next).rejects.toBeInstanceOf(NoWebSocketError);
  });

  it("ends when it is stopped, and closes the socket", async () => {
    const { pieces, stop } = open("websocket");
    const next = pieces.next();
    stop();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(FakeWebSocket.newest.isClosed).toBe(true);
  });
});
