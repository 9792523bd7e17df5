import { expect, it } from "vitest";
import { ServerClock } from "../../src/web/clocks.ts";

it("knows no difference before the server has answered", () => {
  expect(new ServerClock().offsetMs).toBeNull();
});

it("takes the answer to have been given half way, and believes the quickest", () => {
  const clock = new ServerClock();
  clock.add({ sentMs: 1000, receivedMs: 1400, serverMs: 6350 }); // slow on the way there
  expect(clock.offsetMs).toBe(5150);
  clock.add({ sentMs: 2000, receivedMs: 2010, serverMs: 7005 });
  clock.add({ sentMs: 3000, receivedMs: 3300, serverMs: 8010 });
  expect(clock.offsetMs).toBe(5000);
});

it("forgets old answers: clocks drift apart, and are set", () => {
  const clock = new ServerClock();
  clock.add({ sentMs: 0, receivedMs: 1, serverMs: 100 });
  for (let nowMs = 1000; nowMs <= 8000; nowMs += 1000)
    clock.add({ sentMs: nowMs, receivedMs: nowMs + 20, serverMs: nowMs + 10 });
  expect(clock.offsetMs).toBe(0);
});
