import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decryptBytes } from '../../../src/age/index.ts';
import type { FromFiles, JudgeMessage, PlacedMessage, PlaceMessage } from '../../../src/agent/fuse-guard/messages.ts';
import { SmallFiles } from '../../../src/agent/fuse-guard/small-files.ts';
import { readMark, TemporaryIds } from '../../../src/agent/fuse-guard/temporary-ids.ts';
import { key } from '../guard/harness.ts';

const ID = '0123456789abcdef0123456789abcdef';

describe.skipIf(process.platform !== 'linux')('small files', () => {
  let base: string;
  let root: number;
  let told: FromFiles[];
  /** The copy of what was submitted last. */
  let held: string;
  let files: SmallFiles;
  let answer: (order: PlaceMessage) => PlacedMessage['result'];
  const onMedium = (): string[] => readdirSync(join(base, 'medium')).toSorted();

  /** As the view thread gives a name. */
  function place({ temporaryId }: PlaceMessage): PlacedMessage['result'] {
    const medium = join(base, 'medium');
    renameSync(join(medium, `.~sekisho-${temporaryId}.tmp`), join(medium, 'a.txt'));
    return { ok: true, path: Buffer.from('a.txt'), folder: openSync(medium, constants.O_RDONLY), erase: false };
  }

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'sekisho-small-'));
    for (const name of ['medium', 'staging']) mkdirSync(join(base, name));
    root = openSync(join(base, 'medium'), constants.O_RDONLY);
    told = [];
    answer = place;
    files = new SmallFiles({
      root,
      staging: join(base, 'staging'),
      calls: { setTimes: () => undefined },
      place: (order) => Promise.resolve(answer(order)),
      tell: (message) => told.push(message),
    });
  });
  afterEach(() => {
    files.close();
    closeSync(root);
    rmSync(base, { recursive: true, force: true });
  });

  function submit(content: string | Buffer): JudgeMessage {
    const file = join(base, 'staging', 's1');
    writeFileSync(file, content);
    files.submit({
      kind: 'submit',
      stage: 1,
      path: Buffer.from('a.txt'),
      file,
      writes: 0,
      uid: 0,
      writer: { program: null, reads: [] },
      mutable: false,
    });
    const judge = told.shift();
    if (judge?.kind !== 'judge') throw new Error(`told ${judge?.kind}`);
    held = judge.file;
    return judge;
  }

  async function until(kind: FromFiles['kind']): Promise<FromFiles> {
    for (let turn = 0; turn < 1000; turn += 1) {
      const message = told.find((each) => each.kind === kind);
      if (message !== undefined) return message;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`nobody told of ${kind}, but of ${told.map((each) => each.kind).join(' ')}`);
  }

  it('store what was held, not what the staged file holds by then', async () => {
    const judge = submit('first');
    writeFileSync(join(base, 'staging', 's1'), 'later');
    expect(readFileSync(judge.file, 'utf8')).toBe('first');
    files.receive({ kind: 'store', stage: 1, file: held, temporaryId: ID, form: 'plain', recipients: [] });
    await until('synced');
    expect(readFileSync(join(base, 'medium', 'a.txt'), 'utf8')).toBe('first');
    files.receive({ kind: 'drop', stage: 1, file: held });
    expect(readFileSync(judge.file, 'utf8')).toBe('');
  });

  it('are synced before they replace another', async () => {
    submit('new');
    const asked: boolean[] = [];
    answer = (order) => {
      asked.push(order.synced);
      return order.synced ? place(order) : { ok: false, errno: 5, gone: false, unsynced: true };
    };
    files.receive({ kind: 'store', stage: 1, file: held, temporaryId: ID, form: 'plain', recipients: [] });
    expect(await until('synced')).toEqual({ kind: 'synced', stage: 1, errno: 0 });
    expect(asked.at(-1)).toBe(true);
  });

  it('wait for the journal before a ciphertext gets its name', async () => {
    submit('secret');
    files.receive({ kind: 'store', stage: 1, file: held, temporaryId: ID, form: 'age', recipients: [key.recipient] });
    await until('stored');
    expect(onMedium()).toEqual([`.~sekisho-${ID}.tmp`]);
    files.receive({ kind: 'finish', stage: 1, temporaryId: ID, form: 'age' });
    await until('synced');
    const opened = decryptBytes(readFileSync(join(base, 'medium', 'a.txt')), [key.identity]);
    expect(opened.ok && opened.value.toString()).toBe('secret');
  });

  it('leave nothing behind when they are not wanted any more, or fail', async () => {
    submit('x');
    answer = () => ({ ok: false, errno: 0, gone: true });
    files.receive({ kind: 'store', stage: 1, file: held, temporaryId: ID, form: 'plain', recipients: [] });
    expect(await until('finished')).toEqual({ kind: 'finished', stage: 1, result: { ok: false, errno: 0, gone: true } });
    expect(onMedium()).toEqual([]);
    told = [];
    files.receive({ kind: 'store', stage: 1, file: held, temporaryId: ID, form: 'age', recipients: ['age1nonsense'] });
    expect(await until('stored')).toMatchObject({ result: { ok: false } });
    expect(onMedium()).toEqual([]);
  });

  it('leave large ones to the agent', () => {
    const judge = submit(Buffer.alloc(1_048_577, 'x'));
    expect([judge.held, judge.file]).toEqual([false, join(base, 'staging', 's1')]);
    expect(existsSync(join(base, 'staging', 'p1'))).toBe(false);
  });
});

describe('temporary ids', () => {
  it('are known as ours again after a restart, and others are not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-ids-'));
    try {
      const ours = `.~sekisho-${new TemporaryIds(readMark(folder)).next()}.tmp`;
      writeFileSync(join(folder, ours), 'x');
      writeFileSync(join(folder, `.~sekisho-${ID}.tmp`), 'x');
      writeFileSync(join(folder, 'else.tmp'), 'x');
      const left = await new TemporaryIds(readMark(folder)).leftIn(Buffer.from(folder));
      expect(left.map(String)).toEqual([ours]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
