/** Bytes that break their format: the message says what was expected, what came and where. */
export class CorruptInputError extends Error {
  override readonly name = "CorruptInputError";
}
