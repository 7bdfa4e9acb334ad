import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/extract/budget.ts';
import { readXml } from '../../src/extract/formats/xml-events.ts';
import { LIMITS } from './extract-bytes.ts';

type Event = readonly [kind: 'open' | 'close' | 'text', value: string];

const budget = () => new Budget(LIMITS, () => 0);

/** Runs of text are joined: they may come in pieces. */
function joined(events: readonly Event[]): Event[] {
  const all: Event[] = [];
  for (const [kind, value] of events) {
    const last = all.at(-1);
    if (kind === 'text' && last?.[0] === 'text') all[all.length - 1] = ['text', last[1] + value];
    else all.push([kind, value]);
  }
  return all;
}

async function read(xml: string | Buffer, cuts: readonly number[] = [], attributes: readonly string[] = []) {
  const bytes = Buffer.from(xml);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
  const events: Event[] = [];
  const values: (string | undefined)[] = [];
  const { wellFormed } = await readXml(
    chunks,
    {
      open: (name, given) => {
        events.push(['open', name]);
        for (const attribute of attributes) values.push(given.get(attribute));
      },
      close: (name) => events.push(['close', name]),
      text: (text) => events.push(['text', text]),
    },
    budget(),
  );
  return { events: joined(events), wellFormed, values };
}

/** The same by saxes, which follows the whole specification. */
function peer(xml: string): Event[] {
  const events: Event[] = [];
  const parser = new SaxesParser({ xmlns: false });
  const local = (name: string) => name.slice(name.indexOf(':') + 1);
  parser.on('opentag', ({ name }) => events.push(['open', local(name)]));
  parser.on('closetag', ({ name }) => events.push(['close', local(name)]));
  parser.on('text', (text) => events.push(['text', text]));
  parser.on('cdata', (text) => events.push(['text', text]));
  parser.write(xml).close();
  return joined(events.filter(([kind, value]) => kind !== 'text' || value !== ''));
}

const name = fc.constantFrom('a', 'w:t', 'p', 'row', 'x:c');
const text = fc
  .array(fc.constantFrom('東京', 'x', ' ', '&amp;', '&#x6771;', '&#26481;', '&lt;', '𠮷', '1', '\n', "'", '"'), { maxLength: 6 })
  .map((all) => all.join(''));
const attribute = fc
  .tuple(fc.constantFrom('r', 'r:id', 'name'), fc.constantFrom('1', '>', '<>'.slice(1), "it's", '東京', 'a=b', '&quot;'))
  .map(([key, value]) => ` ${key}="${value}"`);
const other = fc.constantFrom('<!-- a > b <c> -->', '<?x y?>', '<![CDATA[<a>&amp;]]]>', '<![CDATA[]]>');
const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, text, other, tie('tree')),
  tree: fc
    .tuple(name, fc.option(attribute, { nil: '' }), fc.array(tie('node'), { maxLength: 5 }))
    .map(([tag, attributes, nodes]) =>
      nodes.length === 0 ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${nodes.join('')}</${tag} >`,
    ),
}));

describe('xml', () => {
  it('is read as a full parser reads it, cut anywhere', () =>
    fc.assert(
      fc.asyncProperty(tree, fc.array(fc.nat(), { maxLength: 8 }), async (xml, cuts) => {
        const document = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b"><!ELEMENT r ANY>]>${xml}`;
        const { events, wellFormed } = await read(document, cuts);
        expect(events).toEqual(peer(document));
        expect(wellFormed).toBe(true);
      }),
      { numRuns: 500 },
    ));

  it('gives attributes by name, whatever stands in other ones', async () => {
    const { values } = await read(`<c s="r='1'" r = 'A1' xr="2" t="&amp;&#65;" empty=""/>`, [], ['r', 't', 'empty', 'none', 's']);
    expect(values).toEqual(['A1', '&A', '', undefined, "r='1'"]);
  });

  it.each([
    ['cut off', '<a><b>x'],
    ['cut off within a tag', '<a><b'],
    ['cut off within a value', '<a b="'],
    ['cut off within a comment', '<a><!-- '],
    ['closed by another name', '<a></b>'],
    ['closed too often', '<a></a></a>'],
    ['an entity of its own', '<a>&x;</a>'],
    ['no xml', 'hello'],
    ['nothing', ''],
  ])('is not well-formed: %s', async (_, xml) => expect((await read(xml)).wellFormed).toBe(false));

  it('reads on after damage', async () => {
    const { events } = await read('<a><b>1</a><c>2</c>');
    expect(events).toContainEqual(['text', '2']);
  });

  it.each([
    ['utf-16le', Buffer.from('\ufeff<a>東京</a>', 'utf16le')],
    ['utf-16be', Buffer.from('<a>東京</a>', 'utf16le').swap16()],
    ['utf-8 with a mark', Buffer.from('\ufeff<a>東京</a>')],
    [
      'shift_jis',
      Buffer.concat([
        Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><a>'),
        Buffer.from([0x93, 0x8c, 0x8b, 0x9e]),
        Buffer.from('</a>'),
      ]),
    ],
    ['a name that is none', Buffer.from('<?xml version="1.0" encoding="x-no-such"?><a>東京</a>')],
  ])('is decoded: %s', async (_, bytes) => expect((await read(bytes)).events).toContainEqual(['text', '東京']));

  it('holds little, however deep or long', async () => {
    const deep = await read('<a>'.repeat(300_000) + '</a>'.repeat(300_000), [1000, 77_777, 300_001]);
    expect(deep.wellFormed).toBe(true);
    const long = await read(
      `<a ${'x'.repeat(3_000_000)}`,
      Array.from({ length: 50 }, (_, index) => index * 60_000),
    );
    expect(long).toEqual({ events: [], wellFormed: false, values: [] });
  });
});
