import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTuple } from '../../src/extract/formats/sql-text.ts';
import { holdsWrittenTables } from '../../src/extract/formats/written-tables-sign.ts';
import { extractBytes } from './extract-bytes.ts';

async function rowsOf(text: string): Promise<string[][]> {
  const { segments } = await extractBytes(Buffer.from(text));
  return segments.flatMap((segment) => (segment.kind === 'row' ? [[...segment.cells]] : []));
}
async function textOf(text: string): Promise<string> {
  const { segments } = await extractBytes(Buffer.from(text));
  return segments.map((segment) => (segment.kind === 'text' ? segment.text : '')).join('\n');
}

describe('tables drawn with bars', () => {
  it.each([
    ['Markdown', '# 名簿\n\n| 氏名 | 電話 |\n|---|:-:|\n| 佐藤花子 | 090-1111-2222 |\n\n以上です'],
    ['Markdown without outer bars', '氏名 | 電話\n--- | ---\n佐藤花子 | 090-1111-2222\n'],
    ['psql', ' 氏名     | 電話\n----------+------\n 佐藤花子 | 090-1111-2222\n(1 row)\n'],
    ['mysql', '+------+------+\n| 氏名 | 電話 |\n+------+------+\n| 佐藤花子 | 090-1111-2222 |\n+------+------+\n'],
  ])('%s', async (_, text) => {
    expect(await rowsOf(text)).toEqual([
      ['氏名', '電話'],
      ['佐藤花子', '090-1111-2222'],
    ]);
  });

  it('leaves what stands around them text, and says the line of each row', async () => {
    const seen = await extractBytes('a@example-kaisha.jp\n\n| a | b |\n|---|---|\n| 1 | 2 |\nend b@example-kaisha.jp\n');
    expect(seen.segments.map(({ kind, place }) => [kind, place.line])).toEqual([
      ['text', 1],
      ['row', 4],
      ['row', 5],
      ['text', 6],
    ]);
  });

  it('reads a bar escaped in a cell', async () => {
    expect(await rowsOf('| a | b |\n|--|--|\n| 1 \\| 2 | 3 |\n')).toEqual([
      ['a', 'b'],
      ['1 | 2', '3'],
    ]);
  });

  it('takes no rule of a page and no table of numbers for one', () => {
    expect(holdsWrittenTables('Title\n-----\ntext -- more\n')).toBe(false);
    expect(holdsWrittenTables('a,b\n1--2,3\n')).toBe(false);
  });
});

describe('rows of SQL', () => {
  it('are read under the columns of their statement, over several lines', async () => {
    expect(
      await rowsOf("INSERT INTO `users` (`id`, name, birthday) VALUES\n (1,'山田''太郎','1981-04-05'),\n(2,N'佐藤, (花子)',NULL);\n"),
    ).toEqual([
      ['id', 'name', 'birthday'],
      ['1', "山田'太郎", '1981-04-05'],
      ['2', '佐藤, (花子)', ''],
    ]);
  });

  it('are read under the columns of CREATE TABLE', async () => {
    const text =
      "CREATE TABLE users (id int, name varchar(64), birthday date, PRIMARY KEY (id)); INSERT INTO users VALUES (1,'山田太郎','1981-04-05');";
    expect(await rowsOf(text)).toEqual([
      ['id', 'name', 'birthday'],
      ['1', '山田太郎', '1981-04-05'],
    ]);
  });

  it('are one table for a statement each', async () => {
    const text = "INSERT INTO public.users (name) VALUES ('佐藤花子');\nINSERT INTO public.users (name) VALUES ('鈴木一郎');\n";
    expect(await rowsOf(text)).toEqual([['name'], ['佐藤花子'], ['鈴木一郎']]);
  });

  it('are read from COPY', async () => {
    expect(await rowsOf('COPY public.users (id, name) FROM stdin;\n1\t佐藤花子\n2\t\\N\n\\.\n\nSELECT 1;\n')).toEqual([
      ['id', 'name'],
      ['1', '佐藤花子'],
      ['2', ''],
    ]);
  });

  it('bring persons and birth dates to light', async () => {
    const { findings, persons } = await extractBytes(
      "CREATE TABLE users (id int, name varchar(64), birthday date);\nINSERT INTO users VALUES (1,'山田太郎','1981-04-05'),(2,'竈門一葉','1991-04-05');\n",
    );
    expect(findings.map(({ detector, distinct }) => `${detector} ${distinct}`)).toEqual(['jp.person-name 2', 'date-of-birth 2']);
    expect(persons).toEqual({ from: 2, to: 2 });
  });

  it('that are never closed stay text', async () => {
    const text = `INSERT INTO users VALUES (1,'山田太郎 taro@kaisha.co.jp`;
    expect(await textOf(`${text}\n`)).toContain('taro@kaisha.co.jp');
    expect(await textOf(`INSERT INTO users SELECT * FROM guests VALUES;\nmail taro@kaisha.co.jp\n`)).toContain('taro@kaisha.co.jp');
  });

  it('are the same whatever a line is cut into', async () => {
    const row = "(1,'山田太郎','1981-04-05')";
    const text = `INSERT INTO users (id,name,birthday) VALUES ${Array.from({ length: 9000 }, () => row).join(',')};\n`;
    const rows = await rowsOf(text);
    expect(rows).toHaveLength(9001);
    expect(rows.at(-1)).toEqual(['1', '山田太郎', '1981-04-05']);
    expect(new Set(rows.slice(1).map((cells) => cells.join()))).toHaveProperty('size', 1);
  });

  it('hold any text in quotes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((cell) => cell.trim() === cell && !/^null$/i.test(cell)),
          { minLength: 1 },
        ),
        (cells) => {
          const written = cells.map((cell) => `'${cell.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`);
          expect(readTuple(`(${written.join(', ')})`, 0)?.cells).toEqual(cells);
        },
      ),
    );
  });
});
