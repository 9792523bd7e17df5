/** Lines of at most so many columns, cut at spaces; a word longer than a line stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** What others have named: it writes no control characters to the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}+/gu, " ").trim();
}
