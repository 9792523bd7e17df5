import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  watch as watchFolder,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DeviceWatch } from "../../../src/channel/supervisor/device-watch.ts";

let folder: string;
let watch: DeviceWatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-dev-"));
  watch = new DeviceWatch([folder, join(folder, "v4l"), join(folder, "v4l", "by-path")]);
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Does something, and waits until a change is told. */
async function toldOf(act: () => void): Promise<boolean> {
  const told = new Promise<boolean>((resolve) => {
    const forget = watch.onChange(() => {
      forget();
      resolve(true);
    });
  });
  act();
  return told;
}

it("tells that a node has come", async () => {
  expect(await toldOf(() => writeFileSync(join(folder, "video0"), ""))).toBe(true);
});

it("tells nothing of what is written to a node, nor of its rights", async () => {
  const node = join(folder, "video0");
  await toldOf(() => writeFileSync(node, ""));
  await toldOf(() => mkdirSync(join(folder, "v4l"))); // by then all of the first is told
  let changes = 0;
  watch.onChange(() => (changes += 1));
  const sawAll = new Promise<void>((resolve) => {
    const witness = watchFolder(folder, (event) => {
      if (event === "rename") resolve(witness.close());
    });
  });
  for (let write = 0; write < 50; write++) appendFileSync(node, "x");
  chmodSync(node, 0o600);
  rmSync(node);
  await sawAll;
  expect(changes).toBe(1);
});

it("tells of what comes into a folder that was removed and made again before anybody heard of it", async () => {
  mkdirSync(join(folder, "v4l"));
  await toldOf(() => mkdirSync(join(folder, "v4l", "by-path")));
  await toldOf(() => {
    renameSync(join(folder, "v4l"), `${folder}-old`); // its number stays in use: the new folder has another
    mkdirSync(join(folder, "v4l", "by-path"), { recursive: true });
  });
  await delay(100); // what was made is told of
  expect(await toldOf(() => writeFileSync(join(folder, "v4l", "by-path", "camera"), ""))).toBe(true);
  rmSync(`${folder}-old`, { recursive: true });
});

it("tells of folders that came later, and of those that were removed and made again", async () => {
  for (let plugIn = 0; plugIn < 2; plugIn++) {
    expect(await toldOf(() => mkdirSync(join(folder, "v4l")))).toBe(true);
    expect(await toldOf(() => mkdirSync(join(folder, "v4l", "by-path")))).toBe(true);
    expect(await toldOf(() => writeFileSync(join(folder, "v4l", "by-path", `camera${plugIn}`), ""))).toBe(
      true,
    );
    expect(await toldOf(() => rmSync(join(folder, "v4l"), { recursive: true }))).toBe(true);
  }
});
