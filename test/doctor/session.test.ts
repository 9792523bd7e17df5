import { expect, test } from "vitest";
import { checkSession } from "../../src/doctor/session.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

test("a Wayland session is told what it keeps from being captured", async () => {
  expect(told(await checkSession(contextWith({ env: { WAYLAND_DISPLAY: "wayland-0" } })))[0]).toMatch(
    /^warning \| session/,
  );
  expect(await checkSession(contextWith({ env: { DISPLAY: ":0" } }))).toEqual([]);
});
