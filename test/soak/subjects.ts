import { fileURLToPath } from "node:url";
import type { Folder } from "../e2e/folder.ts";
import { startRtspCamera } from "../e2e/rtsp-camera.ts";
import { freePort } from "../e2e/servers.ts";
import type { Reporting } from "./holdings.ts";
import { Pipe, Terminal } from "./outlets.ts";
import { ask } from "./requests.ts";
import { type Faulted, StreamProcess, untilOnAir } from "./streams.ts";
import { TwoStreams } from "./two-streams.ts";

/** What is tried hard. */
export interface Subjects {
  /** Streams that last, whatever befalls them. */
  readonly steady: readonly Faulted[];
  /** One whose process is stopped and started again, and what it is started with. */
  readonly mortal: StreamProcess;
  readonly mortalSources: readonly (readonly [weight: number, args: readonly string[]])[];
  readonly tlsArgs: readonly string[];
  /** A process with two streams, one of which is stopped and started again. */
  readonly two: TwoStreams;
  /** The processes that last. */
  readonly processes: readonly Reporting[];
  /** SIGTERM to all of them. @throws when one does not end as it should */
  end(): Promise<void>;
  /** After a failure. */
  kill(): Promise<void>;
}

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const tlsArgs = ["--tls-cert", fixture("tls/cert.pem"), "--tls-key", fixture("tls/key.pem")];
const stall = ["--stall", "2"];
const small = ["--size", "320x180", "--fps", "15", "--bitrate", "400k", "--encoder", "libx264", ...stall];
const testSource = ["--device", "test", "--audio", "auto", ...small];

/** @param seconds how long the camera sends */
export async function startSubjects(folder: Folder, seconds: number): Promise<Subjects> {
  const camera = await startRtspCamera(seconds);
  const cameraSource = ["--device", camera.url, ...small]; // not passed through: on a busy machine it loses packets
  const stream = async (name: string, isSteady: boolean) =>
    new StreamProcess({ name, port: await freePort(), isSteady }, folder);
  const [plain, secure, mortal] = [
    await stream("plain", true),
    await stream("secure", true),
    await stream("mortal", false),
  ];
  const two = new TwoStreams(await freePort(), await freePort(), folder.file("two.json"));
  const kill = async () => {
    for (const { outlet } of [plain, secure, mortal]) outlet?.close();
    two.kill();
    await camera.stop();
  };
  await plain.start([...testSource, "--verbose"], { outlet: new Terminal() });
  await secure.start([...cameraSource, "--audio", "test", "--verbose", ...tlsArgs], {
    outlet: new Pipe(folder.file("secure-pipe"), "read"),
  });
  const steady = [plain, secure, two.lasting];
  await Promise.all(steady.map(untilOnAir)).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  // What is loaded when it is first asked for is there before anything is counted.
  const paths = ["/metrics", "/api/v1/openapi.json", "/"];
  for (const { url } of steady) for (const path of paths) await ask(new URL(path, url).href);
  return {
    steady,
    mortal,
    mortalSources: [
      [3, testSource],
      [2, ["--device", "-", ...stall]],
      [1, ["--device", fixture("flv/clean.flv"), "--loop", "--copy", ...stall]],
      [1, cameraSource],
    ],
    tlsArgs,
    two,
    processes: [plain, secure, { name: "two", pid: two.lasting.pid, resourcesPath: two.resourcesPath }],
    end: async () => {
      for (const one of [plain, secure])
        console.log(one.name, await one.end("SIGTERM", () => process.kill(one.pid, "SIGTERM")));
      const exitCode = await two.end();
      if (exitCode !== 0) throw new Error(`the process with two streams ended with ${String(exitCode)}`);
    },
    kill,
  };
}
