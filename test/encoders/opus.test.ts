import { expect, test } from "vitest";
import { opusArguments, proveOpus } from "../../src/encoders/opus.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { findProgram } from "../run.ts";
import { fakeMachine } from "../system/fake-machine.ts";

const path = "/opt/ffmpeg";
const answering = (answer: { code?: number; stderr?: string }) =>
  fakeMachine({ programs: { [[path, ...opusArguments].join(" ")]: answer } });

test.each(["Unknown encoder 'libopus'", "[aost#0:0 @ 0x55] Unknown encoder 'libopus'"])(
  "an ffmpeg that says %s is refused, with what to do",
  async (stderr) => {
    await expect(proveOpus({ path }, answering({ code: 1, stderr }))).rejects.toThrow(
      "--audio-codec opus needs ffmpeg's libopus encoder, which /opt/ffmpeg lacks; use another ffmpeg with --ffmpeg, or --audio-codec aac",
    );
  },
);

test("any other failure shows when audio is encoded", async () => {
  const broken = answering({ code: 1, stderr: "Cannot allocate memory" });
  await expect(proveOpus({ path }, broken)).resolves.toBeUndefined();
  await expect(proveOpus({ path }, fakeMachine({}))).resolves.toBeUndefined();
});

test("this machine's ffmpeg has it", async () => {
  const ffmpeg = { path: findProgram("ffmpeg") ?? "ffmpeg" };
  await expect(proveOpus(ffmpeg, thisMachine(process.env))).resolves.toBeUndefined();
});
