import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { groupBy } from '../base/groupBy.ts';
import { Throttle } from '../base/throttle.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { priorities } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { commentControllerId } from './contributions.ts';
import type { JobWatch } from './jobWatch.ts';
import type { FindingInText, PlacesOfFindings } from './placesOfFindings.ts';
import { type ThreadComment, isToldInThread, threadComments, threadLabel } from './threadTexts.ts';
import { untrustedMarkdown } from './untrustedMarkdown.ts';

/** Between two updates, so that neither typing nor a talkative reviewer keeps the editor busy. Milliseconds. */
const updateInterval = 100;

/** A document with more findings shows the threads of the most urgent ones. */
const maxThreads = 200;

export interface FindingThreadsParts {
  findings: Pick<FindingStore, 'find' | 'onDidChange'>;
  places: PlacesOfFindings;
  watch: Pick<JobWatch, 'running' | 'onDidChange'>;
  enabled(): boolean;
  /** Shows the place of a finding in the editor. */
  open(finding: KnownFinding): Promise<void>;
}

interface Shown {
  readonly thread: vscode.CommentThread;
  /** What was drawn last, so that only changes are drawn. */
  finding?: KnownFinding;
  questions: string;
}

/**
 * The findings of visible documents as comment threads. A thread lives until its document is closed, its finding is
 * dismissed, or the text that was found is gone, and is only ever changed, never made anew: somebody may be writing a reply
 * in it.
 */
export class FindingThreads implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController(commentControllerId, 'Tandem');
  private readonly shown = new Map<string, Shown>();
  private readonly ids = new WeakMap<object, string>();
  private readonly updates = new Throttle(updateInterval, () => this.update());
  private readonly subscriptions: Disposable[];

  constructor(private readonly parts: FindingThreadsParts) {
    this.controller.options = {
      prompt: 'Ask the reviewer about this finding…',
      placeHolder: 'What would you like to know about this finding? The reviewer answers here.',
    };
    const update = () => this.updates.request();
    this.subscriptions = [
      this.controller,
      this.updates,
      parts.findings.onDidChange(update),
      parts.places.onDidChangePlaces(update),
      parts.watch.onDidChange(update),
      vscode.window.onDidChangeVisibleTextEditors(update),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.drop(uri)),
    ];
    update();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.shown.clear();
  }

  /** Brings the threads of visible documents up to date; also to be called when the setting has changed. */
  update(): void {
    const wanted = this.parts.enabled() ? this.wanted() : new Map<string, FindingInText>();
    for (const id of this.shown.keys()) if (!wanted.has(id) && !this.stays(id)) this.remove(id);
    for (const [id, placed] of wanted) this.place(id, placed);
    const running = this.parts.watch.running.filter(({ kind }) => isToldInThread(kind));
    const questions = groupBy(running, ({ finding }) => finding);
    for (const [id, shown] of this.shown) {
      const finding = this.parts.findings.find(id);
      if (finding) draw(shown, finding, questions.get(id) ?? []);
    }
  }

  /**
   * Shows a finding's place with its thread open.
   * @returns false where it has no thread
   */
  async reveal(id: string): Promise<boolean> {
    const placed = this.parts.places.placeOf(id);
    if (!placed || !this.parts.enabled()) return false;
    await this.parts.open(placed.finding);
    this.update();
    const thread = this.shown.get(id)?.thread;
    if (!thread) return false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return true;
  }

  /** Whether somebody who looks at the window has the finding's thread before them. */
  isInSight(id: string): boolean {
    const thread = this.shown.get(id)?.thread;
    if (!thread || !vscode.window.state.focused) return false;
    return vscode.window.visibleTextEditors.some(
      ({ document, visibleRanges }) =>
        document.uri.toString() === thread.uri.toString() &&
        visibleRanges.some((visible) => thread.range && visible.intersection(thread.range)),
    );
  }

  /** Id of the finding of a thread of ours, which a menu handed over. */
  findingOf(from: unknown): string | undefined {
    return typeof from === 'object' && from !== null ? this.ids.get(from) : undefined;
  }

  /** What VS Code hands over where a reply is sent. */
  replyOf(from: unknown): { finding: string; text: string } | undefined {
    if (typeof from !== 'object' || from === null || !('thread' in from) || !('text' in from))
      return undefined;
    const finding = this.findingOf(from.thread);
    return finding === undefined || typeof from.text !== 'string' ? undefined : { finding, text: from.text };
  }

  /** Open findings of visible documents, by their ids. */
  private wanted(): Map<string, FindingInText> {
    const documents = new Map(
      vscode.window.visibleTextEditors.map(({ document }) => [document.uri.toString(), document]),
    );
    const placed = [...documents.values()].flatMap((document) => this.inDocument(document));
    // Of documents that are open but hidden the threads stay.
    for (const [id, { thread }] of this.shown) {
      const place = this.parts.places.placeOf(id);
      if (place && !documents.has(thread.uri.toString()) && isOpen(place.finding)) placed.push(place);
    }
    return new Map(placed.map((one) => [one.finding.id, one]));
  }

  private inDocument({ uri, lineCount }: vscode.TextDocument): FindingInText[] {
    const all = this.parts.places.at(uri, new vscode.Range(0, 0, lineCount, 0));
    const open = all.filter(({ finding }) => isOpen(finding));
    if (open.length <= maxThreads) return open;
    const urgency = ({ finding }: FindingInText) => priorities.indexOf(finding.priority);
    return open.sort((a, b) => urgency(a) - urgency(b)).slice(0, maxThreads);
  }

  /** What was marked as fixed stays as resolved, so that it can be taken back where it was done. */
  private stays(id: string): boolean {
    return this.parts.enabled() && this.parts.findings.find(id)?.state === 'fixed';
  }

  private place(id: string, { finding, uri, range }: FindingInText): void {
    const shown = this.shown.get(id);
    if (shown?.thread.uri.toString() === uri.toString()) {
      if (!shown.thread.range?.isEqual(range)) shown.thread.range = range;
      return;
    }
    this.remove(id);
    // One without comments is a new one to VS Code, which then opens the field for a reply.
    const comments = threadComments(finding, []).map(commentOf);
    const thread = this.controller.createCommentThread(uri, range, comments);
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    this.shown.set(id, { thread, questions: '' });
    this.ids.set(thread, id);
  }

  private remove(id: string): void {
    this.shown.get(id)?.thread.dispose();
    this.shown.delete(id);
  }

  private drop(uri: vscode.Uri): void {
    for (const [id, { thread }] of [...this.shown])
      if (thread.uri.toString() === uri.toString()) this.remove(id);
  }
}

/** Changes the thread where it differs from what was drawn last. */
function draw(shown: Shown, finding: KnownFinding, questions: readonly Job[]): void {
  const states = questions.map(({ id, state }) => `${id} ${state}`).join();
  if (finding === shown.finding && states === shown.questions) return;
  shown.finding = finding;
  shown.questions = states;
  const { thread } = shown;
  thread.label = threadLabel(finding);
  thread.contextValue = finding.state;
  thread.state = isOpen(finding) ? vscode.CommentThreadState.Unresolved : vscode.CommentThreadState.Resolved;
  thread.comments = threadComments(finding, questions).map(commentOf);
}

function commentOf({ author, text, at }: ThreadComment): vscode.Comment {
  return {
    author: { name: author },
    body: untrustedMarkdown(text),
    mode: vscode.CommentMode.Preview,
    ...(at !== null && { timestamp: new Date(at) }),
  };
}
