import { CorruptInputError } from "../corrupt-input.ts";

/** @throws CorruptInputError */
export function corrupt(what: string): never {
  throw new CorruptInputError(`RTMP: ${what}`);
}
