import { CorruptInputError } from "../corrupt-input.ts";

/** How a codec's tags are known by their front, and read. */
export interface BodyReader<Body> {
  readonly expected: string;
  readonly reads: (body: Uint8Array) => boolean;
  readonly read: (body: Uint8Array, bodyOffset: number) => Body;
}

/**
 * Reads a tag's body with the one of the readers that takes its front.
 * @param shown the codec as a message has it, of the first byte
 * @throws CorruptInputError for a codec that is not ours
 */
export function readBody<Body>(
  readers: Readonly<Record<string, BodyReader<Body>>>,
  body: Uint8Array,
  bodyOffset: number,
  shown: (first: number) => string,
): Body {
  const [first = 0] = body;
  const known = Object.values(readers);
  const reader = known.find(({ reads }) => reads(body));
  if (reader !== undefined) return reader.read(body, bodyOffset);
  return corrupt(`${shown(first)}, expected ${known.map(({ expected }) => expected).join(", ")}`, bodyOffset);
}

/** @throws CorruptInputError */
export function corrupt(what: string, offset: number): never {
  throw new CorruptInputError(`FLV: ${what} at offset ${offset}`);
}
