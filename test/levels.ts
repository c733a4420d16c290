/** A step of `npm test`: a program that must succeed, or folders whose `*.test.ts` are for node's own runner. */
export type Step =
  | { readonly name: string; readonly program: readonly [file: string, ...args: string[]] }
  | { readonly name: string; readonly tests: readonly string[] };

export interface Level {
  readonly name: string;
  /** What is real at this level, said before it runs. */
  readonly real: string;
  readonly steps: readonly Step[];
}

const tool = (file: string) => ['node', `node_modules/${file}`] as const;

/** In the order in which they run; the cheapest that can fail goes first. */
export const levels: readonly Level[] = [
  {
    name: 'check',
    real: 'format, lint, types; then the bundles and the VSIX',
    steps: [
      {
        name: 'format',
        program: [...tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
      },
      { name: 'lint', program: [...tool('eslint/bin/eslint.js'), '-c', '.config/eslint.config.mjs', '.'] },
      ...['.', 'webview', 'test'].map((project): Step => ({
        name: `types of ${project}`,
        program: [...tool('typescript/bin/tsc'), '-p', project],
      })),
      { name: 'build and package', program: ['node', 'esbuild.mjs', '--production', '--package'] },
    ],
  },
  {
    name: 'unit',
    real: 'the code, in plain Node',
    steps: [{ name: 'unit', tests: ['test/unit', 'test/support'] }],
  },
  {
    name: 'line',
    real: 'companion, socket, host and the real Codex App Server 0.169.0 and 0.130.0; the model is a stand-in',
    steps: [{ name: 'line', tests: ['test/models', 'test/line'] }],
  },
  {
    name: 'plugin',
    real: 'the real Claude Code 2.1.197 and 2.1.330 with the installed plugin; the model is a stand-in',
    steps: [{ name: 'plugin', tests: ['test/plugin'] }],
  },
  {
    name: 'host',
    real: 'a real VS Code engine in Chromium with the packaged extension, terminal, Codex and Claude Code; the models are stand-ins',
    steps: [{ name: 'host', tests: ['test/engine', 'test/host', 'test/demo'] }],
  },
];
