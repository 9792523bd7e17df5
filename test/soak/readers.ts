import { writeFileSync } from "node:fs";
import { decodeComplaints } from "../e2e/judges.ts";
import { run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { ask } from "./requests.ts";
import type { Visited, Visitor } from "./visited.ts";

/** Who asks about the stream, and how often. */
export const readers: readonly (readonly [weight: number, visitor: Visitor])[] = [
  [2, readsApi],
  [2, readsMetrics],
  [1, readsPage],
  [2, looksAtStill],
  [1, usesCommandLine],
];

async function readsApi(visited: Visited): Promise<string | null> {
  const { name, isSteady } = visited.target;
  const path = visited.random.pick([
    [2, "/api/v1/streams"],
    [2, `/api/v1/streams/${name}`],
    [1, "/api/v1/viewers"],
    [1, "/api/v1/openapi.json"],
  ]);
  return await asked(visited, path, (body) => isSteady && JSON.parse(body.toString()) === null);
}

async function readsMetrics(visited: Visited): Promise<string | null> {
  return await asked(visited, "/metrics", (body) => !body.includes("flvcast_build_info"));
}

async function readsPage(visited: Visited): Promise<string | null> {
  return await asked(visited, "/", (body) => !body.includes("<html"));
}

async function looksAtStill(visited: Visited): Promise<string | null> {
  const { target, path } = visited;
  let picture: Buffer = Buffer.alloc(0);
  const answer = await asked(visited, `/live/${target.name}.jpg`, (body) => {
    picture = body;
    return false;
  });
  if (answer !== null || picture.length === 0) return answer;
  writeFileSync(path, picture);
  return (await decodeComplaints(path)) || null;
}

/** @returns what is wrong, as `isWrong` sees it; a stream that comes and goes may answer anything, or not at all */
async function asked(
  { target }: Visited,
  path: string,
  isWrong: (body: Buffer) => boolean,
): Promise<string | null> {
  const url = new URL(path, target.url).href;
  const { status, body } = await ask(url).catch((error: unknown) => {
    const isHung = error instanceof Error && error.name === "TimeoutError";
    if (target.isSteady || isHung) throw error;
    return { status: 0, body: Buffer.alloc(0) };
  });
  if (status === 200) return isWrong(body) ? `${path}: ${body.toString().slice(0, 200)}` : null;
  return target.isSteady ? `${path}: ${status} ${body.toString().slice(0, 200)}` : null;
}

async function usesCommandLine({ target, random, path }: Visited): Promise<string | null> {
  if (target.env === null) return null;
  const args = random.pick<readonly string[]>([
    [2, ["status", "--json"]],
    [2, ["url", target.name]],
    [2, ["snapshot", "--name", target.name, "-o", path]],
    [1, ["restart", target.name]],
  ]);
  const command = [process.execPath, flvcastProgram, ...args];
  const { exitCode, overran, stderr } = await run(command, { env: target.env, killAfterMs: 60_000 });
  if (overran) return `flvcast ${args.join(" ")} hung`;
  if (!target.isSteady) return null;
  if (exitCode !== 0) return `flvcast ${args.join(" ")}: exit ${exitCode}: ${stderr}`;
  return args[0] === "snapshot" ? (await decodeComplaints(path)) || null : null;
}
