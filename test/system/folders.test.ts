import { describe, expect, test } from "vitest";
import { foldersOf, stateFoldersOf } from "../../src/system/folders.ts";

const kim = { isRoot: false, uid: 1000, home: () => "/home/kim" };
const root = { isRoot: true, uid: 0, home: () => "/root" };
const nobody = {
  isRoot: false,
  uid: 1234,
  home: () => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT");
  },
};

const cache = (env: Readonly<Record<string, string>>, account = kim) => foldersOf(env, account).cache;

describe("what outlives a run is kept", () => {
  test("below the home of the password database, whatever the environment says", () => {
    expect(
      foldersOf({ HOME: "/elsewhere", XDG_CONFIG_HOME: "/elsewhere", XDG_STATE_HOME: "/elsewhere" }, kim),
    ).toEqual({
      configuration: "/home/kim/.config/flvcast",
      cache: "/home/kim/.cache/flvcast",
      lasting: "/home/kim/.local/state/flvcast",
      state: "/home/kim/.local/state/flvcast",
    });
  });

  test("except for the cache, which follows XDG_CACHE_HOME where that is an absolute path", () => {
    expect(cache({ XDG_CACHE_HOME: "/fast" })).toBe("/fast/flvcast");
    expect(cache({ XDG_CACHE_HOME: "/fast", CACHE_DIRECTORY: "/var/cache/door" })).toBe("/var/cache/door");
    for (const folder of ["", "fast"])
      expect(cache({ XDG_CACHE_HOME: folder })).toBe("/home/kim/.cache/flvcast");
    expect(cache({ XDG_CACHE_HOME: "/fast" }, root)).toBe("/var/cache/flvcast");
  });

  test("in the system's folders for root, even where no password database knows it", () => {
    const folders = {
      ...{ configuration: "/etc/flvcast", cache: "/var/cache/flvcast" },
      ...{ lasting: "/var/lib/flvcast", state: "/run/flvcast" },
    };
    expect(foldersOf({ HOME: "/root" }, root)).toEqual(folders);
    expect(foldersOf({}, { ...nobody, isRoot: true })).toEqual(folders);
  });

  test("where systemd says, in the first of several", () => {
    const env = {
      CONFIGURATION_DIRECTORY: "/etc/flvcast-door:/etc/other",
      CACHE_DIRECTORY: "/var/cache/private/door",
      STATE_DIRECTORY: "/var/lib/private/door",
      RUNTIME_DIRECTORY: "/run/flvcast-door",
    };
    expect(foldersOf(env, kim)).toEqual({
      configuration: "/etc/flvcast-door",
      cache: "/var/cache/private/door",
      lasting: "/var/lib/private/door",
      state: "/run/flvcast-door",
    });
    expect(foldersOf({ CONFIGURATION_DIRECTORY: "", CACHE_DIRECTORY: "" }, kim)).toEqual(foldersOf({}, kim));
  });

  test("below $HOME for a user whom no password database knows, and at the root without it", () => {
    expect(foldersOf({ HOME: "/srv/kim" }, nobody).configuration).toBe("/srv/kim/.config/flvcast");
    expect(foldersOf({ HOME: "" }, nobody).cache).toBe("/.cache/flvcast");
    expect(foldersOf({}, nobody).cache).toBe("/.cache/flvcast");
  });
});

describe("running streams are looked for", () => {
  const entries: Readonly<Record<string, readonly string[]>> = {
    "/run": ["dbus", "flvcast-door", "flvcast", "flvcaster", "user"],
    "/run/user/1000": ["flvcast-desk", "pulse"],
  };
  const entriesOf = async (folder: string) => entries[folder] ?? [];

  test("in the user's own folder first, then in those of services", async () => {
    expect(await stateFoldersOf({}, entriesOf, kim)).toEqual([
      "/home/kim/.local/state/flvcast",
      "/run/flvcast",
      "/run/flvcast-door",
      "/run/user/1000/flvcast-desk",
    ]);
  });

  test("by root once in each", async () => {
    expect(await stateFoldersOf({}, entriesOf, root)).toEqual(["/run/flvcast", "/run/flvcast-door"]);
  });

  test("where the environment says, and nowhere else", async () => {
    const folders = await stateFoldersOf({ RUNTIME_DIRECTORY: "/run/flvcast-door" }, entriesOf, kim);
    expect(folders).toEqual(["/run/flvcast-door"]);
  });
});
