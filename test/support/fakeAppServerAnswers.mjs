/** Answers of the fake App Server that need no thread, in the words of codex 0.169 (facts: app-server.md 1). */

export function initializeResult(clientName, version) {
  return {
    userAgent: `${clientName}/${version} (Fake 1.0; x86_64) unknown (${clientName}; 0)`,
    codexHome: process.env.CODEX_HOME ?? '/fake/.codex',
    platformFamily: 'unix',
    platformOs: 'linux',
  };
}

export function createAccountAnswers(behaviour) {
  const requiresOpenaiAuth = behaviour === 'notLoggedIn';
  const sandboxWorks = behaviour !== 'sandboxBroken';
  return {
    'account/read': () => ({
      result: { account: null, userId: null, requiresOpenaiAuth, workspaceRouting: null },
    }),
    getAuthStatus: () => ({ result: { authMethod: null, authToken: null, requiresOpenaiAuth } }),
    // The import that it announces never comes to an end.
    'externalAgentConfig/import': () => ({ result: { importId: 'fake-import' } }),
    'account/rateLimits/read': () => ({ error: 'codex account authentication required to read rate limits' }),
    'config/read': () => ({ result: { config: { mcp_servers: {} }, origins: {}, layers: null } }),
    'model/list': () => ({
      result: { data: [model('gpt-5.5', true), model('gpt-5.6-luna', false)], nextCursor: null },
    }),
    'command/exec': () => ({
      result: sandboxWorks
        ? { exitCode: 0, stdout: '', stderr: '' }
        : { exitCode: 1, stdout: '', stderr: brokenSandboxText },
    }),
  };
}

/** What every command prints when the machine forbids user namespaces (facts: app-server.md 4.5). */
export const brokenSandboxText = 'bwrap: Creating new namespace failed: Operation not permitted\n';

function model(id, isDefault) {
  const efforts = ['low', 'medium', 'high'];
  return {
    id,
    model: id,
    displayName: id,
    description: 'A model of the fake App Server.',
    hidden: false,
    supportedReasoningEfforts: efforts.map((reasoningEffort) => ({
      reasoningEffort,
      description: reasoningEffort,
    })),
    defaultReasoningEffort: 'medium',
    isDefault,
  };
}
