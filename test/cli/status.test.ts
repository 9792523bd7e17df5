import { afterEach, beforeEach, expect, test } from "vitest";
import { lockName } from "../../src/control/name-lock.ts";
import { RunningStreams } from "./running-streams.ts";

let streams: RunningStreams;
beforeEach(() => {
  streams = new RunningStreams();
});
afterEach(() => streams.close());

test("every stream that runs has a line of a table", async () => {
  await streams.add("garden");
  await streams.add("door", { state: "degraded" });
  const { code, stdout, stderr } = await streams.run(["status"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^NAME +STATE .*\ndoor +degraded .*\ngarden +on air .*\n$/);
});

test("those that are named are told at length, with an empty line between", async () => {
  await streams.add("garden");
  await streams.add("door", { state: "degraded" });
  await streams.add("yard");
  const { code, stdout, stderr } = await streams.run(["status", "door", "garden"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^door: on air, but an input is missing[^]*\n\ngarden: on air, since [^]*started [^\n]*\n$/,
  );
});

test("one is told by its name, and its JSON is an object; that of all is an array", async () => {
  await streams.add("garden");
  await streams.add("door");
  const { stdout } = await streams.run(["status", "garden"]);
  expect(stdout).toMatch(/^garden: /);
  expect(stdout).not.toContain("door");
  const json = async (...argv: string[]) =>
    JSON.parse((await streams.run(["status", "--json", ...argv])).stdout);
  expect(await json("garden")).toMatchObject({ name: "garden", state: "on-air" });
  expect(await json()).toMatchObject([{ name: "door" }, { name: "garden" }]);
});

test.each([
  ["starting", 1],
  ["waiting", 1],
  ["on-air", 0],
  ["degraded", 0],
  ["ended", 1],
] as const)("beside one that is on the air, one that is %s makes the exit code %i", async (state, code) => {
  await streams.add("garden");
  await streams.add("door", { state });
  expect((await streams.run(["status"])).code).toBe(code);
});

test.each([
  [["status"], "", "no stream is running"],
  [["status", "--json"], "[]\n", "no stream is running"],
  [["status", "door"], "", 'no stream named "door" is running'],
])("where none runs, %j is exit code 3", async (argv, stdout, message) => {
  expect(await streams.run(argv)).toEqual({ code: 3, stdout, stderr: `flvcast: ${message}\n` });
});

test.each([
  [["status"], /\ngarden +on air/],
  [["status", "--json"], /^\[\{"name":"garden"/],
  [["status", "hung"], /^$/],
  [["status", "hung", "--json"], /^$/],
])("one that gives no answer is told beside those that do: %j", async (argv, stdout) => {
  await streams.add("garden");
  const lock = await lockName(streams.folder, "hung", (socket) => socket.end());
  const told = await streams.run(argv);
  if (lock.kind === "mine") await lock.release();
  expect(told).toMatchObject({ code: 1, stdout: expect.stringMatching(stdout) });
  expect(told.stderr).toMatch(/^flvcast: "hung" \(pid \d+\) does not respond [^\n]*\n$/);
});
