import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { mustRun } from "../run.ts";
import { makeOddFile, oddFileNames } from "./odd-files.ts";

const folder = makeFolder();

afterAll(() => folder.remove());

test.each(oddFileNames)("%s can be made, and holds a picture", async (name) => {
  const path = await makeOddFile(name, folder.path);
  const { stdout } = await mustRun([
    ...[
      "ffprobe",
      "-v",
      "quiet",
      "-select_streams",
      "v:0",
      "-show_entries",
      "stream=width",
      "-of",
      "csv=p=0",
    ],
    path,
  ]);
  expect(Number.parseInt(stdout, 10)).toBeGreaterThan(0);
});
