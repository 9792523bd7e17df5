import { serverNameOf } from "../control/server-key.ts";
import { type Running, running } from "../control/streams.ts";
import { listenersOn } from "../doctor/port.ts";
import { PortInUseError } from "../errors.ts";
import { nextFreePort } from "../system/free-port.ts";
import type { Holder as Listener } from "../system/holders.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import type { Environment } from "./command.ts";

/**
 * A start's failure as it is told: of a port that is taken, by whom, and which one is free.
 * @param host that is listened on
 */
export async function explained(
  failure: unknown,
  { host }: { readonly host: string },
  env: Environment,
): Promise<unknown> {
  if (!(failure instanceof PortInUseError)) return failure;
  const { port, flag } = failure;
  const machine = thisMachine(env);
  const [who, free] = await Promise.all([userOf(port, machine, env), nextFreePort(host, port)]);
  const another = free === 0 ? `${flag} 0 for any free one` : `${flag} ${free}`;
  const stop = who.name === null ? "" : `, or stop it: flvcast stop ${who.name}`;
  const text = `port ${port} is already in use by ${who.text}; use ${another}${stop}`;
  return new PortInUseError(text, { port, flag, cause: failure });
}

interface PortUser {
  readonly text: string;
  /** Its name, where it is one of ours: of a server of several streams, whose port it is, the server's. */
  readonly name: string | null;
}

async function userOf(port: number, machine: Machine, env: Environment): Promise<PortUser> {
  const [listener] = await listenersOn(machine, port);
  if (listener === undefined) return { text: "another program", name: null };
  return portUser(listener, await running(env).catch(() => ({ streams: [], servers: [] })));
}

/** Who a process that listens is: one of ours by its name, another by that of its program. */
export function portUser({ pid, name }: Listener, { streams, servers }: Running): PortUser {
  const ours = [...servers, ...streams].find((holder) => holder.pid === pid);
  if (ours === undefined) return { text: `${name} (pid ${pid})`, name: null };
  const server = serverNameOf(ours.key);
  return server === null
    ? { text: `the stream "${ours.key}"`, name: ours.key }
    : { text: `the server "${server}"`, name: server };
}
