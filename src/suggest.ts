/** The known word that a mistyped one was probably meant to be; `null` when none is near, or several begin with it. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const begun = known.filter((word) => word.startsWith(typed));
  if (typed.length >= MIN_PREFIX && begun.length === 1) return begun[0] ?? null;
  const [best] = known
    .map((word) => ({ word, distance: editDistance(typed, word) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= maxDistance(typed) ? best.word : null;
}

/** Fewer letters than that are no beginning of a certain word. */
const MIN_PREFIX = 2;

/** Two of four letters make another word; two of eight are slips. */
const maxDistance = ({ length }: string) => (length < 3 ? 0 : length < 6 ? 1 : 2);

/** Damerau's distance, of neighbours alone: letters to insert, delete or replace, and pairs to swap. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 1; index <= from.length; index++) {
    const next = [index];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[index - 1] === to[column - 1];
      const isSwapped = from[index - 1] === to[column - 2] && from[index - 2] === to[column - 1];
      next.push(
        Math.min(
          (row[column - 1] ?? 0) + (isSame ? 0 : 1),
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}
