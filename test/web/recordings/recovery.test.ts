import { expect, it, vi } from "vitest";
import type { DoneAnswer } from "../../../src/web/recordings/recordings-api.ts";
import { Recovery } from "../../../src/web/recordings/recovery.ts";
import { segment } from "./segment.ts";

/** A recovery that gets this answer about a file; `shown`: whether its segment is still the one that is to play. */
function recovery(answer: DoneAnswer, shown = true) {
  const told: string[] = [];
  const one = new Recovery({
    probe: async () => answer,
    isShown: () => shown,
    retry: () => void told.push("retry"),
    onGone: ({ id }) => void told.push(`gone ${id}`),
    onChange: () => void told.push("change"),
  });
  return { one, told };
}

const unreachable: DoneAnswer = { kind: "unreachable" };
const deleted: DoneAnswer = { kind: "refused", status: 404, why: "", retryAfterMs: 0 };

it("tries again where the server may come back", async () => {
  vi.useFakeTimers();
  try {
    const { one, told } = recovery(unreachable);
    await one.failed(segment(0, 1000));
    expect(one.failure).toEqual(unreachable);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(["change", "retry"]);
  } finally {
    vi.useRealTimers();
  }
});

it("goes on after a segment that was deleted", async () => {
  const { one, told } = recovery(deleted);
  await one.failed(segment(0, 1000));
  expect([one.failure, told]).toEqual([null, ["gone s0"]]);
});

it("takes it for unplayable where the server sends it and it fails twice", async () => {
  const { one } = recovery({ kind: "done" });
  await one.failed(segment(0, 1000));
  expect(one.failure).toBeNull();
  await one.failed(segment(0, 1000));
  expect(one.failure).toEqual({ kind: "unplayable" });
  one.clear();
});

it.each([unreachable, deleted])(
  "leaves alone what plays by the time that it is known: %j",
  async (answer) => {
    const { one, told } = recovery(answer, false);
    await one.failed(segment(0, 1000));
    expect([one.failure, told]).toEqual([null, []]);
  },
);
