import * as vscode from 'vscode';
import { asMarkdown } from '../../../findings/asMarkdown.ts';
import { type FindingInFile, asPrompt } from '../../../findings/asPrompt.ts';
import type { CommandParts } from '../../commands.ts';
import { currentLines } from '../../currentLines.ts';
import { chosenFindings } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads'>;

/** How long the status bar says so. Milliseconds. */
const shown = 4_000;

/** As a prompt for an agent that is to deal with them. */
export async function copyPrompt(parts: Parts, from?: unknown): Promise<void> {
  await copy(await withLines(parts, from), asPrompt, 'as a prompt');
}

export async function copyMarkdown(parts: Parts, from?: unknown): Promise<void> {
  await copy(await withLines(parts, from), asMarkdown, 'as Markdown');
}

async function copy(
  findings: FindingInFile[],
  as: (findings: readonly FindingInFile[]) => string,
  how: string,
): Promise<void> {
  await vscode.env.clipboard.writeText(as(findings));
  const what = findings.length === 1 ? 'Finding' : `${findings.length} findings`;
  vscode.window.setStatusBarMessage(`${what} copied ${how}`, shown);
}

/** The findings with their lines as they are now, each file read once. */
async function withLines(parts: Parts, from: unknown): Promise<FindingInFile[]> {
  // What was edited since the review has moved them, or is no longer what they are about.
  const findings = (await chosenFindings(parts, from)).map((finding) => parts.places.asItIsNow(finding));
  const files = new Map<string, Promise<string[] | null>>();
  return Promise.all(
    findings.map(async (finding) => {
      const key = [finding.repository, finding.file, finding.place].join('\0');
      const lines = files.get(key) ?? currentLines(finding);
      files.set(key, lines);
      return { finding, lines: await lines };
    }),
  );
}
