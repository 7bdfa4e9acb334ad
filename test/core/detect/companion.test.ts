import { describe, expect, it } from 'vitest';
import { Collector, type Companion } from '../../../src/core/detect/index.ts';

function listener(detection: ReturnType<Companion['finish']>): { companion: Companion; heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    companion: {
      addText: (text, place) => heard.push(`${place.line ?? place.part ?? ''}:${text}`),
      addRow: (cells, place) => heard.push(`${place.line ?? ''}|${cells.join('|')}`),
      endRegion: () => heard.push('end'),
      finish: () => detection,
    },
  };
}

const OWN = { detector: 'custom.list', confidence: 'high' as const, count: 2, distinct: 2, samples: [], where: [], reasons: [] };

describe('companions', () => {
  it('hear all text normalised, in order, and where a region ends', () => {
    const { companion, heard } = listener({ findings: [] });
    const collector = new Collector({ companions: [companion] });
    collector.add({ kind: 'text', text: '全角１２３', place: { line: 1 }, unfinished: true });
    collector.add({ kind: 'text', text: '続き', place: { line: 1 } });
    collector.add({ kind: 'row', table: 1, cells: ['氏名', '電話'], place: { sheet: 'A', line: 1 } });
    collector.add({ kind: 'row', table: 1, cells: ['佐藤　花子', '０９０'], place: { sheet: 'A', line: 2 } });
    collector.finish();
    expect(heard).toEqual(['1:全角123', '1:続き\n', 'end', '1|氏名|電話', '2|佐藤 花子|090', 'end']);
  });

  it('add their findings, and the larger number of persons counts', () => {
    const { companion } = listener({ findings: [OWN], persons: { from: 2, to: 5 } });
    const collector = new Collector({ companions: [companion] });
    collector.add({ kind: 'text', text: 'hanako@corp.jp', place: {} });
    const { findings, persons } = collector.finish();
    expect(findings.map(({ detector }) => detector)).toEqual(['email', 'custom.list']);
    expect(persons).toEqual({ from: 2, to: 5 });
  });
});
