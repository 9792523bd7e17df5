import { Buffer } from "node:buffer";

const CONTAINERS: readonly string[] = [
  ...["moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex"],
  ...["moof", "traf"],
];

/** Each box of a file, or of what is in a box, by the path of its type: `moov/trak/tkhd`. */
export function boxesOf(bytes: Uint8Array, path = ""): [path: string, contents: Buffer][] {
  const all = Buffer.from(bytes);
  const boxes: [string, Buffer][] = [];
  for (let at = 0; at < all.length; at += all.readUInt32BE(at)) {
    const type = all.toString("latin1", at + 4, at + 8);
    const contents = all.subarray(at + 8, at + all.readUInt32BE(at));
    const own = `${path}${type}`;
    boxes.push([own, contents], ...(CONTAINERS.includes(type) ? boxesOf(contents, `${own}/`) : []));
  }
  return boxes;
}
