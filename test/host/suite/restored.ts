import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

    it('shows no finding where its text is gone, and shows it again with the text', async () => {
      const file = path.join(workspace(), 'src/price.ts');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, 'export {};\n');
      await waitFor('only the finding of the other file', () => {
        assert.deepEqual(diagnostics(), shopDiagnostics.slice(2));
        return true;
      });
      writeFileSync(file, text);
      await waitFor('all of them', () => diagnostics().length === 3);
    });
  });
}
