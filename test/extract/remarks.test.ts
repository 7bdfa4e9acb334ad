import { describe, expect, it } from 'vitest';
import { REMARKS } from '../fixtures/remark-sources.ts';
import { extractBytes, fixture, textOf } from './extract-bytes.ts';

const everything = ['body', 'header', 'footer', 'note', 'comment', 'deleted', 'box', 'link', 'title'] as const;
const slides = ['body', 'comment', 'link', 'speakerNote', 'title'] as const;
const seenIn = async (name: string) => extractBytes(fixture(name));
const lines = (text: string) => text.split('\n').map((line) => line.trim());

describe('the corners of a document', () => {
  it.each(['remarks.docx', 'remarks.odt', 'remarks.rtf'])('%s: headers, notes, comments, boxes, changes, links, title', async (name) => {
    const seen = await seenIn(name);
    expect(seen.unreadable).toEqual([]);
    for (const corner of everything) expect(textOf(seen)).toContain(REMARKS[corner]);
    expect(seen.findings.map(({ detector }) => detector).toSorted()).toContain('jp.my-number');
  });

  it.each(['remarks.docx', 'remarks.odt', 'remarks.rtf'])('%s: a note or a box is no part of the sentence it stands in', async (name) => {
    const text = textOf(await seenIn(name));
    expect(lines(text)).toContain(`${REMARKS.body}の続き`);
    expect(lines(text)).toContain(REMARKS.box);
    expect(lines(text)).toContain('リンク');
  });

  it.each(['remarks.pptx', 'remarks.odp'])('%s: the speaker’s notes and comments, with the page', async (name) => {
    const seen = await seenIn(name);
    expect(seen.unreadable).toEqual([]);
    for (const corner of slides) expect(textOf(seen)).toContain(REMARKS[corner]);
    const pageOf = (text: string) => seen.segments.find((segment) => segment.kind === 'text' && segment.text.includes(text))?.place.page;
    expect([REMARKS.body, REMARKS.comment, REMARKS.speakerNote].map(pageOf)).toEqual([2, 2, 2]);
    expect(pageOf('表紙')).toBe(1);
  });

  it.each(['remarks.xlsx', 'remarks.ods'])('%s: a hidden row, a number in full, a comment with its place', async (name) => {
    const seen = await seenIn(name);
    expect(seen.unreadable).toEqual([]);
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')).toMatchObject({
      confidence: 'high',
      where: [{ sheet: '控え', line: 6, cell: 'E6' }],
    });
    const comment = seen.segments.find((segment) => segment.kind === 'text' && segment.text.includes(REMARKS.comment));
    expect(comment?.place).toMatchObject({ sheet: '控え', ...(name.endsWith('xlsx') ? { cell: 'E1' } : { line: 1 }) });
    for (const corner of ['link', 'title'] as const) expect(textOf(seen)).toContain(REMARKS[corner]);
  });
});
