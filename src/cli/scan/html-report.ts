import { ACTIONS, type Action } from '../../contracts/verdict.ts';
import type { ReportSource } from './json-report.ts';
import type { ScannedFile } from './report-schema.ts';
import { detectorName, personsText, placeText, shownFindings, unreadableTexts, type Words } from './words.ts';

/** A browser shows so many rows at once without trouble. */
const MOST_ROWS = 10_000;

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--quiet:#777}
body{font:15px/1.6 system-ui,"Hiragino Sans","Noto Sans CJK JP","Yu Gothic UI",sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.path{min-width:20rem}td.path,code{overflow-wrap:anywhere;font-family:ui-monospace,Consolas,monospace;font-size:.92em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:0;padding-left:1.1rem}small{color:var(--quiet)}
.tag{display:inline-block;padding:0 .5rem;border-radius:.6rem;white-space:nowrap;color:#fff;background:#666}
.block{background:#b3261e}.encrypt{background:#8a4b00}.justify,.warn{background:#6a5900}
.notice{border:1px solid #b3261e;border-radius:.4rem;padding:.5rem 1rem}
@media print{body{max-width:none;margin:0}thead{display:table-header-group}tr{break-inside:avoid}}`;

/** One file that needs nothing else: no script, no network, no font. Hostile names stay text. */
export function* htmlReport(source: ReportSource, words: Words): Generator<string> {
  const { head, summary, results } = source;
  const { t, number } = words;
  yield `<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${escapeHtml(t('scan:report.title'))}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(t('scan:report.title'))}</h1>\n`;
  if (!head.complete) yield `<p class="notice">${escapeHtml(t('scan:report.partial'))}</p>\n`;
  yield* facts(source, words);
  yield countTable(
    t('scan:report.by-verdict'),
    [t('scan:column.verdict'), t('scan:column.files')],
    ACTIONS.toReversed()
      .filter((action) => summary.actions[action] > 0)
      .map((action) => [actionTag(action, words), number(summary.actions[action])]),
  );
  yield countTable(
    t('scan:report.by-rule'),
    [t('scan:column.rule'), t('scan:column.files')],
    summary.rules.map(({ rule, files }) => [rule === null ? escapeHtml(t('scan:report.no-rule')) : code(rule), number(files)]),
  );
  yield countTable(
    t('scan:report.by-detector'),
    [t('scan:column.detector'), t('scan:column.files'), t('scan:column.distinct')],
    summary.detectors.map(({ detector, files, distinct }) => [escapeHtml(detectorName(detector, words)), number(files), number(distinct)]),
  );
  yield countTable(
    t('scan:report.by-folder'),
    [t('scan:column.folder'), t('scan:column.files'), t('scan:column.persons')],
    results
      .folders()
      .map(({ path, files, persons, action }) => [`${actionTag(action, words)} ${code(path)}`, number(files), number(persons)]),
  );
  yield* fileTable(source, words);
  yield countTable(
    t('scan:summary.unreadable'),
    [t('scan:column.reason'), t('scan:column.files')],
    summary.unreadable.map(({ reason, files }) => [escapeHtml(t(`events:unreadable.${reason}`)), number(files)]),
  );
  yield* errorTable(source, words);
  yield countTable(
    t('scan:summary.left-out'),
    [t('scan:column.reason'), t('scan:column.count')],
    summary.leftOut.map(({ reason, count }) => [escapeHtml(t(`scan:left-out.${reason}`)), number(count)]),
  );
  yield* leftOutTable(source, words);
  yield `<p><small>${escapeHtml(t('scan:report.generated', { version: head.version }))}</small></p>\n</body></html>\n`;
}

function* facts({ head, summary }: ReportSource, words: Words): Generator<string> {
  const { t, number, bytes, duration, instant } = words;
  const time = duration(Date.parse(head.ended) - Date.parse(head.started));
  const rows: [string, string][] = [
    [t('scan:report.when'), `${instant(head.started)} – ${instant(head.ended)}`],
    [t('scan:report.host'), head.host],
    [t('scan:report.user'), head.user],
    [t('scan:report.paths'), head.paths.join(' ')],
    [t('scan:report.policy'), `${head.policy.title[words.language]} (${head.policy.name})`],
  ];
  if (head.exclude.length > 0) rows.push([t('scan:report.exclude'), head.exclude.join(' ')]);
  if (head.oneFilesystem) rows.push([t('scan:report.one-filesystem'), '✓']);
  yield `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd><bdi>${escapeHtml(value)}</bdi></dd>`).join('')}</dl>\n`;
  const { sensitive, files, reused, persons } = summary;
  const sentences = [
    sensitive === 0 ? t('scan:summary.none') : t('scan:summary.sensitive', { count: number(sensitive) }),
    t('scan:summary.files', { count: files, files: number(files), bytes: bytes(summary.bytes), time, reused: number(reused) }),
    t('scan:summary.persons', { persons: personsText({ persons: persons.to, personsFrom: persons.from }, words) }),
  ];
  yield `<h2>${escapeHtml(t('scan:summary.title'))}</h2>\n<ul>${sentences.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>\n`;
}

/** Cells are HTML; the first is text, the others are numbers. Nothing at all for an empty table. */
function countTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const body = rows.map((cells) => countRow('td', cells)).join('\n');
  return `<h2>${escapeHtml(title)}</h2>\n<table><thead>${countRow('th', columns.map(escapeHtml))}</thead>\n<tbody>${body}</tbody></table>\n`;
}

function countRow(tag: 'td' | 'th', cells: readonly string[]): string {
  return `<tr>${cells.map((html, index) => `<${tag}${index === 0 ? '' : ' class="number"'}>${html}</${tag}>`).join('')}</tr>`;
}

function* fileTable({ head, results }: ReportSource, words: Words): Generator<string> {
  const { t, number } = words;
  yield `<h2>${escapeHtml(t('scan:report.files'))}</h2>\n<p>${escapeHtml(t(head.all ? 'scan:report.files-all' : 'scan:report.files-sensitive'))}</p>\n`;
  const columns = ['verdict', 'path', 'persons', 'found'] as const;
  let rows = 0;
  for (const file of results.files()) {
    if (rows === 0) {
      yield `<table><thead><tr>${columns.map((name) => `<th>${escapeHtml(t(`scan:column.${name}`))}</th>`).join('')}</tr></thead>\n<tbody>`;
    }
    rows += 1;
    if (rows <= MOST_ROWS) yield fileRow(file, words);
  }
  if (rows === 0) yield `<p>${escapeHtml(t('scan:report.no-files'))}</p>\n`;
  else yield '</tbody></table>\n';
  if (rows > MOST_ROWS) yield `<p>${escapeHtml(t('scan:report.more', { count: number(rows - MOST_ROWS) }))}</p>\n`;
}

function fileRow(file: ScannedFile, words: Words): string {
  const { verdict, path, type, bytes, persons } = file;
  const found = [
    ...shownFindings(file.findings).map(({ detector, distinct, samples, where }) => {
      const places = where.map((place) => placeText(place, words)).filter((text) => text !== '');
      const name = `${escapeHtml(detectorName(detector, words))} ${words.number(distinct)}`;
      return `${name}: ${samples.map(code).join(' ')}${places.length === 0 ? '' : ` <small><bdi>${escapeHtml(places.join(', '))}</bdi></small>`}`;
    }),
    ...unreadableTexts(file, words).map((text) => `<bdi>${escapeHtml(text)}</bdi>`),
  ];
  const rule = verdict.rule === null ? '' : `<br><small>${escapeHtml(verdict.rule)}</small>`;
  return `<tr><td>${actionTag(verdict.action, words)}${rule}</td><td class="path"><bdi>${escapeHtml(path)}</bdi><br><small>${escapeHtml(type)}, ${words.bytes(bytes)}</small></td><td>${persons === 0 ? '' : escapeHtml(personsText(file, words))}</td><td><ul>${found.map((html) => `<li>${html}</li>`).join('')}</ul></td></tr>\n`;
}

function* errorTable({ results, summary }: ReportSource, words: Words): Generator<string> {
  const { t, number } = words;
  yield countTable(
    t('scan:summary.errors'),
    [t('scan:column.error'), t('scan:column.count')],
    summary.errors.map(({ code: error, count }) => [`${code(error)} ${escapeHtml(t(`errors:${error}`))}`, number(count)]),
  );
  yield* rowsOf(results.errors(), ({ path, error }) => `<td>${code(error.code)}</td><td class="path"><bdi>${escapeHtml(path)}</bdi></td>`);
}

function* leftOutTable({ results }: ReportSource, { t }: Words): Generator<string> {
  yield* rowsOf(
    results.leftOut(),
    ({ path, reason, filesystem }) =>
      `<td>${escapeHtml(t(`scan:left-out.${reason}`))}${filesystem === undefined ? '' : ` ${code(filesystem)}`}</td><td class="path"><bdi>${escapeHtml(path)}</bdi></td>`,
  );
}

function* rowsOf<T>(values: Iterable<T>, cells: (value: T) => string): Generator<string> {
  let rows = 0;
  for (const value of values) {
    if (rows === MOST_ROWS) break;
    yield rows === 0 ? '<table><tbody>' : '';
    rows += 1;
    yield `<tr>${cells(value)}</tr>\n`;
  }
  if (rows > 0) yield '</tbody></table>\n';
}

const actionTag = (action: Action, { t }: Words): string =>
  `<span class="tag ${action}">${escapeHtml(t(`events:action.${action}`))}</span>`;

const code = (text: string): string => `<code><bdi>${escapeHtml(text)}</bdi></code>`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
