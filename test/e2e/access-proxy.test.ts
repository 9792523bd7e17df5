import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { ask } from "./asked.ts";
import { start, stopAll } from "./program.ts";
import { type Proxy, startCaddy, startNginx } from "./proxies.ts";

const TOKEN = "right-token-0123456789ab";
const small = ["--device", "test", "--audio", "none", "--size", "160x120", "--fps", "10"] as const;
const access = ["--token", TOKEN, "--trusted-proxy", "127.0.0.1", "--public-host", "cam.example"] as const;

/** As docs/recipes/proxy.md has them, but for what WebSocket needs. */
const proxies = [
  [
    "nginx",
    (stream: URL) =>
      startNginx(`location /live/ {
        proxy_pass ${stream.origin};
        proxy_http_version 1.1;
        proxy_buffering off;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header Forwarded "";
      }`),
  ],
  ["caddy", (stream: URL) => startCaddy(`reverse_proxy /live/* ${stream.host}`)],
] as const;

afterAll(stopAll);

describe.each(proxies)("behind %s", (program, startProxy) => {
  const isHere = findProgram(program) !== null;
  if (!isHere) process.stderr.write(`left out: who may watch behind ${program}: it is not installed\n`);

  describe.runIf(isHere)("that is trusted", () => {
    let proxy: Proxy;
    beforeEach(async () => {
      proxy = await startProxy(new URL(await start([...small, ...access]).firstLine()));
    });
    afterEach(async () => {
      await proxy.stop();
      await stopAll();
    });

    const statusOf = async (headers: Record<string, string>, token = TOKEN) => {
      const path = `/live/test.flv?token=${token}`;
      const question = { port: proxy.port, path, headers: { host: "cam.example", ...headers } };
      // A viewer beside the proxy, at its address, would be a proxy itself.
      return (await ask({ ...question, localAddress: "127.0.0.2" })).status;
    };

    it("a viewer with the token is let in under any name, and from pages of the proxy's name alone", async () => {
      expect(await statusOf({})).toBe(200);
      expect(await statusOf({ origin: "http://cam.example" })).toBe(200);
      expect(await statusOf({ origin: "http://evil.example" })).toBe(403);
      expect(await statusOf({ host: "other.example" })).toBe(200);
      expect(await statusOf({ host: "other.example" }, "wrong")).toBe(401);
      expect(await statusOf({ host: "other.example", origin: "http://cam.example" })).toBe(403);
    });

    it("a viewer who claims to be others is counted as the one that the proxy sees", async () => {
      const statuses = [];
      for (let count = 1; count <= 11; count += 1)
        statuses.push(await statusOf({ "x-forwarded-for": `192.0.2.${count}` }, "wrong"));
      expect(statuses.slice(-2)).toEqual([401, 429]);
    });
  });
});
