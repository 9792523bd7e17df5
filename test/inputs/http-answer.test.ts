import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type AskOptions, askHttp } from "../../src/inputs/http-answer.ts";
import { serveHttp } from "../e2e/servers.ts";

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly range: string | null;
}

/** Asks a server for `path`, with these credentials in the URL; what it was asked, and its last answer. */
async function ask(answer: RequestListener, path = "/a", credentials = "", options: AskOptions = {}) {
  const asked: Asked[] = [];
  const server = await serveHttp((request, response) => {
    const { url = "", headers } = request;
    asked.push({
      ...{ path: url, authorization: headers.authorization ?? null, range: headers.range ?? null },
    });
    answer(request, response);
  });
  close = () => server.stop();
  const answered = await askHttp(`http://${credentials}127.0.0.1:${server.port}${path}`, options);
  answered.resume();
  return { asked, paths: asked.map((one) => one.path), status: answered.statusCode };
}

/** `/1` leads to `/2`, and so on. */
const chain =
  (status: number, length: number): RequestListener =>
  ({ url = "" }, response) => {
    const step = Number(url.slice(1));
    if (step < length) response.writeHead(status, { location: `/${step + 1}` }).end();
    else response.end("here");
  };

describe("a redirect", () => {
  it.each([300, 301, 302, 307, 308, 399])("with %d is followed", async (status) => {
    expect(await ask(chain(status, 2), "/1")).toMatchObject({ paths: ["/1", "/2"], status: 200 });
  });

  it.each([200, 201, 299, 400, 404, 500])("is none with %d, whatever place is named", async (status) => {
    expect(await ask(chain(status, 2), "/1")).toMatchObject({ paths: ["/1"], status });
  });

  it("to nowhere is an answer", async () => {
    expect(await ask((_request, response) => response.writeHead(302).end())).toMatchObject({ status: 302 });
  });

  it.each([
    [6, 200],
    [7, 302],
  ])("is followed five times: the last of %d pages answers %d", async (pages, status) => {
    const { paths, status: last } = await ask(chain(302, pages), "/1");
    expect([paths.length, last]).toEqual([6, status]);
  });
});

/** Wants a user to show who he is, in this way. */
const wanting =
  (challenge: string): RequestListener =>
  ({ headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { "www-authenticate": challenge }).end();
    else response.end("welcome");
  };

const refusing: RequestListener = (_request, response) => response.writeHead(401).end();
const forbidding: RequestListener = (_request, response) =>
  response.writeHead(403, { "www-authenticate": "Basic" }).end();

describe("the user and password of a URL", () => {
  it.each([
    ["admin:s%40cret@", "admin:s@cret"],
    ["admin:50%zz@", "admin:50%zz"],
    ["admin@", "admin:"],
  ])("%s go out when the server asks for them", async (credentials, pair) => {
    const { asked, status } = await ask(wanting('Basic realm="cam"'), "/a?b=c", credentials);
    expect(status).toBe(200);
    const authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    expect(asked).toMatchObject([
      { path: "/a?b=c", authorization: null },
      { path: "/a?b=c", authorization },
    ]);
  });

  it("go out as a digest where the server takes one", async () => {
    const challenge = 'Digest realm="cam", nonce="n", qop="auth", Basic realm="cam"';
    const { asked } = await ask(wanting(challenge), "/a?b=c", "admin:secret@");
    expect(asked[1]?.authorization).toMatch(/^Digest username="admin", .*uri="\/a\?b=c"/);
  });

  it.each([
    ["there are none", 'Basic realm="cam"', ""],
    ["the server wants something else", "Bearer", "admin:secret@"],
    ["only a name says Basic", 'Digest realm="Basic cam", nonce="n", algorithm=SHA-512-256', "admin:secret@"],
  ])("do not go out where %s", async (_, challenge, credentials) => {
    const { asked, status } = await ask(wanting(challenge), "/a", credentials);
    expect([asked.length, status]).toEqual([1, 401]);
  });

  it("do not go out where the server says no without asking for them", async () => {
    expect(await ask(refusing, "/a", "admin:secret@")).toMatchObject({ paths: ["/a"], status: 401 });
    expect(await ask(forbidding, "/a", "admin:secret@")).toMatchObject({ paths: ["/a"], status: 403 });
  });
});

it("headers go with each request of a redirect and of a challenge", async () => {
  const { asked } = await ask(wanting("Basic"), "/a", "u:p@", { headers: { range: "bytes=0-" } });
  expect(asked.map(({ range }) => range)).toEqual(["bytes=0-", "bytes=0-"]);
  const led = await ask(chain(302, 2), "/1", "", { headers: { range: "bytes=0-" } });
  expect(led.asked.map(({ range }) => range)).toEqual(["bytes=0-", "bytes=0-"]);
});

it("a server that does not answer is not waited for longer than that", async () => {
  await expect(ask(() => undefined, "/a", "", { answerMs: 50 })).rejects.toThrow("no response within 0.05 s");
});

/** A server with a port of its own is another. */
it.each([["http://127.0.0.1:PORT/z"], ["//127.0.0.1:PORT/z"]])(
  "the user and password do not go to another server that %s names",
  async (location) => {
    const authorizations: (string | undefined)[] = [];
    const other = await serveHttp((request, response) => {
      authorizations.push(request.headers.authorization);
      wanting('Basic realm="other"')(request, response);
    });
    const leading: RequestListener = (request, response) => {
      if (request.headers.authorization === undefined) return wanting('Basic realm="cam"')(request, response);
      return response.writeHead(302, { location: location.replace("PORT", String(other.port)) }).end();
    };
    try {
      expect(await ask(leading, "/a", "admin:secret@")).toMatchObject({ status: 401 });
      expect(authorizations).toEqual([undefined]);
    } finally {
      await other.stop();
    }
  },
);

const changingProtocol: RequestListener = ({ socket }) =>
  void socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");

it("a server that changes to another protocol unasked gives no answer", async () => {
  await expect(ask(changingProtocol)).rejects.toThrow("connection closed without a response");
});

it("an answer may take longer than its head, until it is aborted", async () => {
  const stopped = new AbortController();
  const server = await serveHttp((_request, response) => void response.writeHead(200).write("begins"));
  close = () => server.stop();
  const answered = await askHttp(`http://127.0.0.1:${server.port}/`, {
    answerMs: 100,
    signal: stopped.signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(answered.destroyed).toBe(false);
  expect(answered.listenerCount("error")).toBeGreaterThan(0); // unheard, it would end the process
  const closed = new Promise((resolve) => answered.once("close", resolve));
  answered.resume();
  stopped.abort();
  await closed;
});

it("what cannot be reached fails with the system's reason", async () => {
  const server = await serveHttp(() => undefined);
  await server.stop();
  await expect(askHttp(`http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
