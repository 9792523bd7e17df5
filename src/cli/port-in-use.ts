import { runningStreams } from "../control/streams.ts";
import { listenersOn } from "../doctor/port.ts";
import { PortInUseError } from "../errors.ts";
import { nextFreePort } from "../system/free-port.ts";
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
  const stop = who.stream === null ? "" : `, or stop it: flvcast stop ${who.stream}`;
  const text = `port ${port} is already in use by ${who.text}; use ${another}${stop}`;
  return new PortInUseError(text, { port, flag, cause: failure });
}

interface PortUser {
  readonly text: string;
  /** Its name, where it is one of ours. */
  readonly stream: string | null;
}

async function userOf(port: number, machine: Machine, env: Environment): Promise<PortUser> {
  const [listener] = await listenersOn(machine, port);
  if (listener === undefined) return { text: "another program", stream: null };
  const streams = await runningStreams(env).catch(() => []);
  const ours = streams.find(({ pid }) => pid === listener.pid);
  if (ours !== undefined) return { text: `the stream "${ours.key}"`, stream: ours.key };
  return { text: `${listener.name} (pid ${listener.pid})`, stream: null };
}
