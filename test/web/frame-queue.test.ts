import { describe, expect, it } from "vitest";
import { FrameQueue } from "../../src/web/frame-queue.ts";

function pictures(...timesMs: readonly number[]) {
  const closed: number[] = [];
  const queue = new FrameQueue<{ readonly timestamp: number; close(): void }>();
  for (const timeMs of timesMs)
    queue.push({ timestamp: timeMs * 1000, close: () => void closed.push(timeMs) });
  return { queue, closed };
}

describe("decoded pictures", () => {
  it("without sound: the newest is shown, older ones are closed", () => {
    const { queue, closed } = pictures(0, 33, 66);
    expect(queue.takeNewest()?.timestamp).toBe(66_000);
    expect(closed).toEqual([0, 33]);
    expect(queue.takeNewest()).toBeNull();
  });

  it("with sound: the one that belongs to what is heard is shown, later ones wait", () => {
    const { queue, closed } = pictures(0, 33, 66, 100);
    expect(queue.takeDue(70)?.timestamp).toBe(66_000);
    expect(closed).toEqual([0, 33]);
    expect(queue.takeDue(80)).toBeNull();
    expect(queue.takeDue(100)?.timestamp).toBe(100_000);
  });

  it("are never more than twelve: a hardware decoder stands still when none comes back", () => {
    const { queue, closed } = pictures(...Array.from({ length: 20 }, (_, at) => at * 33));
    expect(closed).toHaveLength(8);
    queue.clear();
    expect(closed).toHaveLength(20);
  });

  it("go on where sound is further behind than the queue is long", () => {
    const { queue } = pictures(...Array.from({ length: 12 }, (_, at) => 5000 + at * 33));
    expect(queue.takeDue(1000)?.timestamp).toBe(5_000_000);
    expect(queue.takeDue(1000)).toBeNull();
  });

  it("are all closed when the page is hidden", () => {
    const { queue, closed } = pictures(0, 33);
    queue.clear();
    expect(closed).toEqual([0, 33]);
  });
});
