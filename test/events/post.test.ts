import { createHmac } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { poster } from "../../src/events/post.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { type Answer, send } from "../../src/events/request.ts";
import type { LogEvent } from "../../src/log.ts";
import { version } from "../../src/version.ts";
import { withBody } from "../e2e/servers.ts";
import { someEvent } from "./some-event.ts";

const answered = (status: number, retryAfter: string | null = null): Answer => ({
  ...{ kind: "answered", status, retryAfter },
});
const refused: Answer = { kind: "failed", problem: "connection refused" };

/** A web server that answers as the test says at the time, in seconds since the start; and a queue of events for it. */
function serverThat(answerAt: (seconds: number, asked: number) => Answer) {
  vi.useFakeTimers();
  const startMs = performance.now();
  const asked: number[] = [];
  const got: number[] = [];
  const said: string[] = [];
  const queue = new EventQueue({
    shown: "hook.example",
    deliver: poster({ kind: "post", url: "http://hook.example/", secret: null }, async (_, body) => {
      const seconds = (performance.now() - startMs) / 1000;
      asked.push(Math.round(seconds));
      const answer = answerAt(seconds, asked.length);
      if (answer.kind === "answered" && answer.status < 300)
        got.push((JSON.parse(body) as { atMs: number }).atMs);
      return answer;
    }),
    onNotice: ({ text: line }: LogEvent) => said.push(line),
    onIdle: () => undefined,
  });
  return { queue, asked, got, said, push: (atMs: number) => queue.push(someEvent("watched", { atMs })) };
}

