/** A command as it could be pasted into a POSIX shell. */
export function shellLine(command: readonly string[]): string {
  return command.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
