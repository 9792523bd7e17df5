import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { AddressWatch, type AddressWatchOptions } from "../../../src/server/http/address-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** More than the time between two looks. */
const look = () => vi.advanceTimersByTimeAsync(2500);

/** A server on 192.168.1.7, the machine around it, and what came of it. */
function watched(changes: Partial<AddressWatchOptions> = {}) {
  const world = {
    own: ["127.0.0.1", "192.168.1.7"] as string[] | null,
    names: ["192.168.1.7"] as string[] | null,
    refusal: null as UserError | null,
    lookUps: 0,
    said: [] as string[],
    tick: look,
  };
  const watch = new AddressWatch({
    ...{ host: "192.168.1.7", address: "192.168.1.7", outlivesAddress: true },
    own: () => world.own,
    lookUp: async () => {
      world.lookUps += 1;
      if (world.names === null) throw new Error("EAI_AGAIN");
      return world.names;
    },
    listen: async (address) => {
      world.said.push(`listen ${address}`);
      if (world.refusal !== null) throw world.refusal;
    },
    onLost: ({ reason }, address) => world.said.push(`lost ${address} ${reason}`),
    onBack: (address, hasMoved) => world.said.push(`${hasMoved ? "moved" : "back"} ${address}`),
    ...changes,
  });
  return { watch, world };
}

describe("an address that is listened on", () => {
  it("is said once to be gone, and once to be back", async () => {
    const { watch, world } = watched();
    await look();
    expect([watch.failure, world.said]).toEqual([null, []]);
    world.own = ["127.0.0.1"];
    await look();
    await look();
    expect(watch.failure).toMatchObject({ reason: "addressUnavailable" });
    world.own = ["192.168.1.7"];
    await look();
    await look();
    expect(watch.failure).toBeNull();
    expect(world.said).toEqual(["lost 192.168.1.7 addressUnavailable", "back 192.168.1.7"]);
  });

  it("is listened on again where a socket does not outlive it, as often as it takes", async () => {
    const { watch, world } = watched({ outlivesAddress: false });
    world.own = [];
    await look();
    world.own = ["192.168.1.7"];
    world.refusal = new UserError("addressUnavailable", "it is not quite there");
    await look();
    expect(watch.failure).not.toBeNull();
    world.refusal = null;
    await look();
    await look();
    expect(watch.failure).toBeNull();
    const listen = "listen 192.168.1.7";
    expect(world.said).toEqual(["lost 192.168.1.7 addressUnavailable", listen, listen, "back 192.168.1.7"]);
  });

  it.each([
    ["fe80::1%eth0", ["fe80::1"]],
    ["0:0:0:0:0:0:0:7", ["::7"]],
    ["::ffff:192.168.1.7", ["192.168.1.7"]],
  ])("is known in another spelling: %s", async (address, own) => {
    const { world } = watched({ host: address, address, own: () => own });
    await look();
    expect(world.said).toEqual([]);
  });

  it("is not missed where the system does not tell of its addresses", async () => {
    const { world } = watched();
    world.own = null;
    await look();
    expect(world.said).toEqual([]);
  });

  it("is looked up by no name, and left alone once all is over", async () => {
    const { watch, world } = watched();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.lookUps).toBe(0);
    await watch.close();
    world.own = [];
    await look();
    expect([vi.getTimerCount(), world.said]).toEqual([0, []]);
  });
});

it("an address is looked at every two seconds, which keeps no process alive", async () => {
  vi.useRealTimers();
  const started = vi.spyOn(globalThis, "setInterval");
  const { watch } = watched();
  expect(started.mock.calls.map(([, ms]) => ms)).toEqual([2000]);
  expect(started.mock.results[0]?.value.hasRef()).toBe(false);
  started.mockRestore();
  await watch.close();
});

