import { expect, test } from "vitest";
import { door, request, TOKEN } from "./requests.ts";

const DOORS = "doors-own-token";
const given = (token: string | null) => request({}, { query: token === null ? "" : `token=${token}` });

/** "door" has a token of its own, "yard" needs none, and "desk" is as the server. */
function gateOf(
  token: string | null,
  streams: Readonly<Record<string, string | null>> = { door: DOORS, yard: null },
) {
  const gate = door({ token });
  for (const [name, own] of Object.entries(streams)) gate.setStream(name, { token: own });
  return gate;
}

/** What a token opens of the three, and of what belongs to none: an `x` where it is refused. */
function opened(gate: ReturnType<typeof gateOf>, token: string | null): string {
  return [...["door", "yard", "desk"], undefined]
    .map((stream) =>
      gate.judge(given(token), "watch", stream).kind === "admitted" ? (stream ?? "rest") : "x",
    )
    .join(" ");
}

/** Which of the three a list tells of, or the status of its refusal. */
function listed(gate: ReturnType<typeof gateOf>, token: string | null): string | number {
  const verdict = gate.judge(given(token), "list");
  if (verdict.kind !== "admitted") return verdict.kind === "refused" ? verdict.status : verdict.kind;
  const { sees = () => true } = verdict;
  return ["door", "yard", "desk"].filter(sees).join(" ");
}

test.each([
  [TOKEN, TOKEN, "door yard desk rest", "door yard desk"],
  [TOKEN, DOORS, "door yard x x", "door yard"],
  [TOKEN, null, "x yard x x", "yard"],
  [TOKEN, "a-wrong-token", "x yard x x", 401],
  [null, DOORS, "door yard desk rest", "door yard desk"],
  [null, null, "x yard desk rest", "yard desk"],
  [null, "a-wrong-token", "x yard desk rest", 401],
])(
  "of a server with the token %j, the token %j opens %s, and lists %s",
  (token, presented, watched, told) => {
    expect(opened(gateOf(token), presented)).toBe(watched);
    expect(listed(gateOf(token), presented)).toBe(told);
  },
);

test("a stream's own token changes nothing, and asks for no metrics", () => {
  const headers = { authorization: `Bearer ${DOORS}` };
  expect(gateOf(TOKEN).judge(request(headers), "change", "door")).toMatchObject({ status: 401 });
  expect(gateOf(TOKEN).judge(request(headers), "watch")).toMatchObject({ status: 401 });
});

test("a stream's token is not guessed faster in a list than at its URL", () => {
  for (const token of [TOKEN, null]) {
    const gate = gateOf(token);
    for (let tries = 0; tries < 1000; tries += 1) gate.judge(given(`wrong-token-${tries}`), "list");
    expect(gate.judge(given(DOORS), "list")).toMatchObject({ status: 429 });
    expect(gate.judge(given(DOORS), "watch", "door")).toMatchObject({ status: 429 });
    expect(gate.judge(given(DOORS), "watch", "yard").kind).toBe("admitted");
  }
});

test("a page that took a name of ours gets no stream that is open to all", () => {
  const foreign = request({ host: "evil.example" });
  expect(gateOf(TOKEN).judge(foreign, "watch", "yard")).toMatchObject({ status: 403 });
  expect(gateOf(TOKEN).judge(foreign, "list")).toMatchObject({ status: 403 });
  expect(gateOf(TOKEN, { door: DOORS }).judge(foreign, "list")).toMatchObject({ status: 401 });
});

test("a stream that is gone leaves no token behind", () => {
  const gate = gateOf(TOKEN);
  gate.setStream("door", null);
  gate.setStream("yard", null);
  expect(opened(gate, DOORS)).toBe("x x x x");
  expect(listed(gate, null)).toBe(401);
});
