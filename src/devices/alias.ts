/** Words that `--device` and `--audio` have already. */
const WORDS = ["test", "screen", "rtmp", "auto", "none", "default"];

/** Whether it has the form of an alias (`cam0`): then it is one, and nothing's name. */
export function looksLikeAlias(text: string): boolean {
  return /^(cam|mic|screen)\d+$/i.test(text);
}

/** Whether a name already means something to `--device` or `--audio`, so that a pin of that name would hide it. */
export function isTaken(name: string): boolean {
  return looksLikeAlias(name) || WORDS.includes(name.toLowerCase());
}
