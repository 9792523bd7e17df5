import { DiskError } from "./disk.ts";
import type { Trouble } from "./disk-protocol.ts";

const TEXTS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an I/O error",
  ENXIO: "the disk is disconnected",
  ENODEV: "the disk is disconnected",
  ESTALE: "the network file system has lost the file",
  ENOENT: "does not exist",
  ENOTDIR: "a part of its path is a file",
  EACCES: "no permission",
  EPERM: "no permission",
  ELOOP: "a symbolic link leads out of the folder",
  EEXIST: "exists already",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
};

export function diskError({ code, path }: Trouble): DiskError {
  const text = TEXTS[code] ?? code;
  return new DiskError(code, path === null ? text : `${path}: ${text}`);
}
