import { type Voice, voiceName } from '../../protocol/finding.ts';
import type { SarifRule } from './sarifLog.ts';

/*
 * A reviewer follows no list of rules. Each has one rule all the same, because GitHub wants rules, and the same one for a
 * finding whenever it is uploaded: a priority, which may be another one next time, or a title would not do.
 */

const ids: Readonly<Record<Voice, string>> = {
  codex: 'codex/review',
  claude: 'claude/review',
  sarif: 'imported/finding',
};

/** @param tool name of the run's tool */
export function ruleOf(voice: Voice, tool: string): SarifRule {
  return voice === 'sarif' ? importedRule(tool) : reviewRule(voice);
}

function reviewRule(voice: Voice): SarifRule {
  const name = voiceName(voice);
  return {
    id: ids[voice],
    name: `${name}Review`,
    shortDescription: { text: `Code review by ${name}` },
    fullDescription: { text: `A problem that ${name} reported when it reviewed the code.` },
    help: {
      text: `${name} is a language model and may be wrong. Look at the code before you change it; dismiss the finding with a reason if it is a false alarm.`,
    },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['code-review'] },
  };
}

function importedRule(tool: string): SarifRule {
  return {
    id: ids.sarif,
    name: 'ImportedFinding',
    shortDescription: { text: `Reported by ${tool}` },
    fullDescription: { text: `A result of ${tool} that was imported into Tandem.` },
    help: { text: `The documentation of ${tool} explains its results.` },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: [] },
  };
}
