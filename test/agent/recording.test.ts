import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentLoop } from '../../src/agent/loop.ts';
import { EFFECTS_FILE, INPUTS_FILE, Recording, replay } from '../../src/agent/recording.ts';
import { applied, arrived, AT, inspectionOf, mounted, started } from '../core/samples.ts';

async function recorded(): Promise<{ inputs: string; effects: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'recording-'));
  const recording = new Recording(folder);
  const loop = new AgentLoop({ guardChoice: 'watch', run: () => undefined, observe: recording.observe });
  for (const input of [started, applied(), mounted(), arrived('f1')]) loop.offer(input);
  loop.offer({ kind: 'file.inspected', at: AT, fileId: 'f1', inspection: inspectionOf('jp.my-number') });
  loop.offer({ kind: 'file.enforced', at: AT, fileId: 'f1', outcome: { done: true, storedAs: 'list.csv.age' } });
  await recording.close();
  return { inputs: join(folder, INPUTS_FILE), effects: join(folder, EFFECTS_FILE) };
}

test('recorded inputs give byte-identical effects again', async () => {
  const { inputs, effects } = await recorded();
  const lines: string[] = [];
  expect(await replay(inputs, 'watch', (line) => lines.push(line), effects)).toEqual({ inputs: 6, differsAt: null });
  expect(`${lines.join('\n')}\n`).toBe(await readFile(effects, 'utf8'));
});

test('another verdict is found at its line', async () => {
  const { inputs, effects } = await recorded();
  const text = await readFile(inputs, 'utf8');
  const [before = '', after = ''] = text.split('"kind":"file.inspected"');
  await writeFile(inputs, `${before}"kind":"file.inspected"${after.replace('jp.my-number', 'secret.private-key')}`);
  expect(await replay(inputs, 'watch', () => undefined, effects)).toMatchObject({ differsAt: 5 });
});

test('a line that is no input of this version is refused', async () => {
  const { inputs } = await recorded();
  await writeFile(inputs, '{"kind":"file.guessed"}\n');
  await expect(replay(inputs, 'watch', () => undefined)).rejects.toThrow(/kind/);
});
