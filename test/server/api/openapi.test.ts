import { expect, it } from "vitest";
import { openApiDocument } from "../../../src/server/api/openapi.ts";
import { operations } from "../../../src/server/api/operations.ts";

// As a client gets it.
const document = JSON.parse(JSON.stringify(openApiDocument("1.2.3")));
const text = JSON.stringify(document);

it("every operation is described, and no other", () => {
  const described = Object.entries<Record<string, { readonly operationId: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method} ${path}`),
  );
  const known = Object.entries(operations).map(
    ([id, { method, path }]) => `${id}: ${method.toLowerCase()} ${path}`,
  );
  expect(new Set(described)).toEqual(new Set(known));
  expect(described).toHaveLength(known.length);
  expect([document.openapi, document.info.version]).toEqual(["3.1.0", "1.2.3"]);
});

it("every schema that is referred to is there, under its name", () => {
  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(new Set(names)).toEqual(
    new Set(["Stream", "StreamDetail", "Streams", "Document", "Viewer", "Viewers"]),
  );
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names));
  expect(text.match(/"\$ref"/g)).toHaveLength(names.length);
});

it("later versions may add fields, and none is left out", () => {
  expect(text).not.toContain("additionalProperties");
  const { required, properties } = document.components.schemas.Viewer;
  expect(required).toEqual(Object.keys(properties));
});

it("what changes something is not allowed by a link", () => {
  for (const methods of Object.values<
    Record<string, { readonly security: object[]; readonly operationId: string }>
  >(document.paths))
    for (const { security, operationId } of Object.values(methods)) {
      const isByLink = security.some((scheme) => "query" in scheme);
      const { need } = operations[operationId as keyof typeof operations]; // as the first test has it
      expect([operationId, isByLink]).toEqual([operationId, need === "watch"]);
    }
});

it("no operation takes a body", () => {
  expect(text).not.toContain("requestBody");
});
