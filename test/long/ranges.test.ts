import { once } from "node:events";
import { utimesSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { type Proxy, startNginx } from "../e2e/proxies.ts";
import { patterned, START_MS } from "../recordings/fake-recordings.ts";
import { findProgram } from "../run.ts";
import { rangeFormsByKind } from "../server/http/range-forms.ts";
import { Recorded } from "../server/recordings/recorded.ts";

/*
 * nginx and flvcast are asked for the same file with the same headers. Where their answers differ, there must be a clause of RFC
 * 9110 that says why; each is printed with how often it counted.
 */

const isHere = findProgram("nginx") !== null;
if (!isHere) process.stderr.write("left out: ranges beside nginx: nginx is not installed\n");

const folder = makeFolder();
const bytes = patterned(10);
const modifiedMs = START_MS + 10_000;

interface Server {
  readonly port: number;
  readonly path: string;
  /** Its own tag of the file. */
  readonly etag: string;
}

interface Case {
  readonly kind: string;
  readonly method: string;
  /** ETAG stands for the server's own. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Difference extends Case {
  readonly ours: string;
  readonly theirs: string;
}

let recorded: Recorded;
let nginx: Proxy | null = null;
let ours: Server;
let theirs: Server;

beforeAll(async () => {
  if (!isHere) return;
  writeFileSync(folder.file("ten.flv"), bytes);
  utimesSync(folder.file("ten.flv"), modifiedMs / 1000, modifiedMs / 1000);
  nginx = await startNginx(`root ${folder.path};`);
  recorded = await Recorded.start();
  const { id } = recorded.recordings.add(bytes, { modifiedMs });
  ours = await known({ port: recorded.served.port, path: `/recordings/cam/${id}.flv`, etag: "" });
  theirs = await known({ port: nginx.port, path: "/ten.flv", etag: "" });
});
afterAll(async () => {
  await nginx?.stop();
  if (isHere) await recorded.stop();
  folder.remove();
});

async function known(server: Server): Promise<Server> {
  const { headers } = await ask(server, { kind: "", method: "GET", headers: {} });
  return { ...server, etag: headers.etag ?? "" };
}

async function ask({ port, path, etag }: Server, { method, headers }: Case) {
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)] as const);
  const asking = request({ port, path, method, agent: false, headers: Object.fromEntries(own) }).end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(await response.toArray()),
  };
}

/** "206 bytes 2-4/10", with what is wrong about the body. */
async function outcomeOf(server: Server, one: Case): Promise<string> {
  const { status, headers, body } = await ask(server, one);
  const { "content-range": range, "content-type": type = "" } = headers;
  if (type.startsWith("multipart/byteranges")) return "206 multipart";
  const [, first, last] = /^bytes (\d+)-(\d+)/.exec(range ?? "") ?? [];
  const expected = status === 206 ? bytes.subarray(Number(first), Number(last) + 1) : bytes;
  const isRight = one.method === "HEAD" || (status !== 200 && status !== 206) || body.equals(expected);
  return [status, ...(range === undefined ? [] : [range]), ...(isRight ? [] : ["other bytes"])].join(" ");
}

async function differencesOf(cases: readonly Case[]): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const one of cases) {
    const [our, their] = [await outcomeOf(ours, one), await outcomeOf(theirs, one)];
    if (our !== their) found.push({ ...one, ours: our, theirs: their });
  }
  return found;
}

interface Clause {
  readonly clause: string;
  readonly holds: (difference: Difference) => boolean;
}

/** Prints what each clause explains, and returns what none does. */
function unexplained(differences: readonly Difference[], clauses: readonly Clause[]): readonly Difference[] {
  const left = new Set(differences);
  for (const { clause, holds } of clauses) {
    const its = [...left].filter(holds);
    for (const one of its) left.delete(one);
    const [example] = its;
    const text = example === undefined ? "" : `, as ${example.method} ${JSON.stringify(example.headers)}`;
    const answers = example === undefined ? "" : `: flvcast ${example.ours}, nginx ${example.theirs}`;
    console.log(`${its.length}× ${clause}${text}${answers}`);
    if (its.length === 0) throw new Error(`nothing differs any more by ${clause}`);
  }
  return [...left];
}

