import { expect, test } from "vitest";
import { printUrl, UrlOutput } from "../../src/cli/url-output.ts";
import { FakeIo } from "./fake-io.ts";

type OnWritten = (error?: Error | null) => void;

/** A stdout of which each write ends when and how a test says. */
function slowOutput() {
  const io = new FakeIo();
  const pending: OnWritten[] = [];
  io.stdout.write = (text: string, onWritten?: OnWritten) => {
    io.stdout.text += text;
    if (onWritten !== undefined) pending.push(onWritten);
    return true;
  };
  return { io: io.asIo, pending, text: () => io.stdout.text };
}

const refused = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
const lost = (reason: string) =>
  `cannot print the URL of "garden" (${reason}). To print it again: flvcast url garden`;

function output() {
  const told: string[] = [];
  const out = slowOutput();
  return { ...out, told, urls: new UrlOutput(out.io, ({ text }) => told.push(text)) };
}

test("a URL that is out is well, and is lost no more", () => {
  const { urls, pending, told, text } = output();
  urls.write("garden", "http://a/");
  expect(text()).toBe("http://a/\n");
  pending[0]?.();
  expect([urls.end(), told]).toEqual([0, []]);
});

test.each([
  [refused, "EPIPE"],
  [new Error("no more"), "no more"],
])("one that cannot be written (%s) is told at once, and once", (error, reason) => {
  const { urls, pending, told } = output();
  urls.write("garden", "http://a/");
  pending[0]?.(error);
  expect(told).toEqual([lost(reason)]);
  expect([urls.end(), told]).toEqual([1, [lost(reason)]]);
});

test("one that nobody has read by the end is lost, whatever becomes of it then", () => {
  const { urls, pending, told } = output();
  urls.write("garden", "http://a/");
  expect([urls.end(), told]).toEqual([1, [lost("nothing reads it")]]);
  pending[0]?.(refused);
  expect([urls.end(), told]).toEqual([1, [lost("nothing reads it")]]);
});

test("a URL of another process's stream is printed, or that is a failure", async () => {
  const { io, pending, text } = slowOutput();
  const printed = printUrl(io, "garden", "http://a/");
  pending[0]?.(null);
  await printed;
  expect(text()).toBe("http://a/\n");
  const failed = printUrl(io, "garden", "http://a/");
  pending[1]?.(refused);
  await expect(failed).rejects.toMatchObject({ reason: "failure", message: lost("EPIPE") });
});
