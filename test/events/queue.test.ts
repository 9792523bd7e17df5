import { expect, test } from "vitest";
import type { Delivery, Trouble } from "../../src/events/delivery.ts";
import type { PublicEvent } from "../../src/events/public-event.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { someEvent } from "./some-event.ts";

/** A queue to a hook that handles an event when the test says so. */
function queueTo() {
  const handled: number[] = [];
  const said: string[] = [];
  let isIdle = false;
  let current: { readonly event: PublicEvent; readonly delivery: Delivery } | null = null;
  let finish: ((trouble: Trouble | null) => void) | null = null;
  const queue = new EventQueue({
    shown: "on-event",
    deliver: (event, delivery) => {
      if (current !== null) throw new Error("two at once");
      current = { event, delivery };
      return new Promise((resolve) => {
        const onAbort = () => finish?.(trouble("was stopped"));
        delivery.signal.addEventListener("abort", onAbort);
        finish = (trouble) => {
          delivery.signal.removeEventListener("abort", onAbort);
          current = null;
          handled.push(event.atMs);
          resolve(trouble);
        };
      });
    },
    onNotice: ({ level, text }) => said.push(`${level} ${text}`),
    onIdle: () => (isIdle = true),
  });
  return {
    ...{ queue, handled, said, isIdle: () => isIdle, delivery: () => current?.delivery },
    push: (...atMs: readonly number[]) => {
      for (const one of atMs) queue.push(someEvent("watched", { atMs: one }));
    },
    /** The one on its way is handled, and whatever follows from that has happened. */
    finish: async (trouble: Trouble | null = null) => {
      finish?.(trouble);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const trouble = (kind: string, detail: string | null = null): Trouble => ({ kind, detail });
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test("events are handled one at a time, in their order", async () => {
  const { push, handled, finish, queue, isIdle, said } = queueTo();
  push(1, 2);
  await finish();
  push(3);
  await finish();
  expect([handled, isIdle()]).toEqual([[1, 2], false]);
  await finish();
  await queue.drained();
  expect([handled, isIdle(), said]).toEqual([[1, 2, 3], true, []]);
});

test("a hundred may wait; then the oldest are dropped, which is said once, and counted at the end", async () => {
  const { push, handled, finish, said } = queueTo();
  push(...upTo(151)); // the first is on its way
  expect(said).toEqual(["warning hook on-event cannot keep up: 100 events are waiting; dropping the oldest"]);
  for (let n = 0; n < 101; n++) await finish();
  expect(handled).toEqual([0, ...upTo(151).slice(51)]);
  expect(said.slice(1)).toEqual(["warning hook on-event missed 50 events"]);
});

test("a hook that fails each time is said once, and so is that it works again, with what it missed", async () => {
  const { push, finish, said, isIdle, delivery } = queueTo();
  push(1, 2, 3, 4, 5);
  await finish(trouble("exited with code 1", "no route to host"));
  await finish(trouble("exited with code 1", "another line"));
  await finish(trouble("exited with code 2"));
  delivery()?.onTrouble(trouble("exited with code 2"));
  await finish();
  await finish();
  expect(said).toEqual([
    "warning hook on-event exited with code 1 (no route to host)",
    "warning hook on-event exited with code 2",
    "notice hook on-event works again; it missed 3 events",
  ]);
  expect(isIdle()).toBe(true);
});

test("one that failed last is remembered, so that its next failure is not news", async () => {
  const { push, finish, said, isIdle } = queueTo();
  push(1);
  await finish(trouble("exited with code 1"));
  push(2);
  await finish(trouble("exited with code 1"));
  expect([said.length, isIdle()]).toEqual([1, false]);
});

test("what waits at the end is dropped and counted, and what is on its way is ended", async () => {
  const { push, queue, handled, said } = queueTo();
  push(1, 2, 3);
  queue.abort("soon");
  await queue.drained();
  queue.reportMissed();
  queue.reportMissed();
  expect(handled).toEqual([1]);
  expect(said).toEqual(["warning hook on-event was stopped", "warning hook on-event missed 3 events"]);
});
