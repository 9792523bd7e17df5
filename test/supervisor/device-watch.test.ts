import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DeviceWatch } from "../../src/supervisor/device-watch.ts";

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
