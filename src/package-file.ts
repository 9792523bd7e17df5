import { fileURLToPath } from "node:url";

/** The path of a file of this package: the sources and what is built of them are both one folder below. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
