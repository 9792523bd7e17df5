import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInBrowser } from "../../src/system/browser.ts";

const URL_TO_OPEN = "http://127.0.0.1:8080/watch/garden?token=secret";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-browser-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A program of that name, which writes down what it is called with. */
function opener(name: string, end: string) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nprintf %s "$*" > ${folder}/opened\n${end}\n`);
  chmodSync(path, 0o755);
}

const env = () => ({ PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ":7" });
const opened = () => readFileSync(join(folder, "opened"), "utf8");

test.each([
  ["linux", "xdg-open"],
  ["freebsd", "xdg-open"],
  ["darwin", "open"],
] as const)("on %s, %s gets the URL", async (platform, name) => {
  opener(name, "exit 0");
  expect(await openInBrowser(URL_TO_OPEN, env(), { platform })).toBeNull();
  expect(opened()).toBe(URL_TO_OPEN);
});

test("an opener that has become the browser is not waited for", async () => {
  opener("xdg-open", "exec sleep 60");
  expect(await openInBrowser(URL_TO_OPEN, env(), { platform: "linux", patienceMs: 300 })).toBeNull();
});

test("an opener that finds no browser has failed", async () => {
  opener("xdg-open", "exit 3");
  expect(await openInBrowser(URL_TO_OPEN, env(), { platform: "linux" })).toBe("failed");
});

test("without an opener, nothing is opened", async () => {
  const without = { PATH: folder, WAYLAND_DISPLAY: "wayland-0" };
  expect(await openInBrowser(URL_TO_OPEN, without, { platform: "linux" })).toBe("not-installed");
});

test("without a display, none is started", async () => {
  opener("xdg-open", "exit 0");
  expect(await openInBrowser(URL_TO_OPEN, { PATH: folder }, { platform: "linux" })).toBe("no-display");
  expect(existsSync(join(folder, "opened"))).toBe(false);
});
