/** The end of a stream as a whole FLV file in memory. */
export interface ClipFile {
  /** One behind the other, the file: shared with the stream, never written again. */
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly durationMs: number;
  /** When its first frame was captured, in milliseconds since 1970. */
  readonly startMs: number;
  /** Where a player may begin. */
  readonly keyFrames: readonly { readonly position: number; readonly timeMs: number }[];
}

const PIECE_BYTES = 64 * 1024;

/** The bytes of a file from `start` to before `end`, in pieces that are worth a write each, made as they are asked for. */
export function* piecesOf(
  { parts, bytes }: Pick<ClipFile, "parts" | "bytes">,
  start = 0,
  end = bytes,
): Generator<Uint8Array, void> {
  let piece: Uint8Array[] = [];
  let pieceBytes = 0;
  let at = 0;
  for (const part of parts) {
    const wanted = part.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += part.length;
    if (wanted.length === 0) continue;
    if (pieceBytes + wanted.length > PIECE_BYTES && pieceBytes > 0) {
      yield joined(piece, pieceBytes);
      piece = [];
      pieceBytes = 0;
    }
    piece.push(wanted);
    pieceBytes += wanted.length;
  }
  if (pieceBytes > 0) yield joined(piece, pieceBytes);
}

/** The page's types reach this file, and know no Buffer. */
function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
