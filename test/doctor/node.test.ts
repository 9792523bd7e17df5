import { expect, test } from "vitest";
import { checkNode } from "../../src/doctor/node.ts";
import { contextWith } from "./fake-machine.ts";

test.each([
  ["v20.19.0", "ok"],
  ["v24.1.0", "ok"],
  ["v20.18.3", "failure"],
  ["v18.20.0", "failure"],
])("node %s is %s", async (nodeVersion, verdict) => {
  expect(await checkNode(contextWith({}, { nodeVersion }))).toMatchObject([{ verdict }]);
});
