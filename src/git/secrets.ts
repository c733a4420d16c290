/** Names of files that hold secrets by custom; only the last part of a path counts. */
const names: readonly RegExp[] = [
  /^\.env/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /^(\.npmrc|\.netrc|_netrc|\.pypirc|\.pgpass|\.htpasswd|\.git-credentials|\.dockercfg)$/,
  // Data only: source code may well be called `credentials.ts`.
  /^(client[-_])?(credentials?|secrets?)([-_.].*)?(?<!\.(c|cc|cpp|cs|ex|go|h|java|js|jsx|kt|md|mjs|php|py|rb|rs|scala|sh|sql|swift|ts|tsx|vue))$/,
  /^service[-_]?account.*\.json$/,
];

/** True if a file of this name usually holds a secret. @param file a path with `/` */
export function isSecretName(file: string): boolean {
  const name = (file.split('/').at(-1) ?? '').toLowerCase();
  return names.some((pattern) => pattern.test(name));
}

/**
 * Text that is a secret: private keys, and tokens whose form their issuers made recognisable. Read by git as well, so
 * only what JavaScript and POSIX extended expressions have in common.
 */
export const secretText = [
  '-----BEGIN [A-Z ]*PRIVATE KEY',
  '(AKIA|ASIA)[0-9A-Z]{16}',
  'gh[pousr]_[0-9A-Za-z]{36}',
  'github_pat_[0-9A-Za-z_]{22}',
  'xox[abposr]-[0-9A-Za-z-]{10}',
  'sk-(ant|proj)-[0-9A-Za-z_-]{20}',
  'sk_live_[0-9A-Za-z]{16}',
  'AIza[0-9A-Za-z_-]{35}',
].join('|');

const secretPattern = new RegExp(secretText);

export function holdsSecret(text: string): boolean {
  return secretPattern.test(text);
}
