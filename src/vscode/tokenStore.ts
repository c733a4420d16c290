import type * as vscode from 'vscode';

type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

/** Tokens for App Servers elsewhere, each by the address that it is for: another address is never sent it. */
export class TokenStore {
  constructor(private readonly secrets: Secrets) {}

  /** Empty if none is set. */
  async read(endpoint: string): Promise<string> {
    return (await this.secrets.get(keyOf(endpoint))) ?? '';
  }

  /** @param token empty to forget it */
  async write(endpoint: string, token: string): Promise<void> {
    if (token === '') await this.secrets.delete(keyOf(endpoint));
    else await this.secrets.store(keyOf(endpoint), token);
  }
}

function keyOf(endpoint: string): string {
  return `tandem.appServer.token ${endpoint}`;
}
