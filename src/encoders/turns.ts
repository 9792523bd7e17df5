/** Does something to each item, so many at once, and keeps the order of the answers. */
export async function inTurns<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  answer: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const waiting = [...items.entries()];
  const answers = new Map<number, Answer>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      answers.set(index, await answer(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, atOnce), items.length) }, work));
  return [...answers].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}
