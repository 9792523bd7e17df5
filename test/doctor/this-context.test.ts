import { expect, test } from "vitest";
import { contextOf, type Sources } from "../../src/doctor/this-context.ts";
import { UserError } from "../../src/errors.ts";
import { accounts, fakeMachine } from "../system/fake-machine.ts";

const binary = { path: "/opt/ffmpeg", version: "7.1", majorVersion: 7 };

/** A context whose slow parts write down when they are looked for. */
async function context(changes: Partial<Sources> = {}) {
  const calls: string[] = [];
  const found = await contextOf(
    { host: "0.0.0.0", port: 9000 },
    {
      machine: fakeMachine({ files: accounts([44]) }),
      findFfmpeg: async () => {
        calls.push("ffmpeg");
        return binary;
      },
      listDevices: async (path) => {
        calls.push(`devices by ${path}`);
        await new Promise((resolve) => setImmediate(resolve));
        calls.push("devices listed");
        return [];
      },
      probeEncoders: async ({ path }) => {
        calls.push(`encoders by ${path}`);
        return [];
      },
      ...changes,
    },
  );
  return { found, calls };
}

test("it is who looks, at what, and with which node", async () => {
  const { found, calls } = await context();
  expect(found).toMatchObject({
    ...{ host: "0.0.0.0", port: 9000, nodeVersion: process.version },
    user: { name: "kim", groups: [1000, 44], isRoot: process.getuid?.() === 0 },
  });
  expect(calls).toEqual([]); // nothing is looked for before a check asks
});

test("what takes long is looked for once, and encoders are timed when devices are listed", async () => {
  const { found, calls } = await context();
  await Promise.all([found.encoders(), found.encoders(), found.devices(), found.ffmpeg()]);
  expect(calls).toEqual(["ffmpeg", "devices by /opt/ffmpeg", "devices listed", "encoders by /opt/ffmpeg"]);
});

test("without an ffmpeg there may be devices, and no encoders", async () => {
  const { found, calls } = await context({
    findFfmpeg: () => Promise.reject(new UserError("noFfmpeg", "none")),
  });
  expect(await found.devices()).toEqual([]);
  await expect(found.encoders()).rejects.toThrow("none");
  expect(calls).toEqual(["devices by ffmpeg", "devices listed"]);
});

test("devices that cannot be listed keep no encoder from being tried", async () => {
  const { found, calls } = await context({ listDevices: () => Promise.reject(new Error("no such bus")) });
  expect(await found.encoders()).toEqual([]);
  expect(calls).toEqual(["ffmpeg", "encoders by /opt/ffmpeg"]);
});
