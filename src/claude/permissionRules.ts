/*
 * Rules of Claude Code about files: `Read(PATTERN)` and `Edit(PATTERN)`, where a pattern is one of `.gitignore`. At its beginning `//`
 * is the root of the file system, `~/` the home, `/` the place of the settings (the repository for a repository's, the user's
 * folder of Claude Code for the user's), anything else the folder that Claude works in. All of this measured on 2.1.197 and
 * 2.1.330; of the file that `--settings` names `/` is the folder of that file.
 */

/** What the rules of one file of settings count from, and where they are to hold. Absolute paths. */
export interface RulePlaces {
  /** What `/` stands for. */
  root: string;
  /** What `~/` stands for. */
  home: string;
  /** What the rules were written for. */
  repository: string;
  /** Where the run works: that, or a worktree of it. */
  folder: string;
}

/**
 * The same rules for the file that `--settings` names, those about files of the repository also said of the folder of the run: a
 * search of 2.1.197 goes by no others than relative ones and those that begin with its folder, letter by letter (measured).
 */
export function rulesOfRun(rules: readonly string[], places: RulePlaces): string[] {
  return rules.flatMap((rule) => {
    const { tool, pattern } = parse(rule) ?? {};
    const absolute = pattern === undefined ? null : absolutePattern(pattern, places);
    // What is relative is so to the run's folder, which is what it is about.
    if (tool === undefined || absolute === null) return [rule];
    return [...new Set([absolute, ...inFolder(absolute, places)])].map((one) => `${tool}(/${one})`);
  });
}

/** Other tools have no patterns of files. */
const fileRule = /^\s*(Read|Edit|Write)\s*\(([^]*)\)\s*$/;

function parse(rule: string): { tool: string; pattern: string } | null {
  const [, tool, pattern] = fileRule.exec(rule) ?? [];
  return tool === undefined || pattern === undefined ? null : { tool, pattern: pattern.trim() };
}

/** From the root of the file system, with one `/`; null for a relative pattern. */
function absolutePattern(pattern: string, { root, home }: RulePlaces): string | null {
  if (pattern.startsWith('//')) return pattern.slice(1);
  if (pattern.startsWith('~/')) return `${literal(home)}${pattern.slice(1)}`;
  return pattern.startsWith('/') ? `${literal(root)}${pattern}` : null;
}

/** What a pattern says of files of the repository, said of the same files in the folder. */
function inFolder(pattern: string, { repository, folder }: RulePlaces): string[] {
  const [, ...segments] = pattern.split('/');
  const [, ...names] = posix(repository).split('/');
  const rests = restsBelow(segments, names).map((rest) => rest.join('/'));
  return rests.flatMap((rest) => [`${posix(folder)}/${rest}`, `${literal(folder)}/${rest}`]);
}

/** What is left of a pattern below a folder, in as many ways as `**` lets it match; none where it is about other places. */
function restsBelow(segments: readonly string[], names: readonly string[]): string[][] {
  const [segment, ...more] = segments;
  const [name, ...below] = names;
  // What matches a folder matches all that is in it.
  if (segment === undefined || (segment === '' && more.length === 0)) return [['**']];
  if (name === undefined) return [[...segments]];
  if (segment === '**') return [...restsBelow(more, names), ...restsBelow(segments, below)];
  return matches(segment, name) ? restsBelow(more, below) : [];
}

/**
 * Whether a part of a pattern matches a name; upper and lower case are the same, as for Claude Code. Characters in brackets stand for
 * any: a rule too many forbids a little more.
 */
function matches(segment: string, name: string): boolean {
  const tokens = segment.match(/\\[^]|\[[!^]?\]?[^\]]*\]|[^]/gu) ?? [];
  return new RegExp(`^${tokens.map(expressionOf).join('')}$`, 'iu').test(name);
}

function expressionOf(token: string): string {
  if (token === '*') return '.*';
  if (token === '?' || /^\[.+$/u.test(token)) return '.';
  const plain = token.replace(/^\\(?=[^])/u, '');
  return plain.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A path as a pattern that matches nothing else. */
function literal(folder: string): string {
  return posix(folder).replaceAll(/[\\*?[\]]/g, '\\$&');
}

/** As Claude Code writes a path in its rules: of `C:\work` that is `/c/work`, according to its documentation. */
function posix(folder: string): string {
  const [, drive, rest] = /^([A-Za-z]):[\\/](.*)$/.exec(folder) ?? [];
  if (drive === undefined || rest === undefined) return folder;
  return `/${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`;
}
