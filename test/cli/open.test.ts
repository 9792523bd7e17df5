import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { FakeIo } from "./fake-io.ts";
import { RunningStreams } from "./running-streams.ts";

const PAGE = "http://127.0.0.1:8080/watch/garden?token=secret";

let streams: RunningStreams;
beforeEach(() => {
  streams = new RunningStreams();
});
afterEach(() => streams.close());

async function open(env: Record<string, string>) {
  const io = new FakeIo();
  const code = await main(["open"], { ...streams.env, ...env }, io.asIo);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

test.skipIf(process.platform !== "linux")("the page is opened in the browser, with its token", async () => {
  await streams.add("garden");
  const folder = join(streams.folder, "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${folder}/opened\n`);
  chmodSync(join(folder, "xdg-open"), 0o755);
  const told = await open({ PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ":7" });
  expect(told).toEqual({ code: 0, stdout: "", stderr: 'flvcast: opened "garden" in the browser\n' });
  expect(readFileSync(join(folder, "opened"), "utf8")).toBe(PAGE);
});

test.skipIf(process.platform !== "linux")("where there is no display, its URL is printed", async () => {
  await streams.add("garden");
  expect(await open({ DISPLAY: "" })).toEqual({
    code: 0,
    stdout: `${PAGE}\n`,
    stderr: "flvcast: this machine has no display; open this URL in a browser:\n",
  });
});
