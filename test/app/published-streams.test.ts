import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PublishedStreams } from "../../src/app/published-streams.ts";
import type { NewStreams } from "../../src/app/publishing.ts";
import { completeSettings } from "../../src/settings/resolve.ts";
import type { ServeSettings } from "../../src/settings/serve-settings.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { server, channel } = completeSettings({ device: "rtmp" });
const door = { channel: { ...channel, name: "door" }, access: null };
const settings = (max = 2, given: Partial<ServeSettings> = {}): ServeSettings => ({
  ...{ server, serverName: "home", maxViewers: 10, streams: [door], events: [] },
  published: { key: null, max, channel, access: { auth: "none" }, hasEvents: false },
  ...given,
});

async function opened(current = settings()) {
  const world = { current, calls: [] as string[], looks: new Map<string, (isThere: boolean) => void>() };
  let newStreams: NewStreams | null = null;
  const published: PublishedStreams = new PublishedStreams({
    app: {
      newKey: "made-key-1",
      setNewStreams: async (given) => void (newStreams = given),
      onPublisher: (name, look) => void world.looks.set(name, look),
    },
    settings: () => world.current,
    begin: ({ channel: { name, publish } }) => world.calls.push(`begin ${name} ${publish.key}`),
    end: (name) => world.calls.push(`end ${name}`),
    lingerMs: 30_000,
  });
  await published.open();
  const add = (name: string) => newStreams?.add(name);
  const look = (name: string, isThere: boolean) => world.looks.get(name)?.(isThere);
  return { world, published, add, look };
}

test("a name begins with its publisher, and ends 30 s after it", async () => {
  const { world, add, look } = await opened();
  expect(add("phone")).toBeNull();
  look("phone", true);
  vi.advanceTimersByTime(60_000);
  look("phone", false);
  vi.advanceTimersByTime(29_999);
  expect(world.calls).toEqual(["begin phone made-key-1"]);
  vi.advanceTimersByTime(1);
  expect(world.calls.at(-1)).toBe("end phone");
});

test("a publisher that comes back in time finds its stream", async () => {
  const { world, add, look, published } = await opened();
  add("phone");
  look("phone", true);
  look("phone", false);
  vi.advanceTimersByTime(29_999);
  expect(add("phone")).toBeNull(); // it is there
  look("phone", true);
  expect(published.isPublished("phone")).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(world.calls).toEqual(["begin phone made-key-1"]);
});

test("there are only so many at once, and a place is free again after the end", async () => {
  const { add, published } = await opened();
  expect([add("a"), add("b")]).toEqual([null, null]);
  expect(add("c")).toBe("all 2 places for published streams are taken (max-published)");
  published.forget("a");
  expect(add("c")).toBeNull();
});

test.each([
  ["door", '"door" is another stream: choose another name'],
  ["home", '"home" is another stream: choose another name'],
  ["../etc", expect.stringMatching(/^invalid stream name: /)],
  ["", expect.stringMatching(/^invalid stream name: /)],
  ["a.flv", expect.stringMatching(/^invalid stream name: /)],
  ["a".repeat(65), expect.stringMatching(/^invalid stream name: /)],
])("%j is no name of a published stream", async (name, fault) => {
  const { add, world } = await opened();
  expect(add(name)).toEqual(fault);
  expect(world.calls).toEqual([]);
});

test("they are served by other settings, none that the file has, or not at all", async () => {
  const { add, published } = await opened();
  add("phone");
  add("yard");
  const yard = { channel: { ...channel, name: "yard" }, access: null };
  const names = (next: ServeSettings) => published.served(next).map((one) => one.channel.name);
  expect(names(settings())).toEqual(["phone", "yard"]);
  expect(names(settings(2, { streams: [yard] }))).toEqual(["phone"]);
  expect(names(settings(2, { published: null }))).toEqual([]);
});

test("programs are told of them only where the file says how they are", async () => {
  const { add, published, world } = await opened();
  add("phone");
  expect([published.hasEvents("door"), published.hasEvents("phone")]).toEqual([true, false]);
  const { published: before } = world.current;
  world.current = { ...world.current, published: before && { ...before, hasEvents: true } };
  expect(published.hasEvents("phone")).toBe(true);
});

test("after the end of the server none begins", async () => {
  const { add, published } = await opened();
  published.close();
  expect(add("phone")).toBe("the server is stopping");
});
