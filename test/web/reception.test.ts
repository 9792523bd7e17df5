import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import { type ConnectionState, Reception } from "../../src/web/reception.ts";

const header = encodeHeader({ video: true, audio: false });
const tag = encodeTag(TagType.video, 0, [Uint8Array.of(0x17, 2, 0, 0, 0)]);

const idle = () => undefined;
const endings: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const end of endings.splice(0)) end();
});

/** A server that answers each connection with the next of these, and a reception from it. */
async function receive(...answers: readonly ((response: ServerResponse) => void)[]) {
  let count = 0;
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    answers[Math.min(count++, answers.length - 1)]?.(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/live/cam0.flv`); // TCP
  const links: string[] = [];
  let tags = 0;
  let failure: Error | null = null;
  let wake: () => void = idle;
  const reception = new Reception({
    source: () => ({ url, token: "secret", transport: "fetch" }),
    onEvents: (events) => {
      const error = failure;
      failure = null;
      if (error !== null) throw error;
      tags += events.filter(({ kind }) => kind === "tag").length;
      wake();
    },
    onConnection: (connection) => {
      links.push(inWords(connection));
      wake();
    },
  });
  const done = reception.run();
  endings.push(() => {
    reception.stop();
    server.closeAllConnections();
    server.close();
  });
  const until = async (isReached: () => boolean) => {
    while (!isReached()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const failNext = (error: Error) => (failure = error);
  return { links, tokens, reception, done, until, failNext, tags: () => tags };
}

function inWords(connection: ConnectionState): string {
  if (connection.kind === "lost") return `lost: ${connection.why}`;
  return connection.kind === "refused" ? `${connection.status} ${connection.why}` : connection.kind;
}

const stream = (response: ServerResponse) => response.write(header) && response.write(tag);
const refuse = (status: number, why: string) => (response: ServerResponse) =>
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);

describe("the reception of a stream", () => {
  it("tells of the stream, and shows its token in a header", async () => {
    const { links, tokens, until, tags } = await receive(stream);
    await until(() => tags() === 1);
    expect(links).toEqual(["connecting", "receiving"]);
    expect(tokens).toEqual(["Bearer secret"]);
  });

  it("comes back by itself after the stream's end and after a break in it", async () => {
    const { links, until, tags } = await receive(
      (response) => {
        stream(response);
        response.end();
      },
      (response) => {
        stream(response);
        setImmediate(() => response.destroy());
      },
      stream,
    );
    await until(() => tags() === 3);
    expect(links).toEqual([
      "connecting",
      "receiving",
      "lost: ended",
      "receiving",
      "lost: unreachable",
      "receiving",
    ]);
  });

  it("says why the server refuses, and goes on asking", async () => {
    const { links, until } = await receive(refuse(503, "cam0 is starting"), stream);
    await until(() => links.includes("receiving"));
    expect(links).toEqual(["connecting", "503 cam0 is starting", "receiving"]);
  });

  it("says that it connects once, however often the server refuses, and again when something has changed", async () => {
    const starting = refuse(503, "cam0 is starting");
    const { links, reception, until } = await receive(starting, starting, refuse(503, "full"), stream);
    await until(() => links.includes("503 full"));
    expect(links).toEqual(["connecting", "503 cam0 is starting", "503 cam0 is starting", "503 full"]);
    reception.retryNow();
    await until(() => links.includes("receiving"));
    expect(links.slice(4)).toEqual(["connecting", "receiving"]);
  });

  it("reports an error of the page, which is no fault of the connection, and goes on", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const bug = new TypeError("of the page");
    const { links, failNext, until, tags } = await receive(stream);
    failNext(bug);
    await until(() => tags() === 1);
    expect(reported).toEqual([bug]);
    expect(links).toEqual(["connecting", "receiving", "lost: page-error", "receiving"]);
  });

  it("asks at once when it is told that something has changed", async () => {
    const { links, reception, until } = await receive(refuse(401, "a token"), stream);
    await until(() => links.length === 2);
    reception.retryNow();
    await until(() => links.includes("receiving"));
    expect(links.at(-1)).toBe("receiving");
  });

  it("asks again at once when something has changed while it was asking", async () => {
    let answer = idle;
    const { links, tokens, reception, until } = await receive((response) => {
      answer = () => void refuse(401, "a token")(response);
    }, stream);
    await vi.waitFor(() => expect(tokens).toHaveLength(1));
    const changedMs = performance.now();
    reception.retryNow();
    answer();
    await until(() => links.includes("receiving"));
    expect(links).toEqual(["connecting", "401 a token", "receiving"]);
    expect(performance.now() - changedMs).toBeLessThan(30_000); // a token is asked for once a minute
  });

  it("starts over where the bytes are no FLV", async () => {
    const { links, until } = await receive((response) => response.end("<html>".repeat(9)), stream);
    await until(() => links.includes("receiving"));
    expect(links).toEqual(["connecting", "lost: corrupt", "receiving"]);
  });

  it("ends when it is stopped, in the middle of a stream and between two", async () => {
    const { reception, done, until, tags } = await receive(stream);
    await until(() => tags() === 1);
    reception.stop();
    await expect(done).resolves.toBeUndefined();
  });
});
