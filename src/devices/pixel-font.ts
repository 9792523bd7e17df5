/** A character's place: 5 by 7 pixels, and space to the next. Even, as 4:2:0 video needs it. */
export const CELL = { width: 6, height: 8 };

/** Seven rows for each character, from the top; a row is a digit in base 32, its highest bit the left one of 5 pixels. */
const glyphs: Readonly<Record<string, string>> = {
  ...{ "0": "ehjlphe", "1": "4c4444e", "2": "eh1248v", "3": "v2421he", "4": "26aiv22", "5": "vgu11he" },
  ...{ "6": "68guhhe", "7": "v124888", "8": "ehhehhe", "9": "ehhf12c", ".": "00000cc", ":": "0440440" },
  ...{ a: "00e1fhf", c: "00egghe", e: "00ehvge", f: "698s888", l: "c44444e", m: "00qlllh", p: "00uhugg" },
  ...{ r: "00mpggg", s: "00fge1u", t: "88s8896", v: "00hhha4", x: "00ha4ah" },
};

/**
 * Lines of text as an image, white on black, one cell a character: a `data:` URI of a PBM (netpbm's `pbm`, raw), which
 * ffmpeg reads without a font. What has no glyph is blank.
 */
export function textImage(lines: readonly string[]): string {
  const width = CELL.width * Math.max(...lines.map(({ length }) => length));
  const rows = lines.flatMap((line) =>
    Array.from({ length: CELL.height }, (_, row) => packed(rowOf(line, row).padEnd(width, BLACK))),
  );
  const image = Buffer.concat([Buffer.from(`P4\n${width} ${rows.length}\n`), ...rows]);
  return `data:image/x-portable-bitmap;base64,${image.toString("base64")}`;
}

const BLACK = "1";

/** A row of pixels, each a 0 for white or a 1. */
function rowOf(line: string, row: number): string {
  return Array.from(line, (character) => {
    const digit = glyphs[character]?.[row] ?? "0";
    const white = Number.parseInt(digit, 32).toString(2).padStart(5, "0");
    return white.replaceAll(/[01]/g, (bit) => (bit === "1" ? "0" : BLACK)) + BLACK;
  }).join("");
}

/** Eight pixels a byte, the left one in the highest bit; each row begins with a byte. */
function packed(row: string): Buffer {
  const bytes = row.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((bits) => Number.parseInt(bits.padEnd(8, BLACK), 2)));
}
