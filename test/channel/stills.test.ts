import { expect, it } from "vitest";
import type { KeyPicture } from "../../src/channel/filler.ts";
import { Stills } from "../../src/channel/stills.ts";
import { UserError } from "../../src/errors.ts";
import { splitAnnexB } from "../../src/media/h264/annexb.ts";

const sps = new Uint8Array([0x67, 1]);
const pps = new Uint8Array([0x68, 2]);
const jpeg = Buffer.from("ffd8ffd9", "hex");

function picture(byte: number): KeyPicture {
  const units = [new Uint8Array([0x65, byte])];
  const decoderConfig = new Uint8Array();
  return {
    config: {
      ...{ kind: "video-config", codec: "h264", decoderConfig, parameterSets: [sps, pps] },
      ...{ width: 16, height: 16 },
    },
    ...{ takenMs: 7, behindMs: 0 },
    frame: { kind: "video-frame", codec: "h264", isKey: true, decodeTimeUs: 0, presentationTimeUs: 0, units },
  };
}

/** A stream whose key pictures are decoded when it is told to. */
class StartDependencies {
  keyPicture: KeyPicture | null = null;
  readonly accessUnits: Uint8Array[] = [];
  readonly stills = new Stills({
    keyPicture: () => this.keyPicture,
    ffmpeg: async () => ({ path: "ffmpeg" }),
    decode: (accessUnit, { signal }) => {
      this.accessUnits.push(accessUnit);
      return new Promise((resolve, reject) => {
        this.#finish = (result) => (result instanceof Error ? reject(result) : resolve(result));
        signal.addEventListener("abort", () => reject(new UserError("notReady", "killed")));
      });
    },
  });
  #finish: (result: Buffer | Error) => void = () => undefined;

  /** The decoder that runs has made this. */
  async finish(result: Buffer | Error): Promise<void> {
    await new Promise(setImmediate); // until it runs
    this.#finish(result);
  }
}

it("the last key picture is decoded with its settings, once for all who ask", async () => {
  const studio = new StartDependencies();
  expect(await studio.stills.still()).toEqual({ kind: "not-yet" });
  studio.keyPicture = picture(1);
  const asked = [studio.stills.still(), studio.stills.still()];
  await studio.finish(jpeg);
  expect(await Promise.all(asked)).toEqual(asked.map(() => ({ kind: "jpeg", bytes: jpeg, takenMs: 7 })));
  expect(await studio.stills.still()).toEqual({ kind: "jpeg", bytes: jpeg, takenMs: 7 });
  expect(studio.accessUnits.map((unit) => splitAnnexB(unit))).toEqual([
    [sps, pps, new Uint8Array([0x65, 1])].map((unit) => expect.objectContaining({ length: unit.length })),
  ]);
});

it("a later key picture is decoded, too, and not while one is", async () => {
  const studio = new StartDependencies();
  studio.keyPicture = picture(1);
  const first = studio.stills.still();
  studio.keyPicture = picture(2);
  const meanwhile = studio.stills.still();
  await studio.finish(jpeg);
  expect(await meanwhile).toEqual(await first);
  expect(studio.accessUnits).toHaveLength(1);
  const second = studio.stills.still();
  const other = Buffer.from("ffd8", "hex");
  await studio.finish(other);
  expect(await second).toEqual({ kind: "jpeg", bytes: other, takenMs: 7 });
  expect(studio.accessUnits).toHaveLength(2);
});

it("a failure is told to those who asked, and tried again for the next", async () => {
  const studio = new StartDependencies();
  studio.keyPicture = picture(1);
  const asked = studio.stills.still();
  await studio.finish(new UserError("failure", "ffmpeg ended with 1"));
  await expect(asked).rejects.toThrow("ffmpeg ended with 1");
  const again = studio.stills.still();
  await studio.finish(jpeg);
  expect(await again).toEqual({ kind: "jpeg", bytes: jpeg, takenMs: 7 });
});

it("the end kills the decoder, and begins none", async () => {
  const studio = new StartDependencies();
  studio.keyPicture = picture(1);
  const asked = studio.stills.still();
  await new Promise(setImmediate);
  const [end] = await Promise.allSettled([asked, studio.stills.close()]);
  expect(end).toMatchObject({ status: "rejected", reason: { message: "killed" } });
  expect(await studio.stills.still()).toEqual({ kind: "not-yet" });
});

it("a key picture that newer ones have left a minute behind is not shown as the picture of now", async () => {
  const studio = new StartDependencies();
  studio.keyPicture = { ...picture(1), behindMs: 60_001 };
  expect(await studio.stills.still()).toEqual({ kind: "too-old", takenMs: 7 });
  expect(studio.accessUnits).toEqual([]);
  studio.keyPicture = { ...picture(1), behindMs: 60_000 };
  const asked = studio.stills.still();
  await studio.finish(jpeg);
  expect(await asked).toMatchObject({ kind: "jpeg" });
});
