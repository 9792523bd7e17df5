import type { Doorkeeper } from "../../src/auth/request.ts";

/** Lets everybody in. */
export const openDoor: Doorkeeper = {
  judge: ({ peerAddress }) => ({ kind: "admitted", address: peerAddress, headers: {} }),
};
