import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";
import { packageFile } from "../package-file.ts";
import { foldersOf } from "../system/folders.ts";
import { letHeapGrow } from "../system/heap.ts";
import { type CodeCacheFile, readCodeCache, writeCodeCache } from "./code-cache.ts";
import type { Environment, Io } from "./command.ts";

/** What the program is called when all of it is one file. */
const PROGRAM = packageFile("dist/flvcast.cjs");
/** Of the program's text: the build sets it. */
declare const PROGRAM_HASH: string;

/** By then a stream is on the air, and all that it takes is compiled. */
const KEEP_AFTER_MS = 3000;
/** Commands that stream. */
const LONG = ["start", "serve"];

interface Program {
  readonly main: (argv: readonly string[], env: Environment, io: Io) => Promise<number>;
}

/** Runs the built program, compiled by an earlier run if there was one. See `main` of `main.ts`. */
export async function main(argv: readonly string[], env: Environment, io: Io): Promise<number> {
  const [word = ""] = argv;
  const command = /^[a-z]+$/.test(word) ? word : "help";
  const file: CodeCacheFile = { folder: join(foldersOf(env).cache, "code"), command, key: keyOf() };
  const isLong = LONG.includes(command);
  if (isLong) letHeapGrow(); // before anything is compiled: V8 takes no code from a process with other flags
  const cachedData = readCodeCache(file);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(PROGRAM, "latin1")}\n})`,
    {
      filename: PROGRAM,
      cachedData,
    },
  );
  let isKept = cachedData !== undefined && script.cachedDataRejected !== true;
  const keep = async () => {
    if (isKept) return;
    isKept = true;
    await writeCodeCache(file, script.createCachedData());
  };
  if (!isKept && isLong) setTimeout(() => void keep(), KEEP_AFTER_MS).unref();
  const module = { exports: {} as Program };
  script.runInThisContext()(module.exports, createRequire(PROGRAM), module, PROGRAM, dirname(PROGRAM));
  const exitCode = await module.exports.main(argv, env, io);
  if (exitCode === 0) await keep();
  return exitCode;
}

/** npm gives all files of a package the same time: the text's hash tells versions apart, the rest what was edited. */
function keyOf(): string {
  const { size, mtimeMs } = statSync(PROGRAM);
  const parts = [PROGRAM_HASH, size, mtimeMs, process.version, process.arch];
  return crc32(JSON.stringify(parts)).toString(16).padStart(8, "0");
}
