/** One section of a unit file: its name and its assignments, in order; a key alone is a comment. */
export type Section = readonly [name: string, lines: readonly (readonly [key: string, value?: string])[]];

export function unitText(sections: readonly Section[]): string {
  const blocks = sections.map(([name, lines]) =>
    [
      `[${name}]`,
      ...lines.map(([key, value]) => (value === undefined ? `# ${key}` : `${key}=${value}`)),
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}

/**
 * Words as an ExecStart= line has them, so that the program gets each as it is: systemd.service(5), "Command lines".
 * The first is the program's path, in which a dollar is one already: only specifiers count there.
 */
export function execLine([program = "", ...words]: readonly string[]): string {
  return [
    quoted(specifierFree(program)),
    ...words.map((word) => quoted(specifierFree(word).replaceAll("$", "$$$$"))),
  ].join(" ");
}

/** A value in which `%` would begin a specifier. */
export function specifierFree(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A variable's value as a file of `EnvironmentFile=` has it: systemd.exec(5). */
export function quotedVariable(value: string): string {
  return `"${value.replace(/["\\`$]/g, "\\$&")}"`;
}

/** In double quotes where it must be, with C's escapes. A lone `;` would end the command. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./$-]+$/.test(word)) return word;
  const escaped = word.replace(/["\\]/g, "\\$&").replace(/\p{Cc}/gu, escapedControl);
  return `"${escaped}"`;
}

/** Control characters are ASCII or, from U+0080 on, two bytes of UTF-8. */
function escapedControl(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
