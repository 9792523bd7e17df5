import { readdir } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { NAME_PATTERN } from "../name.ts";
import { stateFoldersOf } from "../system/folders.ts";
import { type Holder, holdersIn } from "./name-lock.ts";
import { serverKey, serverNameOf } from "./server-key.ts";

/** A stream that runs, and the server that has it beside others. */
export interface RunningStream extends Holder {
  readonly server?: Holder;
}

export interface Running {
  /** By name. */
  readonly streams: readonly RunningStream[];
  /** Those of several streams. */
  readonly servers: readonly Holder[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every stream that this user can find running, a service's, too, and every server of several. */
export async function running(env: Environment): Promise<Running> {
  if (process.platform === "win32") {
    throw new UserError("failure", "this command does not work on Windows: stop streams with Ctrl-C");
  }
  const folders = await stateFoldersOf(env, (folder) => readdir(folder).catch(() => []));
  const holders = (await Promise.all(folders.map(holdersIn))).flat();
  const servers = holders.filter(({ key }) => serverNameOf(key) !== null);
  const streams = holders
    .filter(({ key }) => NAME_PATTERN.test(key))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((stream): RunningStream => {
      const server = servers.find(({ folder, pid }) => folder === stream.folder && pid === stream.pid);
      return { ...stream, ...(server && { server }) };
    });
  return { streams, servers };
}

export async function runningStreams(env: Environment): Promise<readonly RunningStream[]> {
  return (await running(env)).streams;
}

/** The stream that is meant, of those that run: see `chooseStream`. @throws UserError */
export async function findStream(env: Environment, name: string | null): Promise<RunningStream> {
  return chooseStream(await runningStreams(env), name);
}

/** The streams that are meant, in this order; without a name, the only one. @throws UserError as `chooseStreams` */
export async function findStreams(
  env: Environment,
  names: readonly string[],
): Promise<readonly RunningStream[]> {
  const streams = await runningStreams(env);
  return names.length === 0 ? [chooseStream(streams, null)] : chooseStreams(streams, names);
}

/**
 * The stream that is meant: by its name, `SERVER/NAME`, or a server's that has one only; without a name, the only one.
 * @throws UserError of reason `notRunning` where there is none, `usage` where several could be meant
 */
export function chooseStream<Stream extends RunningStream>(
  streams: readonly Stream[],
  name: string | null,
): Stream {
  const meant = name === null ? streams : streamsNamed(streams, name);
  const [first, second] = meant;
  if (first === undefined) throw notRunning(streams, name);
  const isOne = second === undefined || (name !== null && isNamed(first, name));
  if (isOne) return first; // of one name, the one in this user's own folder
  const where = name === null ? "several streams are running" : `"${name}" has several streams`;
  throw new UserError("usage", `${where}; give one of: ${namesOf(meant)}`);
}

/** The streams that are meant, in this order; of a server, all. @throws UserError of reason `notRunning` where one is not there */
export function chooseStreams<Stream extends RunningStream>(
  streams: readonly Stream[],
  names: readonly string[],
): readonly Stream[] {
  const meant = names.flatMap((name) => {
    const found = streamsNamed(streams, name);
    const [first] = found;
    if (first === undefined) throw notRunning(streams, name);
    return isNamed(first, name) ? [first] : found;
  });
  return [...new Set(meant)];
}

/** The server that is meant; without a name, the only one. @throws UserError of reason `notRunning` or `usage` */
export function chooseServer(servers: readonly Holder[], name: string | null): Holder {
  const [first, second] = servers.filter(({ key }) => name === null || serverNameOf(key) === name);
  const names = servers.map(({ key }) => serverNameOf(key)).join(", ");
  if (first === undefined)
    throw new UserError(
      "notRunning",
      name === null
        ? "no server is running (flvcast serve)"
        : `no server named "${name}" is running${names === "" ? "" : `; running: ${names}`}`,
    );
  if (second === undefined || name !== null) return first;
  throw new UserError("usage", `several servers are running; give one of: ${names}`);
}

/** Streams of this name, or else those of the server of this name. */
function streamsNamed<Stream extends RunningStream>(
  streams: readonly Stream[],
  name: string,
): readonly Stream[] {
  const named = streams.filter((stream) => isNamed(stream, name));
  return named.length > 0 ? named : streams.filter(({ server }) => server?.key === serverKey(name));
}

function isNamed({ key, server }: RunningStream, name: string): boolean {
  return key === name || (server !== undefined && `${serverNameOf(server.key)}/${key}` === name);
}

/** That there is no such stream, and which there are. */
export function notRunning(streams: readonly Holder[], name: string | null): UserError {
  if (name === null) return new UserError("notRunning", "no stream is running");
  const others = streams.length === 0 ? "" : `; running: ${namesOf(streams)}`;
  return new UserError("notRunning", `no stream named "${name}" is running${others}`);
}

function namesOf(streams: readonly Holder[]): string {
  return streams.map(({ key }) => key).join(", ");
}
