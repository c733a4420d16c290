import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorCode } from '../base/errors.ts';
import type { Finding } from '../protocol/finding.ts';
import { findingFile } from './findingFile.ts';
import { workspaceFolders } from './host.ts';

/** Larger files are not read. Bytes. */
const maxBytes = 2 * 1024 * 1024;

/** The lines of a finding's file: of the editor where it is open, else of the disk; null if neither can be had. */
export async function currentLines(finding: Finding): Promise<string[] | null> {
  const file = await findingFile(finding, workspaceFolders());
  if (file === null) return null;
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  const text = open?.getText() ?? (await textOf(file));
  return text?.split(/\r\n|\n|\r/) ?? null;
}

async function textOf(file: string): Promise<string | null> {
  try {
    return (await stat(file)).size > maxBytes ? null : await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
