import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { objectOf } from './json.ts';

export type Environment = Readonly<Record<string, string>>;

/** Names the test process (and so, by inheritance, every process that it started); see processes.ts. */
export const markVariable = 'TANDEM_TEST_MARK';

const ownMark = randomBytes(8).toString('hex');
const inherited = process.env[markVariable];

/** `<mark of the runner>/<mark of this process>`: a suite looks for its own mark, a runner for its marks anywhere in the chain. */
export const processMark = inherited === undefined ? ownMark : `${inherited}/${ownMark}`;
process.env[markVariable] = processMark;

/** Variables of a developer's machine that change what the real programs do: accounts, endpoints, hosts, proxies. */
const foreign =
  /^(ANTHROPIC|CLAUDE|CODEX|OPENAI|AZURE_OPENAI|AWS|GOOGLE|VERTEX|GIT|SSH|TANDEM|VSCODE|ELECTRON|XDG|NPM|NODE|AI_AGENT|DISABLE|RUST|LOG_FORMAT|TERM_PROGRAM|TMUX|FAKE_CODEX|BASH_ENV|(HTTPS?|ALL|NO)_PROXY)/i;

/** npm puts the programs of this repository in front: a machine without Codex would have one. */
function withoutPackages(searchPath: string): string {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => !folder.split(path.sep).includes('node_modules'))
    .join(path.delimiter);
}

/**
 * This process's environment without anything that could reach a real account or another program's session.
 * A real program under test gets exactly this plus its home's variables.
 */
export function cleanEnvironment(extra: Environment = {}): Environment {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectOf(process.env))) {
    if (typeof value !== 'string' || foreign.test(name)) continue;
    kept[name] = name === 'PATH' ? withoutPackages(value) : value;
  }
  return { ...kept, NO_PROXY: '127.0.0.1,localhost', [markVariable]: processMark, ...extra };
}
