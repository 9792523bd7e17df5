import { CorruptInputError } from "../corrupt-input.ts";

/** Bits in the other order, of a field of 32. */
function reversed32(value: number): number {
  let out = 0;
  for (let bit = 0; bit < 32; bit++) out = out * 2 + ((value >>> bit) & 1);
  return out;
}

/** The codec's name for browsers and manifests, like `hvc1.1.6.L93.B0` (ISO/IEC 14496-15, E.3), of an hvcC. */
export function hevcCodecString(hvcc: Uint8Array): string {
  if (hvcc.length < 13) throw new CorruptInputError(`hvcC: expected 13 bytes or more, got ${hvcc.length}`);
  const view = new DataView(hvcc.buffer, hvcc.byteOffset, hvcc.length);
  const profile = view.getUint8(1);
  const space = ["", "A", "B", "C"][profile >> 6] ?? "";
  const compatibility = reversed32(view.getUint32(2)).toString(16).toUpperCase();
  const tier = (profile & 0x20) === 0 ? "L" : "H";
  const constraints = Array.from(hvcc.subarray(6, 12));
  const last = constraints.findLastIndex((byte) => byte !== 0);
  const shown = constraints.slice(0, last + 1).map((byte) => byte.toString(16).toUpperCase());
  return [`hvc1.${space}${profile & 0x1f}`, ...[compatibility, `${tier}${view.getUint8(12)}`], ...shown].join(
    ".",
  );
}
