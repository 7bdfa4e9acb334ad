import { describe, expect, it } from 'vitest';
import { createFormatter } from '../../src/ui/format.ts';

const en = createFormatter('en', 'Asia/Tokyo');
const ja = createFormatter('ja', 'Asia/Tokyo');
const AT = '2026-11-22T15:04:05.678Z';
const NOW = Date.parse('2026-11-22T15:30:00.000Z');

describe('instants', () => {
  it('are shown in the zone of the viewer', () => {
    expect(en.time(AT)).toBe('00:04:05');
    expect(createFormatter('en', 'UTC').time(AT)).toBe('15:04:05');
  });

  it('name the day, and the year when it is another', () => {
    expect([en.day(AT, NOW), ja.day(AT, NOW)]).toEqual(['23 Nov', '11月23日']);
    expect(en.day('2025-03-01T00:00:00.000Z', NOW)).toBe('1 Mar 2025');
  });

  it("leave the day out on the day itself, by the viewer's midnight", () => {
    expect(en.otherDay(AT, NOW)).toBeNull();
    expect(en.otherDay('2026-11-22T14:59:59.000Z', NOW)).toBe('22 Nov');
  });

  it.each([
    ['2026-11-22T15:29:40.000Z', 'now', '今'],
    ['2026-11-22T15:25:00.000Z', '5 minutes ago', '5 分前'],
    ['2026-11-22T13:00:00.000Z', '2 hours ago', '2 時間前'],
    ['2026-11-21T14:00:00.000Z', 'yesterday', '昨日'],
  ])('%s is %s', (instant, english, japanese) => {
    expect([en.relative(instant, NOW), ja.relative(instant, NOW)]).toEqual([english, japanese]);
  });
});

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [31_457_280_000, '29.3 GiB'],
    [2 ** 60, '1,048,576 TiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(en.bytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 ms', '0ms'],
    [214, '214 ms', '214ms'],
    [600_000, '10 minutes', '10分'],
    [3_900_000, '1 hour 5 minutes', '1時間5分'],
    [3_605_000, '1 hour', '1時間'],
  ])('%d ms last %s', (millis, english, japanese) => {
    expect([en.duration(millis), ja.duration(millis)]).toEqual([english, japanese]);
  });
});
