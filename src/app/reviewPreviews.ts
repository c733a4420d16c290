import { tagged } from '../base/logger.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { listBranches } from '../git/baseBranch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ReviewOrder } from '../protocol/order.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import type { Host } from './host.ts';
import { resolve } from './orderParts.ts';
import { type WhatLeaves, reviewersOf, whatLeaves } from './whatLeaves.ts';

export interface ReviewPreviewsParts {
  host: Pick<Host, 'env' | 'logger' | 'settings'>;
  jobs: Pick<Jobs, 'list'>;
  findings: Pick<FindingStore, 'of'>;
  /** @throws UserError in an untrusted workspace */
  requireTrust(): void;
}

/** What can be known of a review before it starts. Each throws UserError in an untrusted workspace. */
export class ReviewPreviews {
  constructor(private readonly parts: ReviewPreviewsParts) {}

  /**
   * What it would be about.
   * @throws as its placing
   */
  async target(cwd: string, target: TargetRequest): Promise<Target> {
    this.parts.requireTrust();
    return (await resolve(this.parts.host, cwd, target)).target;
  }

  /** Branches to compare with, most recently used first. */
  branches(repository: string): Promise<string[]> {
    this.parts.requireTrust();
    return listBranches(repository, { env: this.parts.host.env });
  }

  /**
   * What it would hand over to whom.
   * @throws as its placing
   */
  async whatLeaves(cwd: string, order: ReviewOrder): Promise<WhatLeaves> {
    this.parts.requireTrust();
    const { host, jobs, findings } = this.parts;
    const { repository, target } = await resolve(host, cwd, order.target);
    const { reviewers, reviewExclude: exclude, secondOpinion } = host.settings();
    const agents = reviewersOf(order.reviewer ?? reviewers);
    const what = await whatLeaves({ ...order, repository, target }, agents, {
      ...{ env: host.env, exclude, logger: tagged(host.logger, 'git') },
      known: () => findings.of(repository),
      jobs: () => jobs.list(repository),
    });
    return agents.length > 1 && secondOpinion !== 'off' ? { ...what, secondOpinion } : what;
  }
}
