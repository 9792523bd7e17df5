/** Bytes that break their format: the message says what was expected, what came and where. */
export class CorruptInputError extends Error {
  override readonly name = "CorruptInputError";
}

/** B-frames where nothing tells when they are to be shown, or where none were to come. */
export class ReorderedPicturesError extends CorruptInputError {}
