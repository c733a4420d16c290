import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../../engine/wait.ts';
import { diagnostics, namesIn, shopDiagnostics, variable, workspace } from './window.ts';

export function defineRestored(): void {
  describe('a new window on the same folder', () => {
    it('has the findings again, without a review', async () => {
      await waitFor('the diagnostics', () => diagnostics().length === 3);
      assert.deepEqual(diagnostics(), shopDiagnostics);
    });

    it('has removed what the former window left, and listens itself', async () => {
      await waitFor('the socket', () => namesIn(path.join(variable('TANDEM_HOME'), 'hosts')).length === 1);
    });

    it('clamps a finding to a file that has become shorter since', async () => {
      const file = path.join(workspace(), 'src/price.ts');
      writeFileSync(file, 'export {};\n');
      await vscode.workspace.openTextDocument(file);
      await waitFor('new ranges', () =>
        diagnostics()
          .filter((shown) => shown.file === 'src/price.ts')
          .every(({ range }) => range[0] === 2 && range[2] === 2),
      );
    });
  });
}
