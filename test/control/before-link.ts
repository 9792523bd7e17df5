import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { symlink } = promises;

/** Has something happen between the look at who holds a name, and the next link that takes it. */
export function beforeNextLink(act: () => void): void {
  promises.symlink = async (...args) => {
    forgetNextLink();
    act();
    await symlink(...args);
  };
  syncBuiltinESMExports();
}

/** After a test, whether there was such a link or not. */
export function forgetNextLink(): void {
  promises.symlink = symlink;
  syncBuiltinESMExports();
}