describe("a name that is listened on", () => {
  it("is looked up at each look while its address is gone, and else once a minute", async () => {
    const { world } = watched({ host: "cam.lan" });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(world.lookUps).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.lookUps).toBe(1);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(world.lookUps).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.lookUps).toBe(2);
    world.own = [];
    await vi.advanceTimersByTimeAsync(6000);
    expect(world.lookUps).toBe(5);
  });

  it("is followed to another address when the one it had is gone", async () => {
    const { watch, world } = watched({ host: "cam.lan" });
    world.own = ["127.0.0.1"];
    world.names = null;
    await look();
    world.own = ["127.0.0.1", "192.168.1.9"];
    await look();
    world.names = ["10.0.0.1", "192.168.1.9"]; // the DNS hears of it later
    await look();
    expect(watch.failure).toBeNull();
    expect(world.said).toEqual([
      "lost 192.168.1.7 addressUnavailable",
      "listen 192.168.1.9",
      "moved 192.168.1.9",
    ]);
  });

  it("is looked up when an address has come, and within a minute or so in any case", async () => {
    const { world } = watched({ host: "cam.lan" });
    await vi.advanceTimersByTimeAsync(50_000);
    expect(world.lookUps).toBe(0);
    world.own = ["192.168.1.7", "192.168.1.9"];
    await look();
    expect(world.lookUps).toBe(1);
    world.names = ["192.168.1.9"];
    await vi.advanceTimersByTimeAsync(65_000);
    expect([world.lookUps, world.said]).toEqual([2, ["listen 192.168.1.9", "moved 192.168.1.9"]]);
  });

  it("that leads nowhere, elsewhere or to loopback alone leaves the server where it is", async () => {
    const { world } = watched({ host: "cam.lan" });
    world.own = ["127.0.0.1", "192.168.1.7", "192.168.1.9"];
    await look();
    for (const names of [null, [], ["10.0.0.1"], ["127.0.0.1"], ["192.168.1.9", "192.168.1.7"]]) {
      world.names = names;
      await vi.advanceTimersByTimeAsync(65_000);
    }
    expect([world.lookUps, world.said]).toEqual([6, []]);
  });

  it("that leads nowhere is no reason to miss the address that has come back", async () => {
    const { watch, world } = watched({ host: "cam.lan" });
    world.own = [];
    world.names = null;
    await look();
    world.own = ["192.168.1.7"];
    await look();
    expect([watch.failure, world.said.at(-1)]).toEqual([null, "back 192.168.1.7"]);
  });

  it("that is found once all is over moves nothing", async () => {
    const answers: ((addresses: readonly string[]) => void)[] = [];
    const lookUp = () => new Promise<readonly string[]>((resolve) => answers.push(resolve));
    const { watch, world } = watched({ host: "cam.lan", lookUp });
    world.own = ["192.168.1.9"];
    await look();
    await watch.close();
    for (const answer of answers) answer(["192.168.1.9"]);
    await look();
    expect(answers).toHaveLength(1);
    expect(world.said).toEqual(["lost 192.168.1.7 addressUnavailable"]);
  });

  it("is not moved to loopback when its address is gone: nobody would reach it there", async () => {
    const { world } = watched({ host: "this-machine" });
    world.own = ["127.0.0.1", "127.0.1.1"];
    world.names = ["127.0.1.1"];
    await look();
    await look();
    expect(world.said).toEqual(["lost 192.168.1.7 addressUnavailable"]);
  });

  it("whose new address has its port in use is tried until that is free, and said once", async () => {
    const { watch, world } = watched({ host: "cam.lan" });
    world.own = ["192.168.1.9"];
    world.names = ["192.168.1.9"];
    world.refusal = new UserError("portInUse", "port 8080 is already in use on 192.168.1.9");
    for (let looks = 0; looks < 3; looks += 1) await look();
    expect(watch.failure).toBe(world.refusal);
    world.refusal = null;
    await look();
    expect(watch.failure).toBeNull();
    const listen = "listen 192.168.1.9";
    expect(world.said).toEqual([
      ...["lost 192.168.1.7 addressUnavailable", listen, "lost 192.168.1.9 portInUse"],
      ...[listen, listen, listen, "back 192.168.1.9"],
    ]);
  });

  it("that takes long to be looked up delays no look at the address, and is asked once at a time", async () => {
    let lookUps = 0;
    const lookUp = () => {
      lookUps += 1;
      return new Promise<never>(() => undefined);
    };
    const { world } = watched({ host: "cam.lan", lookUp });
    await vi.advanceTimersByTimeAsync(70_000);
    world.own = [];
    await look();
    expect([lookUps, world.said]).toEqual([1, ["lost 192.168.1.7 addressUnavailable"]]);
  });
});
