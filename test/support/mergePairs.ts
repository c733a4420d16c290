import { readFileSync } from 'node:fs';
import path from 'node:path';
import { contradictions } from '../../src/findings/contradiction.ts';
import type { Worded } from '../../src/findings/likeness.ts';
import { doubtfulPairs, samePairs } from '../../src/findings/merge.ts';
import type { Finding } from '../../src/protocol/finding.ts';

/*
 * What two reviewers wrote about the same code, and which of their findings are the same. Every pair across the two lists of a
 * scene that is not named is of two different findings.
 */

/** Indices into the lists of `codex` and of `claude`. */
type Label = [number, number];

interface Sample extends Pick<
  Finding,
  'title' | 'body' | 'recommendation' | 'priority' | 'confidence' | 'startLine' | 'endLine'
> {
  /** Where it is another one than the scene's. */
  file?: string;
}

export interface Scene {
  file: string;
  language: string;
  /** What makes it worth having, where that is not obvious. */
  about?: string;
  codex: Sample[];
  claude: Sample[];
  same: Label[];
  /** One reviewer says it twice: one of these pairs is to be found, whichever. */
  either?: Label[];
  contradictory?: Label[];
}

export type Half = 'tuning' | 'held-out';

const file = path.resolve(import.meta.dirname, '../fixtures/mergePairs.json');

/** The scenes of one half: in the order of the file, the first is for tuning, the second is held out, and so on. */
export function scenesOf(half: Half): Scene[] {
  const scenes = JSON.parse(readFileSync(file, 'utf8')) as Scene[];
  return scenes.filter((_, index) => (index % 2 === 0 ? 'tuning' : 'held-out') === half);
}

/** How often something was there, was said to be there, and both. */
export interface Counts {
  pairs: number;
  there: number;
  said: number;
  right: number;
}

export interface MergeQuality extends Counts {
  precision: number;
  recall: number;
  /** For whoever looks into it: titles. */
  wrong: string[];
  missed: string[];
  contradictions: Counts & {
    /** Opposite advice that became one finding, which is wrong; and that is left to a second opinion. */
    merged: number;
    asked: number;
  };
}

/** Merges each scene by itself, and compares with its labels. */
export function mergeQuality(scenes: readonly Scene[]): MergeQuality {
  const total = { pairs: 0, there: 0, said: 0, right: 0 };
  const disputes = { ...total, merged: 0, asked: 0 };
  const [wrong, missed]: [string[], string[]] = [[], []];
  for (const scene of scenes) {
    const codex = scene.codex.map((one, index) => worded(scene, one, index));
    const claude = scene.claude.map((one, index) => worded(scene, one, index));
    const titles = (key: string) => {
      const [one, other] = key.split(' ').map(Number);
      return `${scene.file}: ${codex[one ?? 0]?.title ?? ''} / ${claude[other ?? 0]?.title ?? ''}`;
    };
    const keys = (pairs: ReturnType<typeof samePairs>) => pairs.map(({ one, other }) => `${one} ${other}`);
    const wanted = new Set(scene.same.map(keyOf));
    const either = new Set(scene.either?.map(keyOf));
    const said = keys(samePairs(codex, claude));
    const isRight = (key: string) => wanted.has(key) || either.has(key);
    total.pairs += codex.length * claude.length;
    total.there += wanted.size + (either.size > 0 ? 1 : 0);
    total.said += said.length;
    total.right += said.filter(isRight).length;
    wrong.push(...said.filter((key) => !isRight(key)).map(titles));
    missed.push(...[...wanted].filter((key) => !said.includes(key)).map(titles));
    const opposite = new Set((scene.contradictory ?? []).map(keyOf));
    const disputed = keys(contradictions(codex, claude));
    disputes.pairs += codex.length * claude.length;
    disputes.there += opposite.size;
    disputes.said += disputed.length;
    disputes.right += disputed.filter((key) => opposite.has(key)).length;
    disputes.merged += said.filter((key) => opposite.has(key)).length;
    disputes.asked += keys(doubtfulPairs(codex, claude)).filter((key) => opposite.has(key)).length;
  }
  const { there, said, right } = total;
  return {
    ...total,
    precision: said === 0 ? 1 : right / said,
    recall: right / there,
    wrong,
    missed,
    contradictions: disputes,
  };
}

function worded(scene: Scene, one: Sample, index: number): Worded {
  return { file: scene.file, ...one, id: String(index) };
}

function keyOf([one, other]: Label): string {
  return `${one} ${other}`;
}
