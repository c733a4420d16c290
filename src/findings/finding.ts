import type { Finding, Priority } from '../protocol/finding.ts';
import type { Structure } from '../protocol/job.ts';
import type { News } from '../protocol/report.ts';

export { type Finding, type Priority, type ReviewerId, priorities } from '../protocol/finding.ts';

/** A finding as a reviewer reported it: nothing in it has been checked. */
export interface ReportedFinding {
  /** Without the `[Pn]` tag. */
  title: string;
  body: string;
  /** Empty where there is none. */
  recommendation: string;
  /** From the field, else from the title's tag, else P2. */
  priority: Priority;
  /** 0 to 1, or null. */
  confidence: number | null;
  /** As written: absolute, relative, elsewhere, or empty. */
  path: string;
  /** As written: may be 0, negative, or the wrong way round. 1-based if right; null if there was none. */
  startLine: number | null;
  endLine: number | null;
}

/** What a reviewer says of an earlier finding that it was told about. Model text, the id too. */
export interface EarlierStatus {
  id: string;
  status: 'fixed' | 'still there' | 'cannot tell';
  reason: string;
}

/** A reviewer's answer as far as it could be read. */
export interface ReviewOutput {
  findings: ReportedFinding[];
  /** The reviewer's own word, e.g. `patch is correct` or `approve`; empty if the reviewer did not say. */
  correctness: string;
  explanation: string;
  /** 0 to 1, or null. */
  confidence: number | null;
  nextSteps: string[];
  /** Empty where the reviewer was not asked, or did not say. */
  earlier: EarlierStatus[];
}

/** An answer that could be read, and how surely: the reviewer's own JSON, or recovered from text. */
export interface ReadOutput {
  output: ReviewOutput;
  structure: Exclude<Structure, 'raw'>;
}

/** What became of the findings of a review. */
export interface Recorded {
  /** As they are known from then on, without those that are dismissed. */
  findings: Finding[];
  /** Titles of those that were reported again though they are dismissed. */
  dismissed: string[];
  news: News;
}