describe("a web server", () => {
  afterEach(() => void vi.useRealTimers());

  test("that is down for a minute misses nothing, and gets all in order", async () => {
    const { push, asked, got, said } = serverThat((seconds) => (seconds < 60 ? refused : answered(204)));
    for (let n = 0; n < 60; n++) {
      push(n);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(got).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(said).toEqual([
      "hook hook.example could not be reached: connection refused",
      "hook hook.example works again",
    ]);
  });

  test("that is down for longer than ten minutes misses the event; later ones are still tried", async () => {
    const { push, asked, got, said } = serverThat((seconds) =>
      seconds < 900 ? answered(503) : answered(200),
    );
    push(1);
    await vi.advanceTimersByTimeAsync(599_000);
    push(2);
    await vi.advanceTimersByTimeAsync(400_000);
    expect(Math.max(...asked.map((one, n) => one - (asked[n - 1] ?? 0)))).toBe(60);
    expect(got).toEqual([2]);
    expect(said).toEqual([
      "hook hook.example answered 503",
      "hook hook.example works again; it missed 1 event",
    ]);
  });

  test("that refuses an event is not asked again", async () => {
    for (const status of [301, 400, 401, 404, 410, 422]) {
      const { push, asked, got } = serverThat((_, n) => answered(n === 1 ? status : 200));
      push(1);
      push(2);
      await vi.advanceTimersByTimeAsync(600_000);
      expect([asked, got], `${status}`).toEqual([[0, 0], [2]]);
    }
  });

  test("that has too much to do says when to ask again", async () => {
    const { push, asked, got } = serverThat((_, n) => (n === 1 ? answered(429, "20") : answered(200)));
    push(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked, got]).toEqual([[0, 20], [1]]);
  });

  test("may say so as a date, and not for longer than ten minutes; what is no time is ignored", async () => {
    const inAMinute = serverThat((_, n) =>
      n === 1 ? answered(503, new Date(Date.now() + 60_000).toUTCString()) : answered(200),
    );
    inAMinute.push(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(inAMinute.asked[1]).toBeGreaterThanOrEqual(59);
    const forever = serverThat(() => answered(503, "99999999"));
    forever.push(1);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(forever.asked).toEqual([0, 600]);
    const nonsense = serverThat((_, n) => (n === 1 ? answered(503, "soon") : answered(200)));
    nonsense.push(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(nonsense.asked).toEqual([0, 1]);
  });

  test("keeps nobody waiting at the end", async () => {
    const { queue, push, said } = serverThat(() => refused);
    push(1);
    push(2);
    await vi.advanceTimersByTimeAsync(10_000);
    queue.abort("soon");
    await queue.drained();
    queue.reportMissed();
    expect(vi.getTimerCount()).toBe(0);
    expect(said.at(-1)).toBe("hook hook.example missed 2 events");
  });
});

const post = (url: string, secret: string | null = null) =>
  send({ kind: "post", url, secret }, '{"event":"größer"}', new AbortController().signal);

describe("a request", () => {
  const servers: Server[] = [];
  afterEach(() => {
    vi.useRealTimers();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function listening(server: Server): Promise<string> {
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return `127.0.0.1:${port}`;
  }

  /** Posts to a server that does this. */
  async function postTo(
    onRequest: RequestListener,
    {
      secret = null,
      path = "/hook",
      user = "",
    }: { secret?: string | null; path?: string; user?: string } = {},
  ): Promise<Answer> {
    const host = await listening(createServer(onRequest));
    return await post(`http://${user}${host}${path}`, secret);
  }

  test("has the event as JSON, who sends it, and a signature that can be verified", async () => {
    let seen: object = {};
    const answer = await postTo(
      withBody((body, { headers, method, url }, response) => {
        seen = { headers, body, method, url };
        response.writeHead(204).end();
      }),
      { secret: "key", path: "/hook?a=b", user: "me:pass@" },
    );
    expect(answer).toEqual({ kind: "answered", status: 204, retryAfter: null });
    const signature = createHmac("sha256", "key").update('{"event":"größer"}').digest("hex");
    expect(seen).toMatchObject({
      ...{ method: "POST", url: "/hook?a=b" },
      body: '{"event":"größer"}',
      headers: {
        "content-type": "application/json",
        "user-agent": `flvcast/${version}`,
        "x-flvcast-signature": `sha256=${signature}`,
        authorization: `Basic ${Buffer.from("me:pass").toString("base64")}`,
      },
    });
  });

  test("has no signature without a secret", async () => {
    let names: readonly string[] = [];
    await postTo((request, response) => {
      names = Object.keys(request.headers);
      response.end("some answer");
    });
    expect(names).not.toContain("x-flvcast-signature");
  });

  test("is answered, whatever else is said", async () => {
    expect(
      await postTo((_, response) => {
        response.writeHead(503, { "Retry-After": "7" }).end("x".repeat(100_000));
      }),
    ).toEqual({ kind: "answered", status: 503, retryAfter: "7" });
  });

  test("does not follow a redirect", async () => {
    const paths: (string | undefined)[] = [];
    const answer = await postTo(({ url }, response) => {
      paths.push(url);
      response.writeHead(302, { Location: "/elsewhere" }).end();
    });
    expect([answer, paths]).toMatchObject([{ status: 302 }, ["/hook"]]);
  });

  test("to nobody fails", async () => {
    const host = await listening(createServer());
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await post(`http://${host}/`)).toEqual({ kind: "failed", problem: "connection refused" });
  });

  test("that is cut off fails", async () => {
    expect(await postTo(({ socket }) => void socket.destroy())).toMatchObject({ kind: "failed" });
  });

  test("to a server whose certificate nobody vouches for fails, whatever the environment says", async () => {
    const tls = "test/fixtures/tls";
    const pair = { cert: readFileSync(`${tls}/cert.pem`), key: readFileSync(`${tls}/key.pem`) };
    const host = await listening(createTlsServer(pair, (_, response) => void response.end()));
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    vi.spyOn(process, "emitWarning").mockReturnValue(); // Node's own, about that
    const answer = await post(`https://${host}/`);
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    expect(answer).toMatchObject({ kind: "failed", problem: expect.stringMatching(/certificate/) });
  });

  test.each<[what: string, onRequest: RequestListener, channel: string, answer: Partial<Answer>]>([
    [
      "never answers",
      () => undefined,
      "http.server.request.start",
      { kind: "failed", problem: "no answer within 5 s" },
    ],
    [
      "never ends its answer",
      (_, response) => void response.writeHead(200).write("…"),
      "http.client.response.finish", // its head has come
      { kind: "answered", status: 200 },
    ],
  ])("to a server that %s is over after five seconds", async (_, onRequest, channel, expected) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let isDone = false;
    const pass = () =>
      setImmediate(() => {
        vi.advanceTimersByTime(4999);
        setImmediate(() => {
          expect(isDone).toBe(false);
          vi.advanceTimersByTime(1);
        });
      });
    subscribe(channel, pass);
    const answer = postTo(onRequest).finally(() => (isDone = true));
    expect(await answer).toMatchObject(expected);
    unsubscribe(channel, pass);
  });

  test("ends with flvcast", async () => {
    const host = await listening(createServer());
    const stop = new AbortController();
    const answer = send({ kind: "post", url: `http://${host}/`, secret: null }, "{}", stop.signal);
    setImmediate(() => stop.abort());
    expect(await answer).toEqual({ kind: "failed", problem: "no answer before the end" });
  });
});
