import * as z from 'zod/mini';
import type { Decision, ProposedFile, Subject } from '../protocol/approval.ts';
import { asksForSession, elicitationAnswer, elicitationSubject } from './elicitation.ts';
import { grantable, wantsOf } from './permissions.ts';

/** A question of the server as it can be put to the user. */
export interface ApprovalRequest {
  threadId: string;
  /** The item that it is about; empty for none. */
  itemId: string;
  /** The files of a `files` subject stand in the item, which came before (facts: app-server.md, 4.2). */
  subject: Subject;
  reason: string;
  forSession: boolean;
  /** In the words of the protocol. */
  answer(decision: Decision): unknown;
}

const text = z.catch(z.nullable(z.string()), null);
const threadId = z.string();
const itemId = z.catch(z.string(), '');

const commandSchema = z.object({
  threadId,
  itemId,
  reason: text,
  command: text,
  cwd: text,
  networkApprovalContext: z.catch(z.nullable(z.object({ host: z.string(), protocol: text })), null),
  additionalPermissions: z.catch(z.unknown(), null),
});
const fileChangeSchema = z.object({ threadId, itemId, reason: text, grantRoot: text });
const permissionsSchema = z.object({ threadId, itemId, reason: text, cwd: text, permissions: z.unknown() });
const questionsSchema = z.object({
  threadId,
  itemId,
  questions: z.array(
    z.object({
      id: z.string(),
      header: z.catch(z.string(), ''),
      question: z.catch(z.string(), ''),
      isOther: z.catch(z.boolean(), false),
      isSecret: z.catch(z.boolean(), false),
      options: z.catch(
        z.nullable(z.array(z.object({ label: z.string(), description: z.catch(z.string(), '') }))),
        null,
      ),
    }),
  ),
});
const legacyCommandSchema = z.object({
  conversationId: z.string(),
  command: z.array(z.string()),
  cwd: text,
  reason: text,
});
const legacyPatchSchema = z.object({
  conversationId: z.string(),
  reason: text,
  grantRoot: text,
  fileChanges: z.record(
    z.string(),
    z.object({ type: z.string(), content: text, unified_diff: text, move_path: text }),
  ),
});

/** How each kind of request is read; what it does not know is not granted. Facts: app-server.md, 4.2 and 4.3. */
const readers: Readonly<Record<string, (params: unknown) => ApprovalRequest>> = {
  'item/commandExecution/requestApproval': (params) => {
    const { command, cwd, networkApprovalContext, additionalPermissions, reason, ...of } = z.parse(
      commandSchema,
      params,
    );
    const host = networkApprovalContext && `the network: ${networkApprovalContext.host}`;
    const wants = [...(host === null ? [] : [host]), ...wantsOf(additionalPermissions)];
    const subject = commandOf(command ?? '', cwd, wants);
    return { ...of, subject, reason: reason ?? '', forSession: true, answer: decided };
  },
  'item/fileChange/requestApproval': (params) => {
    const { grantRoot: root, reason, ...of } = z.parse(fileChangeSchema, params);
    const subject: Subject = { kind: 'files', files: [], root };
    return { ...of, subject, reason: reason ?? '', forSession: true, answer: decided };
  },
  'item/permissions/requestApproval': (params) => {
    const { reason, cwd, permissions, ...of } = z.parse(permissionsSchema, params);
    const subject: Subject = { kind: 'permissions', cwd: cwd ?? '', wants: wantsOf(permissions) };
    const answer = (decision: Decision) =>
      decision.kind === 'allow'
        ? { permissions: grantable(permissions), scope: decision.session ? 'session' : 'turn' }
        : { permissions: {}, scope: 'turn' };
    return { ...of, subject, reason: reason ?? '', forSession: true, answer };
  },
  'item/tool/requestUserInput': (params) => {
    const { questions, ...of } = z.parse(questionsSchema, params);
    const fields = questions.map(({ id, header, question, isOther, isSecret, options }) => ({
      id,
      title: header,
      description: question,
      type: options === null || options.length === 0 ? ('text' as const) : ('choice' as const),
      options: (options ?? []).map(({ label, description }) => ({ value: label, label, description })),
      free: isOther || options === null,
      secret: isSecret,
      required: true,
    }));
    const answer = (decision: Decision) => ({
      answers: decision.kind === 'answer' ? answersOf(decision.values) : {},
    });
    return { ...of, subject: { kind: 'questions', fields }, reason: '', forSession: false, answer };
  },
  'mcpServer/elicitation/request': (params) => {
    const subject = elicitationSubject(params);
    const { threadId: id } = z.parse(z.object({ threadId }), params);
    const answer = (decision: Decision) => elicitationAnswer(decision, subject, params);
    return { threadId: id, itemId: '', subject, reason: '', forSession: asksForSession(params), answer };
  },
  execCommandApproval: (params) => {
    const { conversationId, command, cwd, reason } = z.parse(legacyCommandSchema, params);
    const subject = commandOf(command.join(' '), cwd, []);
    return { ...legacy(conversationId), subject, reason: reason ?? '' };
  },
  applyPatchApproval: (params) => {
    const { conversationId, fileChanges, grantRoot: root, reason } = z.parse(legacyPatchSchema, params);
    const files = Object.entries(fileChanges).map(([path, change]): ProposedFile => ({
      path,
      kind: change.type === 'add' || change.type === 'delete' ? change.type : 'update',
      movedTo: change.move_path,
      diff: change.unified_diff ?? change.content ?? '',
    }));
    return { ...legacy(conversationId), subject: { kind: 'files', files, root }, reason: reason ?? '' };
  },
};

/**
 * A request of the server as a question to the user; null for a kind that is unknown.
 * @throws if it cannot be read: then it is not granted
 */
export function readApprovalRequest(method: string, params: unknown): ApprovalRequest | null {
  const reader = Object.hasOwn(readers, method) ? readers[method] : undefined;
  return reader ? reader(params) : null;
}

function decided(decision: Decision): unknown {
  switch (decision.kind) {
    case 'allow':
      return { decision: decision.session ? 'acceptForSession' : 'accept' };
    case 'cancel':
      return { decision: 'cancel' };
    case 'decline':
    case 'answer':
      return { decision: 'decline' };
  }
}

/** The same is asked of a command in its sandbox and of one outside: the worker's policy says more. */
function commandOf(line: string, cwd: string | null, wants: string[]): Subject {
  return { kind: 'command', line, cwd: cwd ?? '', wants, outside: false };
}

/** The forms of the first protocol, which servers still have. */
function legacy(
  conversationId: string,
): Pick<ApprovalRequest, 'threadId' | 'itemId' | 'forSession' | 'answer'> {
  const answer = ({ kind, ...decision }: Decision) => {
    if (kind === 'cancel') return { decision: 'abort' };
    if (kind !== 'allow') return { decision: 'denied' };
    return { decision: 'session' in decision && decision.session ? 'approved_for_session' : 'approved' };
  };
  return { threadId: conversationId, itemId: '', forSession: true, answer };
}

function answersOf(values: Readonly<Record<string, unknown>>): Record<string, { answers: string[] }> {
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => [id, { answers: [value].flat().map(String) }]),
  );
}
