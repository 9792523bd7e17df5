import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConfigReload } from "../../src/cli/config-reload.ts";
import { UserError } from "../../src/errors.ts";
import { completeSettings } from "../../src/settings/resolve.ts";
import type { ServeSettings } from "../../src/settings/serve-settings.ts";

const { server } = completeSettings({ device: "test" });
const settings: ServeSettings = {
  server,
  serverName: "home",
  maxViewers: 10,
  streams: [],
  events: [],
  published: null,
};

let folder: string;
let open: ConfigReload | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-reload-"));
});
afterEach(() => {
  open?.close();
  rmSync(folder, { recursive: true, force: true });
});

function reloading(read: () => Promise<{ warnings: readonly string[] }>) {
  const [told, applied]: [string[], ServeSettings[]] = [[], []];
  const reload = new ConfigReload({
    read: async () => ({ path: join(folder, "a.yml"), settings, ...(await read()) }),
    apply: async (one) => void applied.push(one),
    onNotice: ({ level, event, text }) => told.push(`${level} ${event}: ${text}`),
    settleMs: 20,
  });
  open = reload;
  return { reload, told, applied };
}

test("what is read is applied, and what is odd about it told", async () => {
  const {
    reload: again,
    told,
    applied,
  } = reloading(async () => ({ warnings: ["a.yml: all users can read it"] }));
  await again.reload();
  expect([applied, told]).toEqual([[settings], ["warning config-warning: a.yml: all users can read it"]]);
});

test("of a file with faults nothing is applied, and each fault is a line", async () => {
  const {
    reload: again,
    told,
    applied,
  } = reloading(async () => {
    throw new UserError("usage", "a.yml has 2 errors", { lastLines: ["a.yml:1:2: x", "a.yml:3:4: y"] });
  });
  await expect(again.reload()).rejects.toMatchObject({ reason: "usage" });
  expect(applied).toEqual([]);
  expect(told).toEqual([
    "error config-refused: configuration not reloaded, nothing has changed: a.yml has 2 errors",
    "error config-fault: a.yml:1:2: x",
    "error config-fault: a.yml:3:4: y",
  ]);
  await again.try();
  expect(told).toHaveLength(6);
});

test("a watched file is read again once when it is written or replaced, and not for its neighbours", async () => {
  const path = join(folder, "a.yml");
  writeFileSync(path, "a");
  let reads = 0;
  const { reload: again, applied } = reloading(async () => ({ warnings: [], reads: reads++ }));
  again.watch(path);
  writeFileSync(path, "b");
  writeFileSync(path, "c");
  await vi.waitFor(() => expect(applied).toHaveLength(1), { timeout: 10_000 });
  const before = reads;
  writeFileSync(join(folder, "b.yml"), "x");
  writeFileSync(`${path}.new`, "d");
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(reads).toBe(before + 1), { timeout: 10_000 });
});
