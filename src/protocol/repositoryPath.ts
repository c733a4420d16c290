/**
 * True for a path that can only lead into the folder that it is taken from: relative, with `/`, without `..`, drive, device or
 * alternate stream. Links on the disk are another matter: who opens it resolves them.
 */
export function isRepositoryPath(path: string): boolean {
  // eslint-disable-next-line no-control-regex -- no file that a reviewer means has them
  if (path === '' || /[\u0000-\u001f\\:*?"<>|]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
