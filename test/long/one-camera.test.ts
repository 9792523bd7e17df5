import { existsSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { until } from "../e2e/processes.ts";
import { Program, stopAll } from "../e2e/program.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
afterEach(stopAll);
afterAll(() => folder.remove());

/** An ffmpeg whose camera is open for a second after it was told to end, and that notes who finds it open. */
const ffmpeg = folder.file("ffmpeg");
const busy = folder.file("busy");
writeFileSync(
  ffmpeg,
  `#!/bin/sh
case "$*" in *pipe:*) ;; *) exec ffmpeg "$@" ;; esac
exec 9>>'${folder.file("camera")}'
flock -n 9 || echo busy >>'${busy}'
trap 'sleep 1' TERM
ffmpeg "$@" 9>&- &
wait
`,
  { mode: 0o755 },
);

it("a stream that is renamed in the file gets the camera once the one before has left it", async () => {
  const file = folder.file("flvcast.yml");
  const write = (name: string) =>
    writeFileSync(
      file,
      `listen: 127.0.0.1:0
defaults: { ffmpeg: ${ffmpeg}, size: 160x120, fps: 5, encoder: libx264, audio: none }
streams: { ${name}: test }
`,
    );
  const env = { RUNTIME_DIRECTORY: freshStateFolder() };
  write("before");
  const server = new Program(["serve", "--config", file], { env });
  const [, url = ""] = (await server.firstLine()).split(/ {2,}/);
  write("after");
  expect(await new Program(["reload"], { env }).ended).toMatchObject({ exitCode: 0, stderr: "" });
  const next = url.replace("before", "after");
  await until("it is on the air", async () => (await fetch(next, { method: "HEAD" })).ok, 60_000);
  expect(existsSync(busy)).toBe(false);
  await server.stop();
});
