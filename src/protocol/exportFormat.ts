/** What findings can be exported as: a report for people, data for programs, and a log for other tools (SARIF 2.1.0). */
export const exportFormats = ['markdown', 'json', 'sarif'] as const;
export type ExportFormat = (typeof exportFormats)[number];
