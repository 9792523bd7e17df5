import { runningStreams } from "../control/streams.ts";
import { listenersOn } from "../doctor/port.ts";
import { UserError } from "../errors.ts";
import { nextFreePort } from "../system/free-port.ts";
import { type Machine, thisMachine } from "../system/machine.ts";
import type { Environment } from "./command.ts";

interface Wanted {
  readonly host: string;
  readonly port: number;
}

/** A start's failure as it is told: of a port that is taken, by whom, and which one is free. */
export async function explained(failure: unknown, wanted: Wanted, env: Environment): Promise<unknown> {
  if (!(failure instanceof UserError) || failure.reason !== "portInUse") return failure;
  const { host, port } = wanted;
  const machine = thisMachine(env);
  const [who, free] = await Promise.all([userOf(port, machine, env), nextFreePort(host, port)]);
  const another = free === 0 ? "--port 0 for any free one" : `--port ${free}`;
  const stop = who.stream === null ? "" : `, or stop it: flvcast stop ${who.stream}`;
  return new UserError("portInUse", `port ${port} is already in use by ${who.text}; use ${another}${stop}`, {
    cause: failure,
  });
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
