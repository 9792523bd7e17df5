import { expect, it } from "vitest";
import { createHttp1 } from "../../../src/server/http/http1.ts";
import { defaultServerLimits } from "../../../src/server/http/limits.ts";

const answerer = { answer: async () => undefined, onError: () => undefined };

it("a request has the times that docs/server.md tells of, and no header is left out unseen", () => {
  expect(createHttp1(defaultServerLimits, answerer)).toMatchObject({
    ...{ headersTimeout: 10_000, requestTimeout: 15_000, timeout: 30_000, maxHeadersCount: 0 },
  });
});
