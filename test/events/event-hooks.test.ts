import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventHooks } from "../../src/events/event-hooks.ts";
import type { PublicEvent } from "../../src/events/public-event.ts";
import type { LogEvent } from "../../src/log.ts";
import type { EventRule } from "../../src/settings/serve-settings.ts";
import { someStatus } from "../control/some-status.ts";
import { until } from "../e2e/processes.ts";
import { withBody } from "../e2e/servers.ts";

/** What the web server has got, as `path event`; a path that ends with /hold is answered when the test says so. */
const got: string[] = [];
const held: (() => void)[] = [];
const server = createServer(
  withBody((body, { url }, response) => {
    const { event, stream } = JSON.parse(body) as PublicEvent;
    got.push(`${url?.slice(1)} ${event}${stream === null ? "" : ` ${stream}`}`);
    if (url?.endsWith("hold")) held.push(() => response.end());
    else response.end();
  }),
);

beforeEach(async () => {
  got.length = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  held.splice(0);
  server.closeAllConnections();
  server.close();
});

const rule = (path: string, more: Partial<EventRule> = {}): EventRule => {
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    action: { kind: "post", url: `http://127.0.0.1:${port}/${path}`, secret: null },
    ...{ on: null, afterMs: 0, ...more },
  };
};

function hooksOf(...rules: readonly EventRule[]) {
  const said: string[] = [];
  const hooks = new EventHooks(rules, {
    ...{ server: "house", env: {}, onNotice: ({ text }) => said.push(text) },
    status: (stream) => (stream === "gone" ? null : { ...someStatus, name: stream }),
  });
  return { hooks, said };
}

function viewer(name: string, viewers: number): LogEvent {
  const fields = { name, address: "10.0.0.7", viewers };
  return { level: "debug", event: "viewer-joined", text: "a viewer", fields };
}

function enters(name: string, state: "on-air" | "ended", before: "starting" | "on-air"): LogEvent {
  return { level: "debug", event: "state-changed", text: "", fields: { name, state, before } };
}

const times = (event: string) => got.filter((one) => one === event).length;
const gets = (...events: readonly string[]) =>
  until(events.join(", "), () => events.every((event) => got.includes(event)), 60_000);

test("each rule gets what it wants to know, of each stream and of the server", async () => {
  const { hooks } = hooksOf(rule("all"), rule("some", { on: ["watched", "config-refused"] }));
  hooks.tell("server-started", "the server has started");
  hooks.notice(viewer("garden", 1), "garden");
  hooks.notice(viewer("yard", 1), "yard");
  hooks.notice(viewer("", 1), null);
  hooks.tell("config-refused", "line 3 is wrong", "usage");
  await hooks.close();
  expect(got.toSorted()).toEqual([
    ...["all config-refused", "all server-started", "all viewer-joined garden", "all viewer-joined yard"],
    ...["all watched garden", "all watched yard"],
    ...["some config-refused", "some watched garden", "some watched yard"],
  ]);
});

test("a hook that does not answer holds back its stream, and neither others nor other hooks", async () => {
  const { hooks } = hooksOf(
    rule("hold", { on: ["viewer-joined"] }),
    rule("quick", { on: ["viewer-joined"] }),
  );
  hooks.notice(viewer("garden", 1), "garden");
  hooks.notice(viewer("garden", 2), "garden");
  hooks.notice(viewer("yard", 1), "yard");
  await gets("hold viewer-joined garden", "hold viewer-joined yard", "quick viewer-joined yard");
  await until("the other hook has both", () => times("quick viewer-joined garden") === 2, 60_000);
  expect(times("hold viewer-joined garden")).toBe(1);
  hooks.kill();
});

test("after a reload, what waits for an unchanged rule is still delivered; a new rule gets what comes then", async () => {
  const { hooks, said } = hooksOf(rule("old/hold"), rule("hold", { on: ["viewer-joined"] }));
  for (const viewers of [1, 2]) hooks.notice(viewer("garden", viewers), "garden");
  await gets("old/hold viewer-joined garden", "hold viewer-joined garden");
  hooks.update([rule("new", { on: ["viewer-joined"] }), rule("hold", { on: ["viewer-joined"] })]);
  hooks.notice(viewer("garden", 3), "garden");
  for (let n = 1; n <= 3; n++) {
    await until("the next is there", () => got.filter((one) => one.startsWith("hold")).length === n, 60_000);
    for (const answer of held.splice(0)) answer();
  }
  await gets("new viewer-joined garden");
  expect(got.filter((one) => one.startsWith("new"))).toHaveLength(1);
  await hooks.close();
  expect(said.filter((one) => one.includes("missed"))).toEqual([]);
});

test("the end of a stream is told at once, also when the stream is gone", async () => {
  const { hooks } = hooksOf(rule("all", { afterMs: 3_600_000 }));
  hooks.notice(enters("gone", "on-air", "starting"), "gone");
  hooks.notice(enters("gone", "ended", "on-air"), "gone");
  await hooks.close();
  expect(got).toEqual(["all stream-up gone", "all stream-down gone"]);
});

test("at the end, a hook that hangs has three seconds, and what it missed is counted", async () => {
  const { hooks, said } = hooksOf(rule("hold"));
  hooks.notice(viewer("garden", 1), "garden");
  const startMs = performance.now();
  await hooks.close();
  expect(performance.now() - startMs).toBeGreaterThan(2900);
  expect(said.map((line) => line.replace(/127\S+/, "URL"))).toEqual([
    "hook http://URL could not be reached: no answer before the end",
    "hook http://URL missed 2 events",
  ]);
});

test("a password in a hook's URL is shown to nobody", async () => {
  const action = { kind: "post", url: "http://me:secret@127.0.0.1:9/T0KEN", secret: "key" } as const;
  const { hooks, said } = hooksOf({ action, on: null, afterMs: null });
  hooks.tell("server-started", "the server has started");
  await until("it failed", () => said.length > 0, 60_000);
  hooks.kill();
  expect(said[0]).toMatch(/^hook http:\/\/…@127\.0\.0\.1:9\/… could not be reached: /);
});