const rangeClauses: readonly Clause[] = [
  {
    clause: "14.2: several ranges may be ignored, and then the whole is sent",
    holds: ({ kind, ours: our }) => kind === "severalRanges" && our === "200",
  },
  {
    clause: "14.1.1, 14.2: a last-pos less than first-pos is invalid; 416 is for what is valid (15.5.17)",
    holds: ({ kind, ours: our, theirs: their }) =>
      ["intRanges", "spelled"].includes(kind) && our === "200" && their.startsWith("416"),
  },
  {
    clause: "14.1.2: numbers have no limit",
    holds: ({ kind, ours: our, theirs: their }) =>
      ["intRanges", "suffixRanges"].includes(kind) && our.startsWith("206") && their.startsWith("416"),
  },
  {
    clause: "5.6.1.2: empty members of a list are ignored",
    holds: ({ kind, ours: our, theirs: their }) =>
      kind === "spelled" && our.startsWith("206") && their.startsWith("416"),
  },
  {
    clause: "5.5: a tab before or after a value is not part of it",
    holds: ({ kind, headers, theirs: their }) =>
      kind === "spelled" && /^[ \t]*\t/.test(headers["range"] ?? "") && their === "200",
  },
  {
    clause: "14.1.1, 14.2: what is no ranges-specifier may be ignored; 416 is for what is one (15.5.17)",
    holds: ({ kind, ours: our, theirs: their }) =>
      kind === "malformed" && our === "200" && their.startsWith("416"),
  },
  {
    clause: "14.1.1: there is no space in a range-spec, nor before the first",
    holds: ({ kind, headers, ours: our, theirs: their }) =>
      kind === "malformed" &&
      /= |[\d-] [\d-]/.test(headers["range"] ?? "") &&
      our === "200" &&
      their.startsWith("206"),
  },
];

const [before, at, after] = [-1000, 0, 1000].map((ms) => new Date(modifiedMs + ms).toUTCString());
const obsolete = "Sunday, 29-Nov-26 14:05:10 GMT";
const range = "bytes=2-4";
const values: readonly string[] = [
  ...[
    "ETAG",
    "W/ETAG",
    "w/ETAG",
    '"x"',
    '"x", ETAG',
    '"x",W/ETAG',
    "*",
    "",
    "x",
    "x, ETAG",
    '"x""ETAG"',
    ",ETAG,",
  ],
  ...[before, at, after, obsolete, "Sun Nov 29 14:05:10 2026", "yesterday", `${at} `].map(String),
];
const fields = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];

/** Each condition with each value, of GET with and without a Range and of HEAD; and each two of the usual ones. */
const conditionCases: readonly Case[] = [
  ...fields.flatMap((kind) =>
    values.flatMap((value) => [
      { kind, method: "GET", headers: { [kind]: value } },
      { kind, method: "GET", headers: { [kind]: value, range } },
      { kind, method: "HEAD", headers: { [kind]: value } },
    ]),
  ),
  ...fields.flatMap((one) =>
    fields
      .filter((other) => other > one)
      .flatMap((other) =>
        ["ETAG", '"x"', String(at), String(before)].flatMap((value) =>
          ["ETAG", '"x"', String(at), String(before)].map((otherValue) => ({
            kind: `${one} ${other}`,
            method: "GET",
            headers: { [one]: value, [other]: otherValue, range },
          })),
        ),
      ),
  ),
];

const isDate = (text = "") => / 14:05:|-26 /.test(text);

const conditionClauses: readonly Clause[] = [
  {
    clause: "13.1.4: of If-Unmodified-Since, what is no date is ignored",
    holds: ({ headers, theirs: their }) =>
      "if-unmodified-since" in headers && !isDate(headers["if-unmodified-since"]) && their === "412",
  },
  {
    clause: "13.1.4: beside If-Match, If-Unmodified-Since is ignored",
    holds: ({ headers, theirs: their }) =>
      "if-match" in headers && "if-unmodified-since" in headers && their === "412",
  },
  {
    clause: "13.1.3: beside If-None-Match, If-Modified-Since is ignored",
    holds: ({ headers, ours: our }) =>
      "if-none-match" in headers && "if-modified-since" in headers && our === "304",
  },
  {
    clause: "13.1.3: not modified is also what is older than the date",
    holds: ({ headers, ours: our }) => headers["if-modified-since"] === after && our === "304",
  },
  {
    clause: "8.8.3: a list with a member that is no entity-tag is none, and matches nothing",
    holds: ({ headers }) => Object.values(headers).includes("x, ETAG"),
  },
];

describe.runIf(isHere)("beside nginx", () => {
  it("ranges are answered as RFC 9110 says where the two differ", async () => {
    const cases = Object.entries(rangeFormsByKind).flatMap(([kind, forms]) =>
      forms
        .filter(({ header, sizeBytes }) => sizeBytes === bytes.length && /^[\t -~]*$/.test(header))
        .map(({ header }) => ({ kind, method: "GET", headers: { range: header } })),
    );
    const differences = await differencesOf(cases);
    console.log(`${differences.length} of ${cases.length} Range headers are answered otherwise by nginx:`);
    expect(unexplained(differences, rangeClauses)).toEqual([]);
  });

  it("so is HEAD", async () => {
    const cases = ["bytes=2-4", "bytes=10-", "bytes=x", "bytes=0-1,3-4"].map((asked) => ({
      ...{ kind: "head", method: "HEAD", headers: { range: asked } },
    }));
    const differences = await differencesOf(cases);
    expect(
      unexplained(differences, [
        { clause: "14.2: of HEAD, Range is ignored", holds: ({ ours: our }) => our === "200" },
      ]),
    ).toEqual([]);
  });

  it("so are conditions", async () => {
    const differences = await differencesOf(conditionCases);
    console.log(
      `${differences.length} of ${conditionCases.length} conditions are answered otherwise by nginx:`,
    );
    expect(unexplained(differences, conditionClauses)).toEqual([]);
  });
});
