import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { door, request, TOKEN } from "./requests.ts";

const FOREIGN = "https://www.example.org";
const admitted = (address = "127.0.0.1", headers: object = { Vary: "Origin" }) => ({
  kind: "admitted",
  address,
  headers,
});
const refused = (status: number, why: RegExp) => ({
  ...{ kind: "refused", status },
  why: expect.stringMatching(why),
});

describe("the host", () => {
  test("of another name is refused, with what to do", () => {
    expect(door().judge(request({ host: "evil.example:8080" }), "public")).toMatchObject(
      refused(403, /^unknown host name evil\.example: .* add it with --public-host evil\.example$/),
    );
  });

  test.each(["192.0.2.7:80", "[::1]:8080", "localhost", "CAM.example"])("may be %s", (host) => {
    expect(door().judge(request({ host }), "watch")).toEqual(admitted());
  });

  test("is not to be garbage", () => {
    expect(door().judge(request({ host: "a@b" }), "public")).toMatchObject(refused(400, /Host/));
  });

  test("may be missing, as in HTTP/1.0, which no browser speaks", () => {
    const { host: _, ...headers } = request().headers;
    expect(door().judge({ ...request(), headers }, "watch")).toEqual(admitted());
  });

  test.each(["0.0.0.0:8080", "[::]:8080", "[::ffff:127.0.0.1]"])(
    "is not to be %s, of which a browser does not say whose page it is on",
    (host) => {
      expect(door().judge(request({ host }), "watch")).toMatchObject(refused(403, /use localhost/));
    },
  );

  test("guards what needs no token alone: where one is needed, a page that took a name of ours has none", () => {
    const foreign = request({ host: "evil.example" });
    const withToken = { ...foreign, query: `token=${TOKEN}` };
    const verdicts = (one: ReturnType<typeof door>, asked = foreign) =>
      (["health", "public", "files", "watch", "change"] as const).map((need) => {
        const verdict = one.judge(asked, need);
        return verdict.kind === "refused" ? verdict.status : verdict.kind;
      });
    expect(verdicts(door())).toEqual(["admitted", 403, 403, 403, 403]);
    expect(verdicts(locked())).toEqual(["admitted", "admitted", 403, 401, 401]);
    expect(verdicts(locked(), withToken)).toEqual(["admitted", "admitted", 403, "admitted", 401]);
  });
});

