import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebContents } from 'electron';
import { type CallHandlers, openGate } from '../../electron/main/ipc.ts';
import { CALL_NAMES, callChannel } from '../../electron/ipc/names.ts';
import { failure } from '../../src/contracts/errors.ts';
import { err, ok } from '../../src/contracts/result.ts';

const handlers = vi.hoisted(() => new Map<string, (event: object, params: unknown) => Promise<unknown>>());
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: (event: object, params: unknown) => Promise<unknown>) => handlers.set(channel, handler) },
}));

const OURS = { id: 1 } as unknown as WebContents;
const frame = { origin: 'sekisho-app://tray', parent: null };
const REFUSED = { ok: false, error: { code: 'DLP_IPC_PARAMS', message: 'the request was not understood', retryable: false } };

const listEvents = vi.fn<CallHandlers['listEvents']>(() => Promise.resolve(ok({ events: [] })));
const log = vi.fn<() => void>();

beforeEach(() => {
  handlers.clear();
  listEvents.mockClear();
  log.mockClear();
  const nothing = () => Promise.resolve(ok({}));
  openGate(
    {
      getState: () => Promise.reject(new Error('not used')),
      listEvents,
      justifyFile: () => Promise.resolve(err(failure('DLP_QUARANTINE_MISSING', 'gone', { cause: new Error('/root/secret/path') }))),
      postponeQuestions: nothing,
      setLanguage: nothing,
      openHelp: nothing,
    },
    { owns: (contents) => contents === OURS, log },
  );
});

const call = (name: (typeof CALL_NAMES)[number], params: unknown, event: object = { sender: OURS, senderFrame: frame }) =>
  (async () => handlers.get(callChannel(name))?.(event, params))();

describe('the gate', () => {
  it('knows the calls of the table and no other', () => {
    expect([...handlers.keys()]).toEqual(CALL_NAMES.map(callChannel));
  });

  it('hands parsed parameters on', async () => {
    expect(await call('listEvents', { limit: 5 })).toEqual({ ok: true, value: { events: [] } });
    expect(listEvents).toHaveBeenCalledWith({ limit: 5 });
  });

  it.each([
    ['another window', { sender: { id: 2 }, senderFrame: frame }],
    ['a frame that is gone', { sender: OURS, senderFrame: null }],
    ['a frame inside the page', { sender: OURS, senderFrame: { ...frame, parent: frame } }],
    ['another origin', { sender: OURS, senderFrame: { ...frame, origin: 'https://tray' } }],
    ['an origin that looks alike', { sender: OURS, senderFrame: { ...frame, origin: 'sekisho-app://tray.evil' } }],
    ['no origin', { sender: OURS, senderFrame: { ...frame, origin: 'null' } }],
  ])('refuses %s', async (_who, event) => {
    await expect(call('listEvents', { limit: 5 }, event)).rejects.toThrow('this page may not call');
    expect(listEvents).not.toHaveBeenCalled();
    expect(log).toHaveBeenCalledOnce();
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  it.each([
    ['nothing', undefined],
    ['a number out of range', { limit: 501 }],
    ['an unknown field', { limit: 5, path: '/etc/passwd' }],
    ['a cycle', cyclic],
    ['a BigInt', { limit: 5n }],
    ['too much', { limit: 5, before: 'x'.repeat(70_000) }],
    ['a prototype trick', JSON.parse('{"limit": 5, "__proto__": {"limit": 1}}')],
  ])('does not understand %s', async (_what, params) => {
    expect(await call('listEvents', params)).toEqual(REFUSED);
    expect(listEvents).not.toHaveBeenCalled();
  });

  it('keeps causes to itself', async () => {
    const params = { holdId: '0198d3c4-6a4e-7b52-9d0e-2f4c8a1b7e10', justification: 'for the customer' };
    const answer = await call('justifyFile', params);
    expect(answer).toEqual({ ok: false, error: { code: 'DLP_QUARANTINE_MISSING', message: 'gone', retryable: false } });
  });

  it('gives nothing to a window that its schema does not know', async () => {
    listEvents.mockResolvedValueOnce(ok({ events: [{ secret: true }] as never }));
    await expect(call('listEvents', { limit: 5 })).rejects.toThrow(/invalid/i);
  });
});
