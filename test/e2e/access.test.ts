import { readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { freshStateFolder } from "../state-folder.ts";
import { type Asked, ask } from "./asked.ts";
import { makeFolder } from "./folder.ts";
import { type End, Program, start, stopAll } from "./program.ts";

const TOKEN = "right-token-0123456789ab";
const small = ["--device", "test", "--audio", "none", "--size", "160x120", "--fps", "10"] as const;

const folder = makeFolder();
afterEach(stopAll);
afterAll(() => folder.remove());

/** A stream that is on the air: its port, and what its requests are answered with. */
async function onAir(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const program = start([...small, ...args], { env });
  const url = new URL(await program.firstLine());
  const get = (headers: Record<string, string> = {}, query = ""): Promise<Asked> =>
    ask({ port: Number(url.port), path: `/live/test.flv${query}`, headers });
  return { program, url, get };
}

/** A command that ends by itself. */
async function flvcast(args: readonly string[], env: NodeJS.ProcessEnv): Promise<End> {
  return await new Program(args, { env }).ended;
}

describe("on this machine alone", () => {
  it("no token is needed, no other name leads here, and no other page reads it", async () => {
    const { get } = await onAir([]);
    expect((await get()).status).toBe(200);
    expect((await get({ host: "localhost:1" })).status).toBe(200);
    expect((await get({ host: `${hostname()}:8080` })).status).toBe(200);
    const rebound = await get({ host: "evil.example" });
    expect([rebound.status, rebound.body]).toEqual([
      403,
      "unknown host name evil.example: use the IP address or localhost, or add it with --public-host evil.example\n",
    ]);
    expect((await get({ host: "0.0.0.0:8080" })).status).toBe(403);
    expect((await get({ host: "flvcast:8080" })).status).toBe(200);
    const foreign = await get({ origin: "https://evil.example" });
    expect([foreign.status, foreign.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    expect((await get({ "x-forwarded-for": "192.0.2.7" })).status).toBe(403);
  });

  it("other names, pages and proxies are let in where they are named", async () => {
    const { get } = await onAir([
      ...["--public-host", "cam.example", "--public-host", "cam.lan"],
      ...["--cors", "https://a.example,https://b.example", "--trusted-proxy", "loopback"],
    ]);
    for (const host of ["cam.example", "cam.lan:80"]) expect((await get({ host })).status).toBe(200);
    expect((await get({ "x-forwarded-for": "192.0.2.7" })).status).toBe(200);
    expect((await get({ "x-forwarded-for": "<script>" })).status).toBe(400);
    for (const origin of ["https://a.example", "https://b.example"]) {
      const { status, headers } = await get({ origin });
      expect([status, headers["access-control-allow-origin"], headers.vary]).toEqual([200, origin, "Origin"]);
    }
    expect((await get({ origin: "https://c.example" })).status).toBe(403);
  });
});

describe("a token that is given", () => {
  it.each([
    ["--token", () => ["--token", TOKEN], {}],
    ["FLVCAST_TOKEN", () => [], { FLVCAST_TOKEN: TOKEN }],
    ["--token-file", tokenFile, {}],
  ])("by %s is asked for, in any form, and never printed", async (_how, args, env) => {
    const { program, get } = await onAir([...args(), "--verbose"], env);
    const unnamed = await get();
    expect([unnamed.status, unnamed.headers["www-authenticate"]]).toEqual([
      401,
      'Basic realm="flvcast", Bearer realm="flvcast"',
    ]);
    expect((await get({}, "?token=wrong-token-0123456789")).status).toBe(401);
    expect((await get({}, `?token=${TOKEN}`)).status).toBe(200);
    expect((await get({ authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await get({ authorization: `Basic ${btoa(`:${TOKEN}`)}` })).status).toBe(200);
    const { stdout, stderr } = await program.stop();
    expect(stdout + stderr).not.toContain(TOKEN);
  });

  it("is told to its user, and stands in no process's arguments", async () => {
    const env = { RUNTIME_DIRECTORY: freshStateFolder() };
    const { program, url } = await onAir(["--token", TOKEN], env);
    expect((await flvcast(["url"], env)).stdout).toBe(`${url.href}?token=${TOKEN}\n`);
    const { stdout } = await flvcast(["status", "--json"], env);
    expect(stdout).not.toContain(TOKEN);
    expect(readFileSync(`/proc/${program.pid}/cmdline`, "utf8")).not.toContain(TOKEN);
  });

  it("goes to a detached stream without standing in its arguments", async () => {
    const env = { RUNTIME_DIRECTORY: freshStateFolder() };
    const started = await flvcast(
      ["start", ...small, "--port", "0", "--encoder", "libx264", "--detach", "--token", TOKEN],
      env,
    );
    const [stream] = JSON.parse((await flvcast(["status", "--json"], env)).stdout);
    const listed = readFileSync(`/proc/${stream.pid}/cmdline`, "utf8");
    const url = (await flvcast(["url"], env)).stdout;
    const log = (await flvcast(["logs"], env)).stdout;
    await flvcast(["stop"], env);
    expect(started.exitCode).toBe(0);
    expect(started.stdout + started.stderr + listed + log).not.toContain(TOKEN);
    expect(url).toBe(`${started.stdout.trim()}?token=${TOKEN}\n`);
  });
});

function tokenFile(): readonly string[] {
  const path = folder.file("token");
  writeFileSync(path, `${TOKEN}\n`, { mode: 0o600 });
  return ["--token-file", path];
}

/** An address of this machine that others see; null where it has no network. */
const outside =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address ?? null;

describe("where others reach it", () => {
  it("a token is made, kept and the same at the next start", async () => {
    const env = { STATE_DIRECTORY: freshStateFolder(), RUNTIME_DIRECTORY: freshStateFolder() };
    const path = `${env.STATE_DIRECTORY}/test.token`;
    const tokens = new Set<string>();
    for (const round of [1, 2]) {
      const { program, url, get } = await onAir(["--host", "0.0.0.0"], env);
      const token = readFileSync(path, "utf8").trim();
      expect(token).toMatch(/^[a-z]+(?:-[a-z]+){4,}$/);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect([round, (await get()).status, (await get({}, `?token=${token}`)).status]).toEqual([
        round,
        401,
        200,
      ]);
      expect((await flvcast(["url"], env)).stdout).toBe(`${url.href}?token=${token}\n`);
      const all = (await flvcast(["url", "--all"], env)).stdout.trim().split("\n");
      expect(all).toContain(`http://127.0.0.1:${url.port}/live/test.flv?token=${token}`);
      for (const each of all) expect((await fetch(each, { method: "HEAD" })).status).toBe(200);
      const { stdout, stderr } = await program.stop();
      expect(stdout + stderr).not.toContain(token);
      expect(stderr).toBe("flvcast: the stream needs a token; print the full URL with: flvcast url test\n");
      tokens.add(token);
    }
    expect(tokens.size).toBe(1);
  });

  it("--show-token prints the URL that can be watched", async () => {
    const { program, url } = await onAir(["--host", "0.0.0.0", "--show-token"]);
    const asked = { port: Number(url.port), path: `${url.pathname}${url.search}`, headers: {} };
    expect((await ask(asked)).status).toBe(200);
    expect((await program.stop()).stderr).toBe("");
  });

  it("--auth none is open on purpose, and says so", async () => {
    const { program, get } = await onAir(["--host", "0.0.0.0", "--auth", "none"]);
    expect((await get()).status).toBe(200);
    expect((await program.stop()).stderr).toBe(
      "flvcast: anyone who can reach this machine can watch (--auth none)\n",
    );
  });

  it("wrong tokens are answered 429 after ten, and nobody else waits", async ({ skip }) => {
    if (outside === null) {
      console.log("skipped: this machine has no address but its own");
      skip();
    }
    const { url } = await onAir(["--host", "0.0.0.0", "--token", TOKEN]);
    const port = Number(url.port);
    const from = (localAddress: string, token: string) =>
      ask({ port, path: `/live/test.flv?token=${token}`, headers: {}, localAddress, host: outside ?? "" });
    const answers = [];
    for (let count = 0; count < 11; count += 1) answers.push((await from(outside ?? "", "wrong")).status);
    expect(answers).toEqual([...Array(10).fill(401), 429]);
    const limited = await from(outside ?? "", TOKEN);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(limited.headers["retry-after"])).toBeLessThanOrEqual(60);
    const other = await ask({ port, path: `/live/test.flv?token=${TOKEN}`, headers: {} });
    expect(other.status).toBe(200);
  });
});
