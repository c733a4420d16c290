import type { AppServerState } from '../codex/appServer.ts';

/** The App Server for the status bar; empty while none runs. */
export function serverText(state: AppServerState): string {
  switch (state.kind) {
    case 'running': {
      const codex = state.version === '' ? 'Codex' : `Codex ${state.version}`;
      return state.isRemote ? `${codex} at ${state.file}` : `${codex} runs.`;
    }
    case 'starting':
      return 'Codex is being started.';
    case 'failing':
      return 'Codex does not run.';
    case 'stopped':
      return '';
  }
}
