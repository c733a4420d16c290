import { type DemoRule, demoNotice, demoRules } from './demoRules.ts';
import { answer, type ModelReply, patches, reasoning, runs, together } from './responsesReply.ts';
import { commandOutput, type ModelRequest } from './responsesRequest.ts';
import { shellQuoted } from './shellQuoted.ts';

/** A finding of the demo reviewer as a prompt names it. */
interface Named {
  readonly title: string;
  readonly rule: DemoRule;
  readonly file: string;
}

/** Rules and files of the findings in a prompt; texts of others are not of our rules and are left out. */
export function namedFindings(prompt: string): readonly Named[] {
  const blocks = prompt.matchAll(/^Title: (.+)\nPlace: (.+), lines? \d+/gm);
  return [...blocks].flatMap(([, title = '', file = '']) => {
    const rule = demoRules.find(({ codex, claude }) => codex?.title === title || claude?.title === title);
    return rule === undefined ? [] : [{ title, rule, file }];
  });
}

/** The demo model as one that fixes its own findings: it reads the files, changes lines by fixed rules, and runs the tests. */
export function fix(request: ModelRequest, named: readonly Named[]): ModelReply {
  const files = [...new Set(named.map(({ file }) => file))];
  if (request.step === 0)
    return together(reasoning(`**Reading the code** ${demoNotice}.`), ...files.map(reads));
  const patch = patchOf(files, request.toolOutputs, named);
  if (patch === null) return answer(`${demoNotice}. It has no rule that could fix this.`);
  if (request.step === 1) return together(reasoning(`**Fixing it** ${demoNotice}.`), patches(patch));
  const [changed, tested] = request.toolOutputs.slice(files.length);
  if (tested !== undefined) return answer(report(named, commandOutput(tested).exitCode));
  if (changed?.includes('Success') !== true) return answer(`${demoNotice}. It could not change the files.`);
  return runs('npm test', {
    sandbox_permissions: 'require_escalated',
    justification: 'npm writes its log outside of the folder of the task.',
  });
}

/** The demo model as the reviewer who is asked whether a finding is fixed: does its pattern still match? */
export function prove(request: ModelRequest, [finding]: readonly Named[]): ModelReply {
  if (finding === undefined) return verdict('cannot tell', 'this finding is not one of its rules.');
  const { file, rule } = finding;
  const [read] = request.toolOutputs.map(commandOutput);
  if (read === undefined) return together(reasoning(`**Looking again** ${demoNotice}.`), reads(file));
  if (read.exitCode !== 0) return verdict('cannot tell', `${file} could not be read.`);
  const line = read.text.split('\n').findIndex((text) => rule.pattern.test(text));
  return line < 0
    ? verdict('fixed', `no line of ${file} matches the pattern any more.`)
    : verdict('still there', `line ${line + 1} of ${file} matches the pattern.`);
}

function verdict(word: 'fixed' | 'still there' | 'cannot tell', reason: string): ModelReply {
  return answer(JSON.stringify({ verdict: word, reason: `${demoNotice}: ${reason}` }));
}

function reads(file: string): ReturnType<typeof runs> {
  return runs(`cat -- ${shellQuoted(file)}`);
}

function patchOf(
  files: readonly string[],
  outputs: readonly string[],
  named: readonly Named[],
): string | null {
  const sections = files.flatMap((file, index) => {
    const read = commandOutput(outputs[index] ?? '');
    const rules = named.filter((finding) => finding.file === file).map(({ rule }) => rule);
    const hunks = read.exitCode === 0 ? hunksOf(read.text.split('\n'), rules) : [];
    return hunks.length === 0 ? [] : [`*** Update File: ${file}`, ...hunks];
  });
  return sections.length === 0 ? null : ['*** Begin Patch', ...sections, '*** End Patch', ''].join('\n');
}

/** One hunk for each line that changes, in their order; equal lines change in the same way, so that none needs context. */
function hunksOf(lines: readonly string[], rules: readonly DemoRule[]): readonly string[] {
  return lines.flatMap((line) => {
    const rule = rules.find((candidate) => candidate.fix !== undefined && candidate.pattern.test(line));
    if (rule?.fix === undefined) return [];
    const fixed = rule.fix(line);
    if (fixed === line) return [];
    return ['@@', `-${line}`, ...(fixed === null ? [] : [`+${fixed}`])];
  });
}

function report(named: readonly Named[], testsExit: number | undefined): string {
  const fixed = named
    .filter(({ rule }) => rule.fix !== undefined)
    .map(({ title, file }) => `${title} (\`${file}\`)`);
  const tests =
    testsExit === 0
      ? '`npm test` passes.'
      : testsExit === undefined
        ? 'The tests were not run.'
        : '`npm test` fails.';
  return `${demoNotice}. It changed the lines that match: ${fixed.join('; ')}. ${tests}`;
}
