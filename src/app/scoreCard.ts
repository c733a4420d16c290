import path from 'node:path';
import { printableJson } from '../base/printable.ts';
import { scoreJson } from '../findings/export/scoreJson.ts';
import { scoreMarkdown } from '../findings/export/scoreMarkdown.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { scoreRows } from '../findings/scoreCard.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { kindOfId } from '../jobs/newJob.ts';

/** The score card of a repository, for people and for programs. */
export interface ScoreCard {
  markdown: string;
  /** Text of a JSON file. */
  json: string;
}

/** Reads the score card of a repository from what is known of its findings and jobs now. */
export async function readScoreCard(
  { findings, jobs }: { findings: Pick<FindingStore, 'of'>; jobs: Pick<Jobs, 'list'> },
  repository: string,
): Promise<ScoreCard> {
  const known = new Map((await jobs.list(repository)).map((job) => [job.id, job]));
  const rows = scoreRows(await findings.of(repository), (id) => {
    const job = known.get(id);
    // What came of a deleted job is still known, and its id tells its kind.
    return { kind: job?.kind ?? kindOfId(id), model: job?.model ?? null };
  });
  return {
    markdown: scoreMarkdown(rows, { name: path.basename(repository) }),
    json: `${printableJson(scoreJson(rows))}\n`,
  };
}
