import * as vscode from 'vscode';
import { Throttle } from '../base/throttle.ts';
import type { TaskChanges } from '../app/taskChanges.ts';
import type { JobList } from '../jobs/jobList.ts';
import { isTerminal } from '../protocol/job.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type CommandId, jobsViewId } from './contributions.ts';
import type { WorkNode } from './jobWork.ts';
import {
  type JobNode,
  type Section,
  type SectionId,
  countText,
  jobTooltip,
  jobsTree,
  sectionIds,
} from './jobsTree.ts';

/** What VS Code knows of a section: the same object as long as the tree lives. */
interface SectionNode {
  readonly section: SectionId;
}
type Node = SectionNode | JobNode | WorkNode;

const sectionNodes: readonly SectionNode[] = sectionIds.map((section) => ({ section }));
const sectionLabels: Readonly<Record<SectionId, string>> = {
  running: 'Running',
  waiting: 'Waiting',
  finished: 'Finished',
};

/** Between two looks at the list, so that a talkative job does not keep the tree busy. Milliseconds. */
const drawInterval = 500;
/** The shown times are minutes. Milliseconds. */
const tick = 60_000;

const openResult: CommandId = 'tandem.job.openResult';
const showFile: CommandId = 'tandem.job.showFile';

/** All jobs of the workspace as a tree. Nothing is drawn, and no timer runs, while it is hidden or nothing happens. */
export class JobsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly draws = new Throttle(drawInterval, () => this.draw());
  private readonly subscriptions: vscode.Disposable;
  private sections: readonly Section[] = [];
  /** What VS Code knows of a job: the same object as long as the job is listed. */
  private readonly nodes = new Map<string, JobNode>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly list: JobList,
    private readonly changesOfTasks: TaskChanges,
    private readonly jobs: Pick<Jobs, 'work' | 'onDidWork'>,
  ) {
    this.view = vscode.window.createTreeView(jobsViewId, { treeDataProvider: this });
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.view,
      this.draws,
      list.onDidChange(() => this.draws.request()),
      changesOfTasks.onDidChange(() => this.draws.request()),
      jobs.onDidWork(() => this.draws.request()),
      this.view.onDidChangeVisibility(() => this.draws.request()),
    );
  }

  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${jobsViewId}.focus`);
  }

  getChildren(node?: Node): Node[] {
    if (!node) return sectionNodes.filter(({ section }) => this.jobsOf(section).length > 0);
    if (isSection(node)) return [...this.jobsOf(node.section)];
    return isWork(node) ? [] : [...node.work];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (isSection(node)) return sectionItem(node.section, this.jobsOf(node.section).length);
    return isWork(node) ? workItem(node) : jobItem(node);
  }

  /** Asked for when it is about to be shown. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (isSection(node) || isWork(node)) return item;
    const tooltip = new vscode.MarkdownString(jobTooltip(node, Date.now()));
    tooltip.isTrusted = false;
    tooltip.supportHtml = false;
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    clearInterval(this.timer);
    this.subscriptions.dispose();
  }

  private jobsOf(section: SectionId): readonly JobNode[] {
    return this.sections.find(({ id }) => id === section)?.jobs ?? [];
  }

  private draw(): void {
    const jobs = this.list.all();
    const sections = jobsTree(
      jobs,
      Date.now(),
      (job) => this.changesOfTasks.seen(job),
      (job) => this.jobs.work(job),
    );
    const different = changed(this.sections, sections);
    this.sections = sections.map((section) => ({
      ...section,
      jobs: section.jobs.map((job) => this.kept(job)),
    }));
    this.forgetOthers();
    this.view.description = countText(jobs);
    const rows = different?.map((row) => ('key' in row ? (this.nodes.get(row.key) ?? row) : row));
    if (rows === undefined || rows.length > 0) this.changes.fire(rows);
    this.keepTime(this.view.visible && jobs.some(({ job }) => !isTerminal(job.state)));
  }

  private kept(job: JobNode): JobNode {
    const node = this.nodes.get(job.key) ?? { ...job };
    this.nodes.set(job.key, node);
    return Object.assign(node, job);
  }

  private forgetOthers(): void {
    const listed = new Set(this.sections.flatMap(({ jobs }) => jobs.map(({ key }) => key)));
    for (const key of this.nodes.keys()) if (!listed.has(key)) this.nodes.delete(key);
  }

  private keepTime(isNeeded: boolean): void {
    if (isNeeded === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = isNeeded ? setInterval(() => this.passTime(), tick) : undefined;
  }

  private passTime(): void {
    this.list.refresh();
    this.draws.request();
  }
}

function isSection(node: Node): node is SectionNode {
  return 'section' in node;
}

function isWork(node: JobNode | WorkNode): node is WorkNode {
  return 'file' in node;
}

/**
 * The jobs that look different now, and the sections that have other jobs; undefined for the whole tree. While VS Code asks
 * again for the jobs of a section it knows none of them, and what is chosen on one then goes to nobody: as rarely as can be.
 */
function changed(
  before: readonly Section[],
  after: readonly Section[],
): (SectionNode | JobNode)[] | undefined {
  const ids = (sections: readonly Section[]) => sections.map(({ id }) => id).join();
  if (ids(before) !== ids(after)) return undefined;
  return after.flatMap(({ id, jobs }, index): (SectionNode | JobNode)[] => {
    const former = before[index]?.jobs ?? [];
    // With something below it, it is another item (see `jobItem`).
    const keys = (nodes: readonly JobNode[]) => nodes.map((node) => jobItem(node).id).join();
    if (keys(former) !== keys(jobs)) return sectionNodes.filter(({ section }) => section === id);
    return jobs.filter((job, place) => look(job) !== look(former[place]));
  });
}

function look(job: JobNode | undefined): string {
  if (!job) return '';
  const { label, description, icon, flags, work } = job;
  return JSON.stringify([
    ...[label, description, icon, flags],
    work.map((node) => [node.key, node.label, node.description, node.icon]),
  ]);
}

function sectionItem(section: SectionId, count: number): vscode.TreeItem {
  const label = sectionLabels[section];
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = section;
  item.description = String(count);
  item.contextValue = 'section';
  item.accessibilityInformation = { label: `${label}, ${count === 1 ? '1 job' : `${count} jobs`}` };
  return item;
}

function jobItem(node: JobNode): vscode.TreeItem {
  const { key, label, description, icon, spoken, flags } = node;
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, node.work.length > 0 ? Expanded : None);
  // What VS Code knows without children stays closed once there are some: then it is another item.
  item.id = node.work.length > 0 ? `${key}/work` : key;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(
    icon.name,
    icon.color === null ? undefined : new vscode.ThemeColor(icon.color),
  );
  item.contextValue = ['job', ...flags].join(' ');
  item.accessibilityInformation = { label: spoken };
  item.command = { command: openResult, title: 'Open Result', arguments: [node] };
  return item;
}

function workItem({ key, label, description, icon, spoken, file }: WorkNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = key;
  item.description = description;
  item.accessibilityInformation = { label: spoken };
  item.iconPath = icon === null ? vscode.ThemeIcon.File : new vscode.ThemeIcon(icon);
  if (file === null) return item;
  // Its name alone gives it its icon; that it is a file of that kind nobody asserts.
  item.resourceUri = vscode.Uri.from({ scheme: 'tandem-work', path: `/${label}` });
  item.command = { command: showFile, title: 'Show Changes so Far', arguments: [file] };
  return item;
}
