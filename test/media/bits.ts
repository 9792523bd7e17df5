/** Fields as strings of bits, by the descriptors of ITU-T H.264, 7.2. */
export function u(bits: number, value: number): string {
  return value.toString(2).padStart(bits, "0");
}

export function ue(value: number): string {
  const code = (value + 1).toString(2);
  return "0".repeat(code.length - 1) + code;
}

export function se(value: number): string {
  return ue(value > 0 ? 2 * value - 1 : -2 * value);
}

/** The bits, and zeros up to the next byte. */
export function packed(...fields: readonly string[]): Uint8Array {
  const bits = fields.join("").replaceAll(" ", "");
  const octets = bits.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(octets, (octet) => Number.parseInt(octet.padEnd(8, "0"), 2));
}
