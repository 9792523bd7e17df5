import { expect, test } from "vitest";
import { checkFile } from "../../src/check/check-file.ts";

const never = new AbortController().signal;

test("a file is read to its end", async () => {
  expect(await checkFile("test/fixtures/flv/clean.flv", never)).toMatchObject({
    target: "test/fixtures/flv/clean.flv",
    verdict: "clean",
    http: null,
    stream: { bytes: 30_975, tags: 142, isLive: false },
  });
});

test("a report tells how many seconds the reading took", async () => {
  const startedMs = performance.now();
  const { seconds } = await checkFile("test/fixtures/flv/clean.flv", never);
  expect(seconds).toBeLessThanOrEqual((performance.now() - startedMs) / 1000 + 0.001);
});

test.each([
  ["test/nothing.flv", "cannot read test/nothing.flv: no such file (URLs start with http:// or https://)"],
  ["test", "cannot read test: it is a directory, not a file"],
  ["a b.flv", 'cannot read "a b.flv": no such file (URLs start with http:// or https://)'],
  ["a\0.flv", expect.stringMatching(/^cannot read "a\\u0000.flv": .*null bytes/)],
])("%j is not judged", async (path, message) => {
  await expect(checkFile(path, never)).rejects.toMatchObject({ message, exitCode: 4 });
});

test("a signal ends the reading: what was read is judged, and its end is no fault", async () => {
  const report = await checkFile("test/fixtures/flv/clean.flv", AbortSignal.abort());
  expect(report.findings.map(({ id }) => id)).toEqual(["stream-empty"]);
});
