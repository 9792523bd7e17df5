import { expect, test } from "vitest";
import { inTurns } from "../../src/encoders/turns.ts";

test.each([
  [1, 1],
  [2, 2],
  [9, 5],
])(
  "of five, %i at once means that %i are at work, and the answers keep their order",
  async (atOnce, most) => {
    let working = 0;
    let mostWorking = 0;
    const answers = await inTurns([50, 10, 40, 20, 30], atOnce, async (item) => {
      mostWorking = Math.max(mostWorking, ++working);
      for (let turns = 0; turns < item; turns++) await Promise.resolve();
      working--;
      return item * 2;
    });
    expect(answers).toEqual([100, 20, 80, 40, 60]);
    expect(mostWorking).toBe(most);
  },
);

test("a failure is the whole's", async () => {
  const failing = inTurns([1, 2], 1, async (item) => {
    if (item === 2) throw new Error("two");
  });
  await expect(failing).rejects.toThrow("two");
  expect(await inTurns([], 2, async () => 1)).toEqual([]);
});
