import { describe, expect, test } from "vitest";
import { foldersOf } from "../src/folders.ts";

const kim = { isRoot: false, home: () => "/home/kim" };
const root = { isRoot: true, home: () => "/root" };
const nobody = {
  isRoot: false,
  home: () => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT");
  },
};

describe("what outlives a run is kept", () => {
  test("below the home of the password database, whatever the environment says", () => {
    expect(foldersOf({ HOME: "/elsewhere", XDG_CONFIG_HOME: "/elsewhere" }, kim)).toEqual({
      configuration: "/home/kim/.config/flvcast",
      cache: "/home/kim/.cache/flvcast",
    });
  });

  test("in the system's folders for root, even where no password database knows it", () => {
    const folders = { configuration: "/etc/flvcast", cache: "/var/cache/flvcast" };
    expect(foldersOf({ HOME: "/root" }, root)).toEqual(folders);
    expect(foldersOf({}, { ...nobody, isRoot: true })).toEqual(folders);
  });

  test("where systemd says, in the first of several", () => {
    const env = {
      CONFIGURATION_DIRECTORY: "/etc/flvcast-door:/etc/other",
      CACHE_DIRECTORY: "/var/cache/private/door",
    };
    expect(foldersOf(env, kim)).toEqual({
      configuration: "/etc/flvcast-door",
      cache: "/var/cache/private/door",
    });
    expect(foldersOf({ CONFIGURATION_DIRECTORY: "", CACHE_DIRECTORY: "" }, kim)).toEqual(foldersOf({}, kim));
  });

  test("below $HOME for a user whom no password database knows, and at the root without it", () => {
    expect(foldersOf({ HOME: "/srv/kim" }, nobody).configuration).toBe("/srv/kim/.config/flvcast");
    expect(foldersOf({ HOME: "" }, nobody).cache).toBe("/.cache/flvcast");
    expect(foldersOf({}, nobody).cache).toBe("/.cache/flvcast");
  });
});
