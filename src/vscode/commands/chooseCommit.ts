import { listCommits } from '../../git/commits.ts';
import { pickOrType } from './pickOrType.ts';

/** So many of the newest ones are offered. */
const offered = 50;

/**
 * Asks which commit to review: one of the newest, or whatever names one.
 * @throws CancelledError if none is picked
 */
export function chooseCommit(repository: string, env: NodeJS.ProcessEnv): Promise<string> {
  const question = { title: 'Review Commit', placeholder: 'Which commit? Any name of one will do' };
  return pickOrType(question, async () => {
    const commits = await listCommits(repository, offered, { env });
    return commits.map(({ sha, title, author, date }) => ({
      label: title === '' ? sha.slice(0, 7) : title,
      description: [sha.slice(0, 7), author, new Date(date).toLocaleDateString()].join(', '),
      value: sha,
    }));
  });
}
