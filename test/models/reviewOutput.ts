/** What the review prompt of Codex asks the model for, as JSON text (0.130 and 0.169; facts: app-server.md 2.3). */
export interface ReviewOutput {
  readonly findings: readonly ReviewOutputFinding[];
  readonly overall_correctness: 'patch is correct' | 'patch is incorrect';
  readonly overall_explanation: string;
  readonly overall_confidence_score: number;
}

export interface ReviewOutputFinding {
  /** Begins with the priority: `[P1] …`. */
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** 0 to 1. */
  readonly confidence_score: number;
  readonly priority: 0 | 1 | 2 | 3;
  readonly code_location: {
    readonly absolute_file_path: string;
    /** 1-based, both ends included. */
    readonly line_range: { readonly start: number; readonly end: number };
  };
}
