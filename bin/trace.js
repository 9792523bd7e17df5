// `npm run trace <trace.txt`: a user's stack trace, with the places in src that it means. The sources are those of the
// user's version, built with `npm run build -- --source-map`.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path/posix";
import { at } from "./build/paths.js";

const map = new SourceMap(JSON.parse(readFileSync(at("dist/flvcast.cjs.map"), "utf8")));

const place = /[^\s()]*flvcast\.cjs:(\d+):(\d+)/g;
process.stdout.write(
  readFileSync(0, "utf8").replaceAll(place, (text, line, column) => {
    const origin = map.findOrigin(Number(line), Number(column));
    return "fileName" in origin
      ? `${join("dist", origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`
      : text;
  }),
);
