import { writeFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { streamDetailSchema, streamsSchema, viewersSchema } from "../../src/server/api/schemas.ts";
import { series } from "../../src/server/metrics/series.ts";
import { run } from "../run.ts";
import { fakeArgs, living, picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { until } from "./processes.ts";
import { type Program, start, stopAll } from "./program.ts";

const TOKEN = "right-token-0123456789ab";
const folder = makeFolder();
afterEach(stopAll);
afterAll(() => folder.remove());

/** A picture that comes as the real one would, for as long as a test lasts. */
const goesOn = [{ replay: { 1: picturesPath }, seconds: 2 }, { stall: true }];

interface Told {
  readonly status: number;
  readonly text: string;
}

class Site {
  readonly program: Program;
  readonly origin: string;

  private constructor(program: Program, origin: string) {
    this.program = program;
    this.origin = origin;
  }

  static async open(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Site> {
    const program = start(["--name", "garden", "--token", TOKEN, "--show-token", ...fakeArgs, ...args], {
      env,
    });
    return new Site(program, new URL(await program.firstLine()).origin);
  }

  async ask(path: string, method = "GET", token: string | null = TOKEN): Promise<Told> {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.origin}${path}`, { method, headers });
    return { status: response.status, text: await response.text() };
  }

  /** The value of one line of /metrics; null where it is not there. */
  async metric(line: string): Promise<number | null> {
    const { text } = await this.ask("/metrics");
    const found = text.split("\n").find((one) => one.startsWith(`${line} `));
    return found === undefined ? null : Number(found.slice(line.length + 1));
  }
}

describe("a stream that is on the air", () => {
  it("tells programs how it is and who watches, and lets them send viewers away", async () => {
    const site = await Site.open(["--stall", "60"], living(folder, { video: [goesOn] }).env ?? {});
    const { streams } = streamsSchema.parse(JSON.parse((await site.ask("/api/v1/streams")).text));
    expect(streams).toMatchObject([{ name: "garden", state: "on-air", encoder: "libx264", reason: null }]);
    expect(streams[0]?.codecs).toHaveLength(1);

    const leaving = new AbortController();
    const watching = await fetch(`${site.origin}/live/garden.flv?token=${TOKEN}`, { signal: leaving.signal });
    const { viewers } = viewersSchema.parse(JSON.parse((await site.ask("/api/v1/viewers")).text));
    expect(viewers).toMatchObject([{ stream: "garden", address: "127.0.0.1", transport: "http/1.1" }]);
    expect(await site.metric('flvcast_viewers{stream="garden",transport="http/1.1"}')).toBe(1);
    expect((await site.ask(`/api/v1/viewers/${viewers[0]?.id}`, "DELETE")).status).toBe(204);
    expect((await watching.arrayBuffer()).byteLength).toBeGreaterThan(1000); // it ends, and in order
    expect(await site.metric('flvcast_viewer_disconnects_total{stream="garden",reason="removed"}')).toBe(1);
    await site.program.stopInOrder();
  });

  it("is restarted when a program asks for it, and says so in its numbers", async () => {
    const site = await Site.open(["--stall", "60"], living(folder, { video: [goesOn] }).env ?? {});
    const restarts = 'flvcast_input_restarts_total{stream="garden",input="test"}';
    expect(await site.metric(restarts)).toBe(0);
    const { status, text } = await site.ask("/api/v1/streams/garden/restart", "POST");
    expect([status, streamDetailSchema.parse(JSON.parse(text)).name]).toEqual([202, "garden"]);
    await until("it is back", async () => (await site.metric(restarts)) === 1);
    await until("it is on the air", async () => (await site.ask("/readyz")).status === 200);
    await site.program.stop();
  });

  it("tells nothing without its token but that it lives, whether it is ready, and what could be asked", async () => {
    const site = await Site.open(["--stall", "60"], living(folder, { video: [goesOn] }).env ?? {});
    const bare = async (path: string, method?: string) => (await site.ask(path, method, null)).status;
    for (const path of ["/api/v1/streams", "/api/v1/viewers", "/metrics", "/live/garden.jpg"])
      expect([path, await bare(path)]).toEqual([path, 401]);
    expect(await bare("/api/v1/streams/garden/restart", "POST")).toBe(401);
    expect(await site.ask("/readyz", "GET", null)).toEqual({ status: 200, text: "ready\n" });
    expect(await site.ask("/healthz", "GET", null)).toEqual({ status: 200, text: "ok\n" });
    const document = JSON.parse((await site.ask("/api/v1/openapi.json", "GET", null)).text);
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "flvcast" } });
    await site.program.stopInOrder();
  });

  it("has every number that is told of, and none that promtool would not read", async ({ skip }) => {
    const site = await Site.open(["--stall", "60"], living(folder, { video: [goesOn] }).env ?? {});
    const { text } = await site.ask("/metrics");
    for (const { name } of series) expect(text).toContain(`# TYPE flvcast_${name} `);
    expect(await site.metric('flvcast_media_frames_total{stream="garden",track="video"}')).toBeGreaterThan(0);
    const found = await run(["sh", "-c", "command -v promtool"]);
    if (found.exitCode !== 0) {
      console.log("skipped: promtool, which judges metrics, is not here: apt install prometheus");
      skip();
    }
    const path = folder.file("metrics.txt");
    writeFileSync(path, text);
    const judged = await run(["sh", "-c", `promtool check metrics < ${path}`]);
    expect(judged).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("a device that is gone", () => {
  it("is no readiness, and those who may watch are told why", async () => {
    const gone = [{ stderr: "cam0: No such device" }, { exit: 1 }];
    const lives = living(folder, { video: [[{ replay: { 1: picturesPath }, seconds: 1 }, ...gone], gone] });
    const site = await Site.open([], lives.env ?? {});
    await until("it is not ready", async () => (await site.ask("/readyz", "GET", null)).status === 503);
    const { text } = await site.ask("/readyz");
    expect(text).toMatch(/^not ready\ngarden is degraded since \d{4}-\d\d-\d\dT[\d:.]+Z: deviceAbsent\n$/);
    expect((await site.ask("/healthz")).status).toBe(200);
    expect(await site.metric('flvcast_stream_state{stream="garden",state="degraded"}')).toBe(1);
    expect(await site.metric('flvcast_input_up{stream="garden",input="test"}')).toBe(0);
    await site.program.stop();
  });
});
