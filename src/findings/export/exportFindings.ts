import path from 'node:path';
import { printableJson } from '../../base/printable.ts';
import type { ExportFormat } from '../../protocol/exportFormat.ts';
import { type KnownFinding, isOpen } from '../../protocol/knownFinding.ts';
import { toJson } from './json.ts';
import { toMarkdown } from './markdown.ts';
import { toSarif } from './sarif.ts';

export interface ExportOptions {
  format: ExportFormat;
  /** With what is fixed or dismissed. */
  all: boolean;
  /** Root of the repository; only its name is told. */
  repository: string;
  /** Of Tandem. */
  version: string;
}

/** The findings of a repository as the text of a file. */
export function exportFindings(known: readonly KnownFinding[], options: ExportOptions): string {
  const findings = options.all ? known : known.filter(isOpen);
  switch (options.format) {
    case 'markdown':
      return toMarkdown(findings, { name: path.basename(options.repository) });
    case 'json':
      return `${printableJson(toJson(findings))}\n`;
    case 'sarif':
      return `${printableJson(toSarif(findings, options))}\n`;
  }
}
