import { expect, it } from "vitest";
import { checkOptions } from "../../src/settings/check-options.ts";
import { logsOptions, namedOptions, statusOptions } from "../../src/settings/control-options.ts";
import { devicesOptions, doctorOptions, encodersOptions } from "../../src/settings/tool-options.ts";

it.each(
  Object.entries({
    checkOptions,
    devicesOptions,
    doctorOptions,
    encodersOptions,
    logsOptions,
    namedOptions,
    statusOptions,
  }),
)("every option of %s has a default", (_, table) => {
  const lacking = Object.values(table).filter(({ fallback }) => fallback === undefined);
  expect(lacking.map(({ flag }) => flag)).toEqual([]);
});
