import { kindOfData } from "../media/signature.ts";
import type { FaultId } from "./catalogue.ts";
import type { Faults } from "./faults.ts";
import { looksLikeTag } from "./resync.ts";
import type { HeaderUnit } from "./unit.ts";

/** What stands at the beginning, how long it is, and what follows. */
interface Beginning {
  readonly unit: HeaderUnit | null;
  readonly bytes: number;
  readonly next: "tags" | "search";
}

const HEADER_BYTES = 9;
/** The header, PreviousTagSize0, and the first tag's header, by which the place is known to be right. */
const NEEDED_BYTES = HEADER_BYTES + 4 + 11;
/** A DataOffset beyond this is not waited for. */
const MAX_DATA_OFFSET = 1024;

const START = { offset: 0, tag: null, timestampMs: null } as const;

/** Reads the FLV header (Adobe FLV 10.1, E.2), or what is in its place; null while more bytes are needed. */
export function readHeader(bytes: Buffer, isEnd: boolean, faults: Faults): Beginning | null {
  if (bytes.length === 0) return null;
  const isFlv = FLV.startsWith(bytes.toString("latin1", 0, 3));
  const neededBytes =
    isFlv && bytes.length >= HEADER_BYTES ? NEEDED_BYTES + waitedOffset(bytes) : NEEDED_BYTES;
  if (bytes.length < neededBytes && !isEnd) return null;
  if (isFlv && bytes.length < HEADER_BYTES) return truncated(bytes, faults);
  const tags = firstTag(bytes);
  if (isFlv || tags.isBehindHeader) return withHeader(bytes, tags.at, isFlv, faults);
  if (tags.at === null) return foreign(bytes, faults);
  faults.report("header-missing", `found a tag of type ${bytes[tags.at]} instead`, START);
  return { unit: null, bytes: tags.at, next: "tags" };
}

const FLV = "FLV";

function waitedOffset(bytes: Buffer): number {
  const dataOffset = bytes.readUInt32BE(5);
  return dataOffset > HEADER_BYTES && dataOffset <= MAX_DATA_OFFSET ? dataOffset - HEADER_BYTES : 0;
}

/** Where the first tag stands: behind a header and its four zeros, behind a header alone, or at the beginning. */
function firstTag(bytes: Buffer): { readonly at: number | null; readonly isBehindHeader: boolean } {
  const dataOffset = bytes.length >= HEADER_BYTES ? bytes.readUInt32BE(5) : HEADER_BYTES;
  const behind = [dataOffset + 4, HEADER_BYTES + 4, dataOffset, HEADER_BYTES].find(
    (at) => at >= HEADER_BYTES && looksLikeTag(bytes, at),
  );
  if (behind !== undefined) return { at: behind, isBehindHeader: true };
  const bare = [0, 4].find((at) => looksLikeTag(bytes, at));
  return { at: bare ?? null, isBehindHeader: false };
}

function withHeader(bytes: Buffer, tagAt: number | null, isFlv: boolean, faults: Faults): Beginning {
  const signature = bytes.toString("latin1", 0, 3);
  if (!isFlv) faults.report("signature-wrong", `${faults.quoted(signature)}, expected "FLV"`, START);
  const dataOffset = bytes.readUInt32BE(5);
  const end = Math.min(tagAt ?? HEADER_BYTES + 4, bytes.length);
  const hasSize = end >= HEADER_BYTES + 4;
  const unit: HeaderUnit = {
    kind: "header",
    signature,
    version: bytes.readUInt8(3),
    typeFlags: bytes.readUInt8(4),
    dataOffset,
    previousTagSize0: hasSize ? bytes.readUInt32BE(end - 4) : null,
  };
  judgeHeader(unit, end, tagAt !== null, faults);
  return { unit, bytes: end, next: "tags" };
}

/** @param end where the first tag stands */
function judgeHeader(header: HeaderUnit, end: number, hasTag: boolean, faults: Faults): void {
  const { version, typeFlags, dataOffset, previousTagSize0 } = header;
  const say = (id: FaultId, detail: string, offset: number) =>
    faults.report(id, detail, { offset, tag: null, timestampMs: null });
  if (version !== 1) say("header-version", `${version}, expected 1`, 3);
  if ((typeFlags & ~0b101) !== 0) say("header-reserved-bits", `TypeFlags 0x${typeFlags.toString(16)}`, 4);
  const leads = end === dataOffset + 4 || (end === dataOffset && previousTagSize0 === null);
  if (dataOffset < HEADER_BYTES || (hasTag && !leads))
    say("header-data-offset", `${dataOffset}, expected ${hasTag ? Math.max(9, end - 4) : 9}`, 5);
  if (previousTagSize0 === null && hasTag) say("previous-tag-size-0-missing", "a tag at byte 9", 9);
  if (previousTagSize0 !== null && previousTagSize0 !== 0)
    say("previous-tag-size-0", `${previousTagSize0}, expected 0`, end - 4);
}

function truncated(bytes: Buffer, faults: Faults): Beginning {
  faults.report("header-truncated", `after ${bytes.length} of 13 bytes`, START);
  return { unit: null, bytes: bytes.length, next: "tags" };
}

function foreign(bytes: Buffer, faults: Faults): Beginning {
  faults.report(
    "signature-wrong",
    `it looks like ${kindOfData(bytes) ?? `an unknown format (${bytes.toString("hex", 0, 8)})`}`,
    START,
  );
  return { unit: null, bytes: 0, next: "search" };
}
