import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { importSarif as readLog } from '../../findings/import/importSarif.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { chooseRepository } from '../repositories.ts';

const title = 'Import SARIF Log';
const showSkipped = 'Show What Was Left Out';

/**
 * Makes the results of a SARIF log findings of its tool.
 * @throws CancelledError if no file is picked, UserError if it is no SARIF log
 */
export async function importSarif({ app, log }: Pick<CommandParts, 'app' | 'log'>): Promise<void> {
  const repository = await chooseRepository(app);
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Import',
      canSelectMany: false,
      defaultUri: vscode.Uri.file(repository),
      filters: { SARIF: ['sarif', 'json'] },
    })) ?? [];
  if (!file) throw new CancelledError();
  const name = plainText(path.basename(file.fsPath));
  const { findings, skipped } = await readLog(file.fsPath, repository);
  if (findings.length > 0) await app.findings.importFindings(repository, findings);
  for (const sentence of skipped) log.info(`${file.fsPath}: ${sentence}`);
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  const more = skipped.length === 0 ? '' : ' Some results were left out.';
  const actions = skipped.length === 0 ? [] : [showSkipped];
  const answer = await vscode.window.showInformationMessage(
    `Imported ${count} from ${name}.${more}`,
    ...actions,
  );
  if (answer === showSkipped) log.show();
}
