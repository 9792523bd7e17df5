import { expect, it } from "vitest";
import { parseHttpDate } from "../../../src/server/http/http-date.ts";

const now = Date.UTC(2026, 10, 29);

/** The first three are the example of RFC 9110, 5.6.7. */
it.each([
  ["Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"],
  ["Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"],
  ["Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"],
  ["Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37.000Z"],
  ["Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59.000Z"],
  ["Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00.000Z"],
  ["Friday, 01-Jan-27 00:00:00 GMT", "2027-01-01T00:00:00.000Z"],
  ["Friday, 01-Jan-76 00:00:00 GMT", "2076-01-01T00:00:00.000Z"],
  ["Saturday, 01-Jan-77 00:00:00 GMT", "1977-01-01T00:00:00.000Z"],
  ["Mon, 01 Jan 0001 00:00:00 GMT", "0001-01-01T00:00:00.000Z"],
])("%s is %s", (text, iso) => {
  const ms = parseHttpDate(text, now);
  expect(ms === null ? null : new Date(ms).toISOString()).toBe(iso);
});

it.each([
  ...["", "0", "now", "1994-11-06", "1994-11-06T08:49:37Z", "784111777", '"Sun, 06 Nov 1994 08:49:37 GMT"'],
  ...["Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000"],
  ...["sun, 06 nov 1994 08:49:37 gmt", "Sun, 6 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT"],
  ...["Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06  Nov 1994 08:49:37 GMT"],
  ...["Sun, 30 Feb 2026 00:00:00 GMT", "Sun, 29 Feb 2026 00:00:00 GMT", "Sun, 31 Apr 2026 00:00:00 GMT"],
  ...["Sun, 00 Nov 1994 00:00:00 GMT", "Sun, 32 Jan 1994 00:00:00 GMT", "Sun Nov 06 24:00:00 1994"],
  ...["Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 25:00:00 GMT"],
  ...["Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "],
  "Sunday, 06-Nov-1994 08:49:37 GMT",
])("%j is no date of HTTP", (text) => {
  expect(parseHttpDate(text, now)).toBeNull();
});
