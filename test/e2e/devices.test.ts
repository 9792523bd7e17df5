import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { type Display, startDisplay } from "./display.ts";
import { makeFolder } from "./folder.ts";
import { Program, start, stopAll } from "./program.ts";
import { type SoundServer, startSoundServer } from "./sound-server.ts";
import { Viewer } from "./viewer.ts";

const missing = ["Xvfb", "pulseaudio", "pactl"].filter((program) => findProgram(program) === null);
if (missing.length > 0) console.log(`devices: left out, for want of ${missing.join(", ")}`);

interface Listed {
  readonly alias: string;
  readonly node: string;
  readonly name: string;
}

describe.skipIf(missing.length > 0)("the screen and the sound server of this machine", () => {
  const folder = makeFolder();
  let screen: Display;
  let sound: SoundServer;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [screen, sound] = await Promise.all([startDisplay("640x480"), startSoundServer()]);
    env = { DISPLAY: screen.name, ...sound.env, CONFIGURATION_DIRECTORY: folder.file("configuration") };
  });
  afterAll(async () => {
    await stopAll();
    await Promise.all([screen.stop(), sound.stop()]);
    folder.remove();
  });

  async function listed(kind: "screens" | "microphones"): Promise<readonly Listed[]> {
    const { exitCode, stdout } = await new Program(["devices", "--json"], { env }).ended;
    expect(exitCode).toBe(0);
    return (JSON.parse(stdout) as Record<typeof kind, Listed[]>)[kind]; // as the README says
  }

  it("are listed", async () => {
    expect((await listed("screens"))[0]).toMatchObject({ alias: "screen0", node: screen.name });
    expect((await listed("microphones")).find(({ node }) => node === sound.source)).toMatchObject({
      alias: expect.stringMatching(/^mic\d+$/) as string,
    });
  });

  it.for([
    ["their aliases", "screen0", (microphone: Listed) => microphone.alias],
    ["the display and the source", "", (microphone: Listed) => microphone.node],
    ["what the server has for its default", "screen", () => "default"],
    ["a pin's name", "screen", () => "mikro"],
  ] as const)("are streamed together, named by %s", async ([, screenName, soundName]) => {
    const microphone = (await listed("microphones")).find(({ node }) => node === sound.source);
    if (microphone === undefined) throw new Error("no microphone");
    await new Program(["devices", "--pin", `mikro=${microphone.alias}`], { env }).ended;
    const args = ["--device", screenName || screen.name, "--audio", soundName(microphone), "--fps", "10"];
    const program = start(args, { env });
    const recording = await new Viewer(await program.firstLine()).watch(2);
    await program.stopInOrder();
    expect(recording.tracks).toEqual({ video: true, audio: true });
    expect(recording.metadata).toMatchObject({ width: 640, height: 480, framerate: 10 });
    expect(recording.pictures.length).toBeGreaterThan(12);
    expect(recording.sounds.length).toBeGreaterThan(60);
  });

  it("that are not there are answered with those that are", async () => {
    const { exitCode, stderr } = await start(["--device", "screen", "--audio", "mic77"], { env }).ended;
    expect(exitCode).toBe(10);
    expect(stderr).toMatch(
      /^flvcast: microphone "mic77" not found; available: mic0 .* \(see flvcast devices\)\n$/,
    );
  });
});
