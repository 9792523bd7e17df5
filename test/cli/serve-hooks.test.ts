import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { ServeHooks } from "../../src/cli/serve-hooks.ts";
import type { LogEvent } from "../../src/log.ts";
import { notice } from "../../src/log.ts";
import type { StreamState } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

const folder = mkdtempSync(join(tmpdir(), "flvcast-serve-hooks-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const changed = (state: StreamState, before: StreamState): LogEvent => ({
  ...{ level: "debug", event: "state-changed", text: "" },
  fields: { name: "door", state, before },
});

it("tells of the server and its streams; one of the file that ends is waited for", async () => {
  const told = join(folder, "told");
  const streams = [{ name: "door", status: () => ({ ...someStatus, name: "door" }) }];
  const hooks = new ServeHooks({
    server: "home",
    env: {},
    streams: () => streams,
    onNotice: () => undefined,
  });
  hooks.notice(changed("on-air", "starting"), "door"); // nobody is to be told yet
  const command = ["sh", "-c", `echo "$FLVCAST_EVENT $FLVCAST_STREAM" >> ${told}`] as const;
  await hooks.update([{ action: { kind: "run", command, timeoutMs: 10_000 }, on: null, afterMs: 0 }]);
  hooks.notice(changed("on-air", "starting"), "door");
  hooks.started();
  hooks.notice(changed("ended", "on-air"), "door");
  hooks.notice(changed("on-air", "starting"), "door");
  hooks.notice(notice("config-applied", "configuration reloaded: no stream changed"), null);
  await hooks.close();
  await vi.waitFor(() => expect(readFileSync(told, "utf8").split("\n")).toHaveLength(7), 20_000);
  const lines = readFileSync(told, "utf8").trim().split("\n");
  expect(lines.filter((line) => line.includes("door"))).toEqual([
    "stream-up door",
    "stream-down door",
    "stream-up door",
  ]);
  expect(lines.map((line) => line.trim()).filter((line) => !line.includes("door"))).toEqual([
    "server-started",
    "config-applied",
    "server-stopping",
  ]);
});
