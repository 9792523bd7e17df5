import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { until } from "../e2e/processes.ts";
import { Program, stopAll } from "../e2e/program.ts";
import { Viewer } from "../e2e/viewer.ts";
import { run } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
const file = folder.file("flvcast.yml");
let disk: string;
beforeEach(() => {
  disk = freshStateFolder();
  mkdirSync(disk);
});
afterEach(stopAll);
afterAll(() => folder.remove());

const inNamespace = ["unshare", "--user", "--map-root-user", "--mount"];
const tried = await run([...inNamespace, "true"]).catch(() => null);
const hasNamespaces = tried?.exitCode === 0;
if (!hasNamespaces) console.log("skipped: a full disk: unshare makes no mount namespace here");

/** A server of three streams, beside a disk that is filled before it starts; the URL of each stream. */
async function serve(mount: string, lines: readonly string[], env: NodeJS.ProcessEnv) {
  const head = ["name: home", "listen: 127.0.0.1:0", "auth: token"];
  const defaults = "defaults: { size: 160x120, fps: 5, encoder: libx264, audio: none }";
  writeFileSync(file, [...head, defaults, "streams: { a: test, b: test, c: test }"].join("\n"));
  const script = [
    "set -e",
    `mount -t tmpfs -o ${mount},mode=700 tmpfs '${disk}'`,
    ...lines,
    'exec "$@"',
  ].join("\n");
  const server = new Program(["serve", "--config", file, "--show-token"], {
    ...{ runBy: [...inNamespace, "sh", "-c", script, "sh"], env },
  });
  await server.firstLine();
  await until("a line for each stream", () => server.stdout.split("\n").length > 3);
  const urls = server.stdout.trimEnd().split("\n");
  return { server, urls: urls.map((line) => line.split(/ {2,}/)[1] ?? "") };
}

/** Each of them goes on. */
async function watchAll(urls: readonly string[]): Promise<void> {
  const viewers = urls.map((url) => new Viewer(url));
  for (const viewer of viewers) await viewer.until(() => viewer.recording.pictures.length >= 10);
}

const fill = () => `cat /dev/zero > '${disk}/filler' 2>/dev/null || true`;

describe.skipIf(!hasNamespaces)("serve beside a full disk", () => {
  it("whose state holds no further file goes on, and says what will not find its streams", async () => {
    const { server, urls } = await serve("size=64k,nr_inodes=6", [], { RUNTIME_DIRECTORY: disk });
    await watchAll(urls);
    const { exitCode, stderr } = await server.stop();
    const said = stderr.trimEnd().split("\n");
    const names = said.map((line) => /will not find "(\w)"$/.exec(line)?.[1]);
    expect(exitCode).toBe(0);
    expect(said[0]).toContain(`cannot write to ${disk} (ENOSPC): flvcast status and stop will not find`);
    expect(new Set(names).size).toBe(said.length); // of each at most once; the others have found room
    expect(names).not.toContain(undefined);
  });

  it("that keeps no token has one for this run, and says so once", async () => {
    const { server, urls } = await serve("size=64k", [fill()], { STATE_DIRECTORY: disk });
    await watchAll(urls);
    const { exitCode, stderr } = await server.stop();
    const text = `cannot write to ${disk} (ENOSPC), so the token and the URL will change at the next start`;
    expect([exitCode, stderr.split(text).length, stderr.trimEnd().split("\n").length]).toEqual([0, 2, 1]);
  });

  it("that takes none of its log goes on, and ends in order", async () => {
    const log = `exec 2>>'${disk}/log'`;
    const { server, urls } = await serve("size=64k", [fill(), log], {});
    await watchAll(urls);
    expect(await server.stop()).toMatchObject({ exitCode: 0, stderr: "" });
  });
});
