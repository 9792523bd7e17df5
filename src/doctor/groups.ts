import type { DoctorContext, DoctorUser } from "./context.ts";
import { type Finding, ok, warning } from "./finding.ts";

const SUBJECT = "groups";

/** Where capture devices and encoders stand, and which names there are such. */
const folders: readonly { readonly path: string; readonly names: RegExp }[] = [
  { path: "/dev", names: /^video\d+$/ },
  { path: "/dev/snd", names: /^pcm.*c$/ },
  { path: "/dev/dri", names: /^renderD\d+$/ },
];

/** Whether the user is in the groups that the devices here are for, and whether this session knows of it. */
export async function checkGroups({ machine, user }: DoctorContext): Promise<readonly Finding[]> {
  if (machine.platform !== "linux") return [];
  const nodes = (
    await Promise.all(
      folders.map(async ({ path, names }) =>
        (await machine.list(path)).filter((name) => names.test(name)).map((name) => `${path}/${name}`),
      ),
    )
  ).flat();
  if (nodes.length === 0) return [];
  if (user.isRoot) return [ok(SUBJECT, "not needed for root")];
  const closed = await Promise.all(
    nodes.map(async (node) => ((await machine.mayOpen(node)) ? [] : [await machine.groupOf(node)])),
  );
  const owners = closed.flat(); // null of a node that is gone meanwhile
  if (owners.length === 0) return [ok(SUBJECT, `${user.name} may open all devices`)];
  const gids = [...new Set(owners.flatMap((owner) => (owner?.groupMayWrite ? [owner.gid] : [])))];
  const groups = parseGroups((await machine.readText("/etc/group")) ?? "");
  const missing = gids.filter((gid) => gid !== 0 && !user.groups.includes(gid));
  if (missing.length === 0) return []; // no group would help: the device's own line says what does
  return missingFindings(missing, groups, user);
}

interface Group {
  readonly gid: number;
  readonly name: string;
  readonly members: readonly string[];
}

/** `video:x:44:kim,ana` (group(5)). */
function parseGroups(text: string): readonly Group[] {
  return text.split("\n").flatMap((line) => {
    const [name, , gid, members] = line.split(":");
    return name && gid ? [{ name, gid: Number(gid), members: (members ?? "").split(",") }] : [];
  });
}

function missingFindings(missing: readonly number[], groups: readonly Group[], user: DoctorUser): Finding[] {
  const known = groups.filter(({ gid }) => missing.includes(gid));
  const joined = known.filter(({ members }) => members.includes(user.name)).map(({ name }) => name);
  const others = known.filter(({ members }) => !members.includes(user.name)).map(({ name }) => name);
  const nameless = missing.filter((gid) => !groups.some((group) => group.gid === gid));
  return [
    ...(joined.length === 0 ? [] : [stale(joined, user)]),
    ...(others.length === 0 ? [] : [outside(others, user)]),
    ...nameless.map(withoutName),
  ];
}

function stale(names: readonly string[], { name }: DoctorUser): Finding {
  const text = `${name} joined ${names.join(", ")} after logging in`;
  return warning(SUBJECT, text, "log out and in again");
}

function outside(names: readonly string[], { name }: DoctorUser): Finding {
  const fix = `sudo usermod -aG ${names.join(",")} ${name}, then log in again`;
  return warning(SUBJECT, `${name} is not in ${names.join(", ")}, which may open the devices`, fix);
}

/** In a container, the number is the host's group. */
function withoutName(gid: number): Finding {
  const fix = `in a container: docker run --group-add ${gid}`;
  return warning(SUBJECT, `devices belong to group ${gid}, which has no name here`, fix);
}