describe("a page of another origin", () => {
  test.each([
    ["a fetch", { origin: FOREIGN }, {}],
    ["a fetch of a file's page", { origin: "null" }, {}],
    ["a picture without CORS", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, {}],
    ["a page of the same site", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, {}],
    ["a WebSocket", { origin: FOREIGN }, { isWebSocket: true }],
    ["a form", { origin: FOREIGN, "sec-fetch-mode": "navigate" }, { method: "POST" }],
    ["a preflight", { origin: FOREIGN, "access-control-request-method": "GET" }, { method: "OPTIONS" }],
  ])("is not let in: %s", (_name, headers, changes) => {
    const verdict = door().judge(request(headers, changes), "watch");
    expect(verdict).toMatchObject({ ...refused(403, /--cors/), headers: {} });
  });

  test("may have a link that leads here, but not to what changes something", () => {
    const link = request({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
    expect(door().judge(link, "watch")).toEqual(admitted());
    expect(door().judge(link, "change")).toMatchObject({ status: 403 });
    expect(door().judge({ ...link, isWebSocket: true }, "watch")).toMatchObject({ status: 403 });
  });

  test("is let in where it is named", () => {
    const named = door({ allowedOrigins: [FOREIGN] });
    const cors = { "Access-Control-Allow-Origin": FOREIGN, Vary: "Origin" };
    expect(named.judge(request({ origin: FOREIGN }), "watch")).toEqual(admitted("127.0.0.1", cors));
    const webSocket = request({ origin: FOREIGN }, { isWebSocket: true });
    expect(named.judge(webSocket, "watch")).toEqual(admitted("127.0.0.1", cors));
    expect(named.judge(request(), "watch")).toEqual(admitted("127.0.0.1", { Vary: "Origin" }));
    expect(named.judge(request({ origin: "https://other.example" }), "watch")).toMatchObject({
      status: 403,
      headers: { Vary: "Origin" },
    });
    expect(named.judge(request({ "sec-fetch-site": "cross-site" }), "watch")).toMatchObject({ status: 403 });
  });

  test("reads why it is refused, where it is named", () => {
    const verdict = door({ allowedOrigins: [FOREIGN], token: TOKEN }).judge(
      request({ origin: FOREIGN }),
      "watch",
    );
    expect(verdict).toMatchObject({ status: 401, headers: { "Access-Control-Allow-Origin": FOREIGN } });
  });

  test("is let in where all are, and then nothing is said of private networks", () => {
    const open = door({ allowedOrigins: "*" });
    const cors = { "Access-Control-Allow-Origin": "*" };
    expect(open.judge(request({ origin: FOREIGN }), "watch")).toEqual(admitted("127.0.0.1", cors));
    expect(open.judge(request({ "sec-fetch-site": "cross-site" }), "watch")).toMatchObject({
      kind: "admitted",
    });
    expect(open.judge(request({ origin: FOREIGN }), "change")).toMatchObject({ status: 403 });
  });
});

describe("a preflight", () => {
  const preflight = request(
    {
      origin: FOREIGN,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
      "access-control-request-private-network": "true",
    },
    { method: "OPTIONS" },
  );
  const asked = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Range",
    "Access-Control-Max-Age": "600",
  };

  test("of an origin that is named is answered without a token, also into a private network", () => {
    const verdict = door({ allowedOrigins: [FOREIGN], token: TOKEN }).judge(preflight, "change");
    expect(verdict).toEqual({
      kind: "preflight",
      headers: {
        ...{ "Access-Control-Allow-Origin": FOREIGN, Vary: "Origin", ...asked },
        "Access-Control-Allow-Private-Network": "true",
      },
    });
  });

  test("of any origin is not let into a private network by *", () => {
    expect(door({ allowedOrigins: "*" }).judge(preflight, "watch")).toEqual({
      kind: "preflight",
      headers: { "Access-Control-Allow-Origin": "*", ...asked },
    });
  });

  test("that is none, an OPTIONS of no page, has nothing to be told", () => {
    expect(door().judge(request({}, { method: "OPTIONS" }), "watch")).toEqual({
      kind: "preflight",
      headers: { Vary: "Origin" },
    });
  });
});

const locked = () => door({ token: TOKEN });

describe("the token", () => {
  const bearer = request({ authorization: `Bearer ${TOKEN}` });
  const query = request({}, { query: `token=${TOKEN}` });

  test("is not needed for what is public", () => {
    expect(locked().judge(request(), "public")).toEqual(admitted());
  });

  test("lets in as ?token=, Bearer and Basic password", () => {
    const basic = request({ authorization: `Basic ${btoa(`anyone:${TOKEN}`)}` });
    for (const one of [bearer, query, basic]) expect(locked().judge(one, "watch")).toEqual(admitted());
  });

  test("that is right lets in beside one that is wrong: a browser sends the password of another day", () => {
    const both = request({ authorization: "Bearer wrong" }, { query: `token=${TOKEN}` });
    expect(locked().judge(both, "watch")).toEqual(admitted());
  });

  test("is asked for where it is missing or wrong", () => {
    const asks = { "WWW-Authenticate": 'Basic realm="flvcast", Bearer realm="flvcast"' };
    expect(locked().judge(request(), "watch")).toMatchObject({
      ...refused(401, /^token required/),
      headers: asks,
    });
    expect(locked().judge(request({}, { query: "token=wrong" }), "watch")).toMatchObject({
      ...refused(401, /^wrong token/),
      headers: asks,
    });
  });

  test("is asked for without Basic where a page's script asks: its browser would ask for a password itself", () => {
    expect(locked().judge(request({ "x-requested-with": "flvcast" }), "watch")).toMatchObject({
      ...refused(401, /^token required/),
      headers: { "WWW-Authenticate": 'Bearer realm="flvcast"' },
    });
  });

  test("is wanted in a header where something changes: a link must not", () => {
    expect(locked().judge(bearer, "change")).toEqual(admitted());
    expect(locked().judge(query, "change")).toMatchObject(refused(401, /in a header/));
  });

  test("that is missing leaves changes to this machine", () => {
    expect(door().judge(request(), "change")).toEqual(admitted());
    expect(door().judge(request({}, { peerAddress: "::ffff:192.0.2.7" }), "change")).toMatchObject(
      refused(403, /only this machine/),
    );
    expect(door().judge(request({}, { peerAddress: "192.0.2.7" }), "watch")).toEqual(admitted("192.0.2.7"));
  });
});

describe("wrong tokens", () => {
  const wrong = request({}, { query: "token=wrong", peerAddress: "192.0.2.7" });
  const right = request({}, { query: `token=${TOKEN}`, peerAddress: "192.0.2.7" });

  test("are answered 429 after ten, the right one too, and it lets in a minute later", () => {
    let nowMs = 5000;
    const limited = door({ token: TOKEN }, () => nowMs);
    for (let count = 0; count < 10; count += 1)
      expect(limited.judge(wrong, "watch")).toMatchObject({ status: 401 });
    nowMs += 30_500;
    for (const one of [wrong, right]) {
      expect(limited.judge(one, "watch")).toMatchObject({
        ...refused(429, /^too many wrong tokens/),
        headers: { "Retry-After": "30" },
      });
    }
    expect(limited.judge({ ...right, peerAddress: "192.0.2.8" }, "watch")).toMatchObject({
      kind: "admitted",
    });
    nowMs += 29_500;
    expect(limited.judge(right, "watch")).toEqual(admitted("192.0.2.7"));
  });

  test("are none where no token is shown, or a page of another origin shows it", () => {
    const limited = door({ token: TOKEN }, () => 0);
    for (let count = 0; count < 20; count += 1) {
      limited.judge({ ...wrong, query: "" }, "watch");
      limited.judge({ ...wrong, headers: { ...wrong.headers, origin: FOREIGN } }, "watch");
    }
    expect(limited.judge(right, "watch")).toMatchObject({ kind: "admitted" });
  });

  test("are counted by the viewer's address behind a trusted proxy, not by the proxy's", () => {
    const limited = door({ token: TOKEN, trustedProxies: ["loopback"] }, () => 0);
    const from = (address: string, query: string) =>
      limited.judge(request({ "x-forwarded-for": address }, { query }), "watch");
    for (let count = 0; count < 10; count += 1) from("192.0.2.7", "token=wrong");
    expect(from("192.0.2.7", `token=${TOKEN}`)).toMatchObject({ status: 429 });
    expect(from("192.0.2.8", `token=${TOKEN}`)).toEqual(admitted("192.0.2.8"));
  });
});

describe("behind a proxy", () => {
  const proxied = { "x-forwarded-for": "192.0.2.7" };

  test("that nobody trusts, a viewer is refused with what to do: it would seem to be on this machine", () => {
    for (const header of [...Object.keys(proxied), "forwarded", "x-real-ip"]) {
      const verdict = door().judge(request({ [header]: "192.0.2.7" }), "public");
      expect(verdict).toMatchObject(
        refused(403, new RegExp(`^untrusted proxy: .* sent ${header}; .*--trusted-proxy 127\\.0\\.0\\.1`)),
      );
    }
  });

  test("that nobody trusts, the token alone lets in, and what the proxy says is not believed", () => {
    const asked = request({ ...proxied, authorization: `Bearer ${TOKEN}`, "x-forwarded-host": "a b" });
    expect(door({ token: TOKEN }).judge(asked, "watch")).toEqual(admitted("127.0.0.1"));
  });

  test("that is trusted, a viewer is whom it names", () => {
    const trusting = door({ trustedProxies: ["loopback"] });
    expect(trusting.judge(request(proxied), "watch")).toEqual(admitted("192.0.2.7"));
    expect(trusting.judge(request(proxied), "change")).toMatchObject({ status: 403 });
    expect(trusting.judge(request({ "x-forwarded-for": "<script>" }), "watch")).toMatchObject({
      status: 400,
    });
    const other = request(proxied, { peerAddress: "192.0.2.99" });
    expect(trusting.judge(other, "watch")).toMatchObject({ status: 403 });
  });

  test.each([
    ...[
      "127.0.0.1",
      "::1",
      "[::1]:80",
      "::ffff:127.0.0.1",
      "unknown",
      "_hidden",
      "",
      ",",
      "127.0.0.1, ::1",
    ].map((said) => ({ "x-forwarded-for": said })),
    ...["for=127.0.0.1", 'for="[::1]"', "for=unknown", "proto=http"].map((forwarded) => ({ forwarded })),
    ...[
      { "x-real-ip": "127.0.0.1" },
      { "x-forwarded-proto": "https" },
      { "x-forwarded-host": "cam.example" },
    ],
    ...[{ via: "1.1 proxy" }, { "x-client-ip": "::1" }, { "cf-connecting-ip": "127.0.0.1" }],
  ])("that is trusted, nobody is this machine, whatever is said: %j", (headers) => {
    const trusting = door({ trustedProxies: ["loopback", "private"] });
    for (const peerAddress of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.7"]) {
      const verdict = trusting.judge(request(headers, { peerAddress }), "change");
      expect(verdict).toMatchObject(refused(403, /only this machine/));
    }
  });

  test("that shows by no more than its Via, nobody is this machine either", () => {
    for (const name of [
      "via",
      "x-client-ip",
      "x-original-host",
      "cf-connecting-ip",
      "x-envoy-peer-metadata",
    ]) {
      const asked = request({ [name]: "127.0.0.1" });
      expect(door().judge(asked, "change")).toMatchObject(refused(403, /only this machine/));
      expect(door().judge(asked, "watch")).toMatchObject({ kind: "admitted" });
    }
  });

  test("that is trusted, the host and the origin are those that the browser sees", () => {
    const trusting = door({ trustedProxies: ["loopback"] });
    const seen = { ...proxied, "x-forwarded-host": "cam.example", "x-forwarded-proto": "https" };
    expect(trusting.judge(request({ ...seen, origin: "https://cam.example" }), "watch")).toEqual(
      admitted("192.0.2.7"),
    );
    for (const origin of ["http://cam.example", "http://127.0.0.1:8080"])
      expect(trusting.judge(request({ ...seen, origin }), "watch")).toMatchObject({ status: 403 });
    const rebound = { ...seen, "x-forwarded-host": "evil.example" };
    expect(trusting.judge(request(rebound), "watch")).toMatchObject(
      refused(403, /^unknown host name evil\.example/),
    );
    const pretended = { ...seen, host: "evil.example" }; // which the proxy passes on as the page wrote it
    expect(trusting.judge(request(pretended), "watch")).toMatchObject(
      refused(403, /^unknown host name evil\.example/),
    );
  });
});

test("whatever a request shows, there is a verdict in one line", () => {
  const names = [
    ...["host", "origin", "authorization", "sec-fetch-site", "sec-fetch-mode", "forwarded"],
    ...["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"],
  ];
  const words = ["cross-site", "navigate", "https://a.example", "Basic Og==", "Bearer x", "cam.example"];
  const headers = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.constantFrom(...words)));
  const limited = door({ token: TOKEN, trustedProxies: ["loopback"], allowedOrigins: ["https://a.example"] });
  const need = fc.constantFrom("public" as const, "watch" as const, "change" as const);
  const peer = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("127.0.0.1"), fc.constant(""));
  fc.assert(
    fc.property(
      headers,
      fc.string(),
      peer,
      need,
      fc.boolean(),
      (given, query, peerAddress, needs, isWebSocket) => {
        const verdict = limited.judge(request(given, { query, peerAddress, isWebSocket }), needs);
        const isOneLine = verdict.kind === "refused" && !/[\r\n]/.test(verdict.why);
        expect(isOneLine || (verdict.kind === "admitted" && needs === "public")).toBe(true);
      },
    ),
  );
});
