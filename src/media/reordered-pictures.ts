import { CorruptInputError } from "./corrupt-input.ts";

/** B-frames where nothing tells when they are to be shown, or where none were to come. */
export class ReorderedPicturesError extends CorruptInputError {}
