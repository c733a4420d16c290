import { contradictions } from '../../src/findings/contradiction.ts';
import type { Worded } from '../../src/findings/likeness.ts';
import { samePairs } from '../../src/findings/merge.ts';
import { type MergeQuality, mergeQuality, scenesOf } from '../support/mergePairs.ts';
import { timeInTurns } from './sample.ts';

export interface MergeTimes {
  /** Merging two reviews of 1,000 and of 10,000 findings each: in files of ten, and all in one file. ms. */
  readonly spread: readonly number[];
  readonly together: readonly number[];
}

/** How long it takes to find out what two reviewers both found, and how they contradict each other. */
export async function measureMerge(rounds: number): Promise<MergeTimes> {
  const times = await timeInTurns(
    {
      spread1000: merging(1_000, 10),
      spread10000: merging(10_000, 10),
      together1000: merging(1_000, 1_000),
      together10000: merging(10_000, 10_000),
    },
    rounds,
  );
  return {
    spread: [times.spread1000, times.spread10000],
    together: [times.together1000, times.together10000],
  };
}

/** How right the merge is by the labelled pairs: of those it was tuned with, and of those it was not. */
export function measureMergeQuality(): { tuning: MergeQuality; heldOut: MergeQuality } {
  return { tuning: mergeQuality(scenesOf('tuning')), heldOut: mergeQuality(scenesOf('held-out')) };
}

function merging(count: number, perFile: number): () => Promise<void> {
  const scenes = [...scenesOf('tuning'), ...scenesOf('held-out')];
  const samples = {
    codex: scenes.flatMap(({ codex }) => codex),
    claude: scenes.flatMap(({ claude }) => claude),
  };
  const listed = (of: readonly Omit<Worded, 'id' | 'file'>[]): Worded[] =>
    Array.from({ length: count }, (_, index) => {
      const { title = '', body = '', recommendation = '' } = of[index % of.length] ?? {};
      const startLine = 1 + 12 * (index % perFile);
      const file = `src/${Math.floor(index / perFile)}.ts`;
      return { id: String(index), title, body, recommendation, file, startLine, endLine: startLine + 4 };
    });
  const [ones, others] = [listed(samples.codex), listed(samples.claude)];
  return () => {
    samePairs(ones, others);
    contradictions(ones, others);
    return Promise.resolve();
  };
}
