import * as vscode from 'vscode';
import { asMarkdown } from '../../../findings/asMarkdown.ts';
import { type FindingInFile, asPrompt } from '../../../findings/asPrompt.ts';
import type { CommandParts } from '../../commands.ts';
import { findingsInFiles } from './findingsInFiles.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads'>;

/** How long the status bar says so. Milliseconds. */
const shown = 4_000;

/** As a prompt for an agent that is to deal with them. */
export async function copyPrompt(parts: Parts, from?: unknown): Promise<void> {
  await copy(await findingsInFiles(parts, from), asPrompt, 'as a prompt');
}

export async function copyMarkdown(parts: Parts, from?: unknown): Promise<void> {
  await copy(await findingsInFiles(parts, from), asMarkdown, 'as Markdown');
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
