/** Bytes of a hex string; spaces group it as the specification does. */
export function bytes(hexText: string): Uint8Array {
  return Buffer.from(hexText.replaceAll(/\s/g, ""), "hex");
}

/** Hex in the same groups as `like`, so that expectation and outcome can be compared by eye. */
export function hex(data: Uint8Array, like: string): string {
  let digits = Buffer.from(data).toString("hex");
  const groups: string[] = [];
  for (const { length } of like.split(" ")) {
    groups.push(digits.slice(0, length));
    digits = digits.slice(length);
  }
  return [...groups, digits].join(" ").trimEnd();
}
