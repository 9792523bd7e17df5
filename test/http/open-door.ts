import type { Doorkeeper } from "../../src/door/knock.ts";

/** Lets everybody in. */
export const openDoor: Doorkeeper = {
  judge: ({ peerAddress }) => ({ kind: "admitted", address: peerAddress, headers: {} }),
};
