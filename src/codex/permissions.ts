import * as z from 'zod/mini';

const paths = z.catch(z.nullable(z.array(z.string())), null);

/** Rights beyond the sandbox, as `item/permissions/requestApproval` and commands name them. */
const permissionsSchema = z.object({
  network: z.catch(z.nullable(z.object({ enabled: z.catch(z.nullable(z.boolean()), null) })), null),
  fileSystem: z.catch(
    z.nullable(
      z.object({
        read: paths,
        write: paths,
        /** Of later servers, which say the same in both ways. */
        entries: z.catch(z.array(z.object({ path: z.unknown(), access: z.string() })), []),
      }),
    ),
    null,
  ),
});

/** What is asked for, a line each; empty for nothing. */
export function wantsOf(permissions: unknown): string[] {
  const { data } = z.safeParse(permissionsSchema, permissions);
  if (!data) return permissions === null || permissions === undefined ? [] : [JSON.stringify(permissions)];
  const { network, fileSystem } = data;
  const { read = null, write = null, entries = [] } = fileSystem ?? {};
  const others = entries
    .map(({ path, access }) => ({ access, name: pathText(path) }))
    .filter(({ name }) => !(read ?? []).includes(name) && !(write ?? []).includes(name));
  return [
    ...(network?.enabled === true ? ['the network'] : []),
    ...(write ?? []).map((path) => `to write below ${path}`),
    ...(read ?? []).map((path) => `to read below ${path}`),
    ...others.map(({ access, name }) => `${access}: ${name}`),
  ];
}

/** Exactly what was asked for, without what is null: the answer knows no nulls. */
export function grantable(permissions: unknown): Record<string, unknown> {
  const { data } = z.safeParse(z.record(z.string(), z.unknown()), permissions);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, value]) => value !== null));
}

/** `{type:"path", path}`, a glob, or a special folder, in words. */
function pathText(path: unknown): string {
  if (typeof path === 'string') return path;
  const { data } = z.safeParse(z.object({ path: z.string() }), path);
  return data?.path ?? JSON.stringify(path);
}
