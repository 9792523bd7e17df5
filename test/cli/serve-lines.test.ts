import { expect, test } from "vitest";
import { accessEvents, inStream, streamLines } from "../../src/cli/serve-lines.ts";
import { type LogEvent, notice } from "../../src/log.ts";
import type { StreamStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

const stream = (name: string, changes: Partial<StreamStatus> = {}) => ({
  name,
  status: (): StreamStatus => ({ ...someStatus, name, url: `http://a/live/${name}.flv`, ...changes }),
  withToken: (url: string) => `${url}?token=secret`,
});
const streams = [stream("door"), stream("backyard", { state: "waiting" })];
const textsOf = (json: boolean, isTerminal: boolean, showsToken: boolean) =>
  streamLines(streams, { json, isTerminal, showsToken }).map(({ text }) => text);

test("a line of a stream is its name and its URL, for a person in columns and with what is not on the air", () => {
  expect(textsOf(false, false, false)).toEqual([
    "door  http://a/live/door.flv",
    "backyard  http://a/live/backyard.flv",
  ]);
  expect(textsOf(false, true, true)).toEqual([
    "door      http://a/live/door.flv?token=secret",
    "backyard  http://a/live/backyard.flv?token=secret  (waiting)",
  ]);
});

test("for programs it is an object, without the token unless that is wanted", () => {
  const objects = textsOf(true, false, false).map((text) => JSON.parse(text) as { url: string });
  expect(objects).toMatchObject([
    { name: "door", state: "on-air", url: "http://a/live/door.flv" },
    { name: "backyard", state: "waiting", url: "http://a/live/backyard.flv" },
  ]);
  expect(textsOf(true, false, true)[0]).toContain("door.flv?token=secret");
});

const back: LogEvent = notice("input-back", "cam0 is back", { input: "cam0" });
test.each<[string, LogEvent, string | null, string]>([
  ["of a stream", back, "door", '"door": cam0 is back'],
  ["of the server", back, null, "cam0 is back"],
  ["that names its stream", { ...back, text: '"door" is on-air' }, "door", '"door" is on-air'],
])("an event %s is told so", (_which, event, name, text) => {
  const told = inStream(event, name);
  expect(told.text).toBe(text);
  expect(told.fields).toEqual({ input: "cam0", ...(name === null ? {} : { stream: name }) });
});

const home = { url: "http://a/", urlWithToken: "http://a/?token=x" };
test.each([
  ["nobody else", { ...home, isPublic: false, needsToken: false }, false, []],
  ["anyone", { ...home, isPublic: true, needsToken: false }, false, ["public-access"]],
  ["those with the token", { ...home, isPublic: true, needsToken: true }, false, ["token-hidden"]],
  ["those with the token that is shown", { ...home, isPublic: true, needsToken: true }, true, []],
])("that %s can watch is told as it must be", (_who, site, showsToken, events) => {
  expect(accessEvents(site, "home", showsToken).map(({ event }) => event)).toEqual(events);
});
