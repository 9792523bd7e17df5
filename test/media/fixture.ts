import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CorruptInputError } from "../../src/media/corrupt-input.ts";

/** A recorded stream of `test/fixtures`. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
}

/** What ffprobe said of a recorded stream. */
export interface Probe {
  readonly streams: readonly Readonly<Record<string, string | number>>[];
  readonly packets: readonly {
    readonly stream_index: number;
    readonly pts: number;
    readonly size: string;
    readonly flags: string;
    readonly data_hash: string;
  }[];
}

export function probe(name: string): Probe {
  const said: Probe = JSON.parse(new TextDecoder().decode(fixture(`${name}.json`)));
  return said;
}

/** Bytes from grouped hex. */
export function bytes(grouped: string): Uint8Array {
  return new Uint8Array(Buffer.from(grouped.replaceAll(/\s/g, ""), "hex"));
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

export function md5(data: Uint8Array): string {
  return `MD5:${createHash("md5").update(data).digest("hex")}`;
}

/** Pieces of a stream, of these sizes in turn. */
export function* inPieces(data: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, index = 0; at < data.length; index++) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    yield data.subarray(at, at + size);
    at += size;
  }
}

/** Runs a parser on damaged bytes: a result and CorruptInputError are both right, anything else is thrown on. */
export function isResultOrCorrupt(run: () => unknown): boolean {
  try {
    run();
  } catch (error) {
    if (!(error instanceof CorruptInputError)) throw error;
  }
  return true;
}
