import { expect, it } from "vitest";
import { TagSource } from "../../src/web/tag-loader.ts";
import { mpegts } from "./mpegts.ts";
import { eventsOf, key } from "./stream.ts";

type Source = TagSource;

/** The loader, as mpegts.js makes it. */
function loaderOf(source: Source) {
  // Of mpegts.js's base class, the source uses what the fake has.
  const Loader = source.loaderClass(mpegts.BaseLoader as never) as unknown as new () => {
    open(): void;
    abort(): void;
    destroy(): void;
    readonly arrived: { readonly start: number; readonly end: number; readonly bytes: Uint8Array }[];
  };
  return new Loader();
}

const [header, ...tags] = eventsOf([key(0), key(1000), key(2000)]);

function push(source: Source, ...events: readonly (typeof header)[]) {
  for (const event of events) if (event !== undefined) source.push(event);
}

const places = (loader: ReturnType<typeof loaderOf>) => loader.arrived.map(({ start, end }) => [start, end]);

it("keeps what comes before mpegts.js is ready, and gives it in one piece", async () => {
  const source = new TagSource();
  push(source, header, tags[0]);
  const loader = loaderOf(source);
  await Promise.resolve();
  expect(places(loader)).toEqual([]);
  loader.open();
  await Promise.resolve();
  expect(places(loader)).toEqual([[0, 13 + key(0).length]]);
});

it("gives what comes in one moment together, and says where in the stream it lies", async () => {
  const source = new TagSource();
  const loader = loaderOf(source);
  loader.open();
  push(source, header, tags[0]);
  await Promise.resolve();
  push(source, tags[1]);
  push(source, tags[2]);
  await Promise.resolve();
  const middle = 13 + key(0).length;
  expect(places(loader)).toEqual([
    [0, middle],
    [middle, middle + key(1000).length + key(2000).length],
  ]);
});

it("gives a copy: the browser takes the memory away", async () => {
  const source = new TagSource();
  const loader = loaderOf(source);
  loader.open();
  push(source, tags[0]);
  await Promise.resolve();
  loader.arrived[0]?.bytes.fill(0);
  expect(tags[0]?.bytes[0]).toBe(9); // a video tag
});

it("gives nothing to no piece", async () => {
  const loader = loaderOf(new TagSource());
  loader.open();
  await Promise.resolve();
  expect(places(loader)).toEqual([]);
});

it.each(["abort", "destroy"] as const)("keeps what comes after %s for the next loader", async (end) => {
  const source = new TagSource();
  const first = loaderOf(source);
  first.open();
  push(source, header);
  first[end]();
  await Promise.resolve();
  expect(places(first)).toEqual([]);
  const second = loaderOf(source);
  second.open();
  await Promise.resolve();
  expect(places(second)).toEqual([[0, 13]]);
});
