import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { UserError } from '../base/errors.ts';
import type { FindingAction, HostMessage, PageCommand, PageMessage } from '../protocol/findingsPage.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { PlaceNow } from '../protocol/pageSlices.ts';
import type { CommandId } from './contributions.ts';
import { placeNow } from './movedPlaces.ts';
import { FindingOpener, openRepositoryFile } from './openFinding.ts';
import { findingDetail, runDetail } from './snapshot.ts';

/** What the page may ask for; nothing else is run on its behalf. */
const commands: Readonly<Record<PageCommand, CommandId | 'workbench.trust.manage'>> = {
  review: 'tandem.reviewChanges',
  cancel: 'tandem.cancelReview',
  clear: 'tandem.clearFindings',
  showLog: 'tandem.showLog',
  showRaw: 'tandem.showRawAnswer',
  restart: 'tandem.restartAppServer',
  manageTrust: 'workbench.trust.manage',
};

/** Each gets the ids of the findings. */
const actions: Readonly<Record<FindingAction, string>> = {
  dismiss: 'tandem.finding.dismiss',
  dismissInFile: 'tandem.finding.dismissInFile',
  resolve: 'tandem.finding.resolve',
  reopen: 'tandem.finding.reopen',
  part: 'tandem.finding.part',
  joinAgain: 'tandem.finding.joinAgain',
  fixWithCodex: 'tandem.finding.fixWithCodex',
  fixWithClaude: 'tandem.finding.fixWithClaude',
  askOther: 'tandem.finding.askOther',
  tieBreak: 'tandem.finding.tieBreak',
  race: 'tandem.finding.race',
  proveFix: 'tandem.finding.proveFix',
  copyPrompt: 'tandem.finding.copyPrompt',
  copyMarkdown: 'tandem.finding.copyMarkdown',
  explain: 'tandem.finding.explain',
  lookForMore: 'tandem.finding.lookForMore',
  openReviewed: 'tandem.finding.openReviewed',
  export: 'tandem.exportFindings',
};

const showRaw: CommandId = 'tandem.showRawAnswer';
const compare: CommandId = 'tandem.compareReviews';

type Request = Exclude<PageMessage, { type: 'ready' }>;

export interface PageRequestsParts {
  readonly app: Pick<App, 'findings' | 'jobs'>;
  /** Where a finding is now; undefined where nothing but the record is known. */
  readonly placeOf: (id: string) => PlaceNow | undefined;
  /** Where places are opened; left out for the active editors. */
  readonly column?: vscode.ViewColumn;
}

/** Does what the page asks for. It shows model text and is not trusted: only known findings, known commands, safe addresses. */
export class PageRequests {
  private readonly opener: FindingOpener;

  constructor(
    private readonly parts: PageRequestsParts,
    private readonly post: (message: HostMessage) => void,
  ) {
    this.opener = new FindingOpener(parts.column);
  }

  /** @throws UserError for what cannot be done */
  async follow(message: Request): Promise<void> {
    switch (message.type) {
      case 'open':
        return this.opener.open(this.present(message.id), message.preserveFocus);
      case 'act':
        for (const id of message.ids) this.known(id);
        return run(actions[message.action], message.ids);
      case 'detail':
        return this.sendDetail(message.id);
      case 'runDetail':
        return this.sendRunDetail(message.id);
      case 'command':
        return run(commands[message.command]);
      case 'raw':
        return run(showRaw, message.run);
      case 'compare':
        return run(compare, message.run);
      case 'link':
        return openLink(message.href);
      case 'file':
        return this.openFile(message);
    }
  }

  private known(id: string): KnownFinding {
    const finding = this.parts.app.findings.find(id);
    if (!finding) throw new UserError('This finding is no longer there.');
    return finding;
  }

  private present(id: string): KnownFinding {
    const now = this.parts.placeOf(id);
    return { ...this.known(id), ...(now && placeNow(now)) };
  }

  private async sendDetail(id: string): Promise<void> {
    const finding = this.parts.app.findings.find(id);
    const detail = finding ? findingDetail(finding, await this.result(finding.job)) : null;
    this.post({ type: 'detail', id, detail });
  }

  private async sendRunDetail(id: string): Promise<void> {
    const { jobs } = this.parts.app;
    const job = await jobs.find(id);
    const result = job ? await jobs.result(job) : null;
    this.post({ type: 'runDetail', id, detail: job && result ? runDetail(job, result) : null });
  }

  private async result(id: string) {
    const { jobs } = this.parts.app;
    const job = id === '' ? null : await jobs.find(id);
    return job ? jobs.result(job) : null;
  }

  private async openFile({ repository, path, line }: Extract<Request, { type: 'file' }>): Promise<void> {
    const isKnown =
      this.parts.app.findings.all().some((finding) => finding.repository === repository) ||
      (await this.parts.app.jobs.list(repository)).length > 0;
    if (!isKnown) throw new UserError('This repository is not open in this window.');
    await openRepositoryFile(repository, path, line, this.parts.column);
  }
}

async function run(command: string, ...given: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...given);
}

async function openLink(href: string): Promise<void> {
  if (!/^https?:\/\//i.test(href)) throw new UserError('Only links to http and https are opened.');
  await vscode.env.openExternal(vscode.Uri.parse(href, true));
}
