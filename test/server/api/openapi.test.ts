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
    new Set([
      ...["Stream", "StreamDetail", "Streams", "Segment", "Recordings"],
      ...["ConfigSchema", "Document", "Viewer", "Viewers"],
    ]),
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
      expect([operationId, isByLink]).toEqual([operationId, need === "watch" || need === "list"]);
    }
});

it("no operation takes a body", () => {
  expect(text).not.toContain("requestBody");
});

const inPath = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });

it("a list of recordings may be of a span", () => {
  const { parameters } = document.paths["/api/v1/streams/{name}/recordings"].get;
  expect(parameters).toEqual([
    inPath("name"),
    {
      name: "from",
      in: "query",
      description: expect.stringContaining("RFC 3339"),
      schema: { type: "string" },
    },
    { name: "to", in: "query", description: expect.any(String), schema: { type: "string" } },
  ]);
});

it.each([
  ["/api/v1/streams", "get", [200, 401, 403, 429], []],
  ["/api/v1/streams/{name}", "get", [200, 401, 403, 404, 429], ["name"]],
  ["/api/v1/streams/{name}/restart", "post", [202, 401, 403, 404, 409, 429], ["name"]],
  ["/api/v1/streams/{name}/recordings/{id}/keep", "post", [200, 401, 403, 404, 429, 503], ["name", "id"]],
  ["/api/v1/streams/{name}/recordings/{id}/keep", "delete", [200, 401, 403, 404, 429, 503], ["name", "id"]],
  ["/api/v1/viewers", "get", [200, 401, 403, 429], []],
  ["/api/v1/viewers/{id}", "delete", [204, 401, 403, 404, 429], ["id"]],
  ["/api/v1/config.schema.json", "get", [200], []],
  ["/api/v1/openapi.json", "get", [200], []],
] as const)("%s to %s is answered with %j", (path, method, statuses, names) => {
  const { responses, parameters, security } = document.paths[path][method];
  expect(Object.keys(responses).map(Number)).toEqual(statuses);
  expect(parameters).toEqual(names.length === 0 ? undefined : names.map(inPath));
  const [first, ...refusals] = Object.values<{ readonly content?: object }>(responses);
  expect(first?.content === undefined).toBe(path === "/api/v1/viewers/{id}");
  for (const { content } of refusals) expect(content).toHaveProperty("text/plain");
  expect(security.some((scheme: object) => Object.keys(scheme).length === 0)).toBe(
    !path.endsWith(".json"), // those are public
  );
});

it("a token may come in three ways, and the schemas have no address of their own", () => {
  expect(document.components.securitySchemes).toMatchObject({
    bearer: { type: "http", scheme: "bearer" },
    basic: { type: "http", scheme: "basic" },
    query: { type: "apiKey", in: "query", name: "token" },
  });
  expect(text).not.toContain('"$schema"');
  expect(text).not.toContain('"$id"');
});
