/** Two rows of modules stand in one line of text. */
const HALVES = [" ", "▄", "▀", "█"] as const;
/** Black on white whatever the terminal's own colours are, since not every reader takes a negative. */
const BLACK_ON_WHITE = "\u001B[30;107m";
const RESET = "\u001B[0m";
/** Half of what the standard asks for (ISO/IEC 18004, 9.1), which readers do with: the code has to fit in 24 lines. */
const BORDER = 2;

export interface QrCode {
  /** Lines of text, each with its end. */
  readonly text: string;
  readonly columns: number;
}

/** A text as a QR code for a terminal. Without colours it is light on dark, as most terminals are. */
export async function qrCode(text: string, { isColored }: { readonly isColored: boolean }): Promise<QrCode> {
  const { encode } = await import("uqr"); // loaded for those alone who see a code
  const { data, size } = encode(text, { ecc: "L", border: BORDER });
  const isDark = (row: number, column: number) => data[row]?.[column] ?? false;
  const isInk = (row: number, column: number) => (isColored ? isDark(row, column) : !isDark(row, column));
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const cells = Array.from({ length: size }, (__, column) => {
      const [upper, lower] = [isInk(2 * line, column), isInk(2 * line + 1, column)];
      return HALVES[((upper ? 2 : 0) + (lower ? 1 : 0)) as 0 | 1 | 2 | 3]; // two bits
    }).join("");
    return isColored ? `${BLACK_ON_WHITE}${cells}${RESET}\n` : `${cells}\n`;
  });
  return { text: lines.join(""), columns: size };
}
