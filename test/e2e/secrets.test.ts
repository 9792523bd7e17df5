import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { holdersIn } from "../../src/control/name-lock.ts";
import { mistypedUrls, secretsIn, secretUrls } from "../devices/secret-urls.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, living, picturesPath } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { until } from "./processes.ts";
import { Program } from "./program.ts";

const folder = makeFolder();
const folders: string[] = [];
/** Detached streams are nobody's children. */
afterEach(async () => {
  for (const state of folders.splice(0))
    for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
});
afterAll(() => folder.remove());

/** A password with a quote in it, a token in the query, and a path that is one. */
const ofEachKind = secretUrls.filter(({ url }) =>
  ["da'hua", "access_token", "/user=admin&"].some((part) => url.includes(part)),
);
const noUrls = mistypedUrls.filter(({ url }) =>
  ["/user=admin&", "video.cgi?", "rtsp;//"].some((part) => url.includes(part)),
);
const ffmpeg = ["--ffmpeg", fakeArgs[5]] as const;

/** An ffmpeg that knows what is in the URL, then fails once, and says the URL and its parts in many ways. */
function environment(url: string, secrets: readonly string[]): NodeJS.ProcessEnv {
  const state = freshStateFolder();
  folders.push(state);
  const lines = [`[in#0 @ 0x55] Opening '${url}' for reading`, `denied: ${secrets[0]}`];
  const complaints = [...lines, `${url}: Server returned 401 Unauthorized`].map((stderr) => ({ stderr }));
  const listing = [`Input #0, rtsp, from '${url}':`, "  Stream #0:0: Video: h264, yuv420p, 320x240, 30 fps"];
  const { env } = living(folder, {
    audio: [[...complaints, ...listing.map((stderr) => ({ stderr })), { exit: 1 }]], // nothing is encoded: a look at it
    video: [
      [{ replay: { 1: picturesPath } }, ...complaints, { exit: 1 }],
      [{ replay: { 1: picturesPath } }, ...complaints, { stall: true }],
    ],
  });
  return { ...env, RUNTIME_DIRECTORY: state, STATE_DIRECTORY: state, FLVCAST_DEVICE: url };
}

/** All that is in a folder: the files' names and what is in them. */
function everythingIn(path: string): string {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return [
    ...entries.map(({ name }) => name),
    ...files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, "latin1")),
  ].join("\n");
}

describe.each(ofEachKind)("of $url no secret", (one) => {
  const { url, secrets, shown, name } = one;

  it("is printed, logged, stored or served by a stream that runs", async () => {
    const env = environment(url, secrets);
    const flvcast = (...args: readonly string[]) => new Program(args, { env }).ended;
    const options = [...ffmpeg, "--encoder", "libx264", "--port", "0", "--detach", "--verbose"] as const;
    const started = await flvcast("start", ...options, "--log-format", "json");
    expect(started).toMatchObject({ exitCode: 0 });
    const { origin } = new URL(started.stdout);
    const get = async (path: string) => (await fetch(`${origin}${path}`)).text();
    await until("it has failed once", async () => /input_restarts_total\{.*\} 1/.test(await get("/metrics")));

    const status = await flvcast("status", "--json");
    const [running] = JSON.parse(status.stdout);
    const told = {
      started: started.stdout + started.stderr,
      status: status.stdout,
      text: (await flvcast("status")).stdout,
      streams: await get("/api/v1/streams"),
      stream: await get(`/api/v1/streams/${name}`),
      metrics: await get("/metrics"),
      ready: await get("/readyz"),
      log: (await flvcast("logs")).stdout,
      folder: everythingIn(env["STATE_DIRECTORY"] ?? ""),
      commandLine: readFileSync(`/proc/${running.pid}/cmdline`, "latin1"),
      stopped: JSON.stringify(await flvcast("stop")),
    };
    for (const [what, text] of Object.entries(told)) expect([what, secretsIn(text, one)]).toEqual([what, []]);
    expect(running).toMatchObject({ name, device: shown, reason: "permission" });
    expect(told.log).toContain("401 Unauthorized");
    expect(told.metrics).toContain(`input="${name}"`);
    expect(told.stream).not.toContain("Unauthorized");
  });

  it("is printed by a start that fails, or by one that only says what it would do", async () => {
    const env = environment(url, secrets);
    const flvcast = (...args: readonly string[]) => new Program(["start", ...ffmpeg, ...args], { env }).ended;
    const dry = await flvcast("--encoder", "libx264", "--dry-run");
    expect(dry).toMatchObject({ exitCode: 0 });
    expect(dry.stdout).toContain(shown);
    const refused = await flvcast("--encoder", "libx264", "--loop", "--port", "0");
    const failed = await flvcast(
      "--encoder",
      "libx264",
      "--exit-on-device-error",
      "--port",
      "0",
      "--verbose",
    );
    expect(failed.exitCode).toBe(12);
    for (const { stdout, stderr } of [dry, refused, failed])
      expect(secretsIn(stdout + stderr, one)).toEqual([]);
    const whole = await flvcast("--encoder", "libx264", "--dry-run", "--show-secrets");
    expect(whole.stdout.replaceAll("'\\''", "'")).toContain(url);
  });
});

it.each(noUrls)("of $url, which is no URL, a start that fails tells no secret", async (one) => {
  const env = environment(one.url, one.secrets);
  const failed = await new Program(["start", ...ffmpeg, "--port", "0"], { env }).ended;
  expect(failed.exitCode).toBe(10);
  expect(failed.stderr).toContain(one.shown);
  expect(secretsIn(failed.stdout + failed.stderr, one)).toEqual([]);
});
