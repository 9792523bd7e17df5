import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { symlink, rm } = promises;

/** Has something happen between the look at who holds a name, and the next link that takes it. */
export function beforeNextLink(act: () => void): void {
  replaceLinking(async (...args) => {
    forgetNextLink();
    act();
    await symlink(...args);
  });
}

/** Has something happen once the next link is made, before its maker looks for others. */
export function afterNextLink(act: () => void): void {
  replaceLinking(async (...args) => {
    forgetNextLink();
    await symlink(...args);
    act();
  });
}

/** Has this make every link. */
export function replaceLinking(link: typeof symlink): void {
  promises.symlink = link;
  syncBuiltinESMExports();
}

/** Has this remove whatever is removed. */
export function replaceRemoval(remove: typeof rm): void {
  promises.rm = remove;
  syncBuiltinESMExports();
}

/** After a test, whether there was such a link or not. */
export function forgetNextLink(): void {
  promises.rm = rm;
  replaceLinking(symlink);
}
