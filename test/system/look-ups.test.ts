import type { LookupAddress } from "node:dns";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { LookUps } from "../../src/system/look-ups.ts";

const here = [{ address: "192.0.2.1", family: 4 }];

/** A resolver whose answers a test gives. */
function asked() {
  const names: string[] = [];
  const answers = new Map<string, (found: readonly LookupAddress[]) => void>();
  const lookUps = new LookUps(async (name) => {
    names.push(name);
    return await new Promise((resolve) => answers.set(name, resolve));
  });
  return { lookUps, names, answer: (name: string) => answers.get(name)?.(here) };
}

it("a name that hangs is asked once, however often it is wanted, and leaves room for others", async () => {
  const { lookUps, names, answer } = asked();
  const hanging = [lookUps.addresses("dead.example"), lookUps.addresses("dead.example")];
  const other = lookUps.addresses("a.example");
  const third = lookUps.addresses("b.example");
  await setImmediate();
  expect(names).toEqual(["dead.example", "a.example"]); // no more than two threads
  answer("a.example");
  expect(await other).toEqual(here);
  await setImmediate();
  expect(names).toEqual(["dead.example", "a.example", "b.example"]);
  answer("b.example");
  expect(await third).toEqual(here);
  answer("dead.example");
  expect(await Promise.all(hanging)).toEqual([here, here]);
  void lookUps.addresses("dead.example");
  await setImmediate();
  expect(names.at(-1)).toBe("dead.example"); // an answer is not kept
  expect(names).toHaveLength(4);
});

it("a failure is told to all who wait, and gives its place free", async () => {
  let tries = 0;
  const lookUps = new LookUps(async () => {
    tries += 1;
    throw Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
  });
  for (let round = 0; round < 3; round++)
    await expect(lookUps.addresses(`${round}.example`)).rejects.toThrow("no such host");
  expect(tries).toBe(3);
});

it("answers sockets in both of the ways in which they ask, and addresses without asking", async () => {
  const lookUps = new LookUps(async () => here);
  const ask = async (host: string, all: boolean) =>
    await new Promise<unknown[]>((resolve) => lookUps.lookup(host, { all }, (...answer) => resolve(answer)));
  expect(await ask("a.example", true)).toEqual([null, here]);
  expect(await ask("a.example", false)).toEqual([null, "192.0.2.1", 4]);
  expect(await ask("::1", true)).toEqual([null, [{ address: "::1", family: 6 }]]);
});
