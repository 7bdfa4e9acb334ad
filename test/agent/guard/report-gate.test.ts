import { expect, it } from 'vitest';
import { ReportGate } from '../../../src/agent/guard/report-gate.ts';

let stalled: (() => void) | null = null;
const clock = {
  now: () => 0,
  after: (_millis: number, run: () => void) => {
    stalled = run;
    return () => (stalled = null);
  },
};

function fullGate() {
  const gate = new ReportGate(clock);
  const reported: string[] = [];
  const enter = (path: string, present: boolean, fileId = path) =>
    gate.enter(path, { fileId, present, report: () => reported.push(fileId) });
  for (let n = 0; n < 64; n += 1) enter(`first${n}`, true);
  expect(reported).toHaveLength(64);
  return { gate, enter, later: () => reported.slice(64) };
}

it('lets new files go before present ones, each when one is done', () => {
  const { gate, enter, later } = fullGate();
  enter('old', true);
  enter('new', false);
  expect(later()).toEqual([]);
  gate.leave('first3');
  gate.leave('first3');
  expect(later()).toEqual(['new']);
  gate.leave('first9');
  expect(later()).toEqual(['new', 'old']);
});

it('reports only the last state of a file that waits', () => {
  const { gate, enter, later } = fullGate();
  enter('list.csv', true, 'earlier');
  enter('list.csv', false, 'later');
  gate.leave('first0');
  gate.leave('first1');
  expect(later()).toEqual(['later']);
});

it('goes on when nothing comes back', () => {
  const { enter, later } = fullGate();
  enter('a', false);
  enter('b', false);
  stalled?.();
  expect(later()).toEqual(['a']);
  stalled?.();
  expect(later()).toEqual(['a', 'b']);
});
