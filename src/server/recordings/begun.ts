/** The same pieces once the first of them is there: what fails before is still an answer. */
export async function begun(pieces: AsyncGenerator<Uint8Array, void>): Promise<AsyncIterable<Uint8Array>> {
  const first = await pieces.next();
  return resumed(first, pieces);
}

async function* resumed(
  first: IteratorResult<Uint8Array, void>,
  pieces: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    if (first.done === true) return;
    yield first.value;
    yield* pieces;
  } finally {
    await pieces.return();
  }
}
