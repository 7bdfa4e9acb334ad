import { print, printError, printJson } from '../context.ts';
import type { FailedFile, LeftOutEntry, ScannedFile, ScanSummary } from './report-schema.ts';
import { isSensitive } from './report-schema.ts';
import { detectorName, personsText, shownFindings, unreadableTexts, type Words } from './words.ts';

/** Where a scan tells what it finds, in the order of the walk. */
export interface ScanOutput {
  readonly file: (file: ScannedFile) => void;
  /** `quiet`: a link or special file inside a folder, of which a disk has many. */
  readonly error: (file: FailedFile, quiet: boolean) => void;
  readonly leftOut: (entry: LeftOutEntry) => void;
  readonly end: (summary: ScanSummary, millis: number, reports: readonly string[]) => void;
}

/** One JSON object a line for each file; what is no file goes to standard error. */
export function jsonOutput(words: Words, makeRoom: () => void): ScanOutput {
  const show = (value: object): void => {
    makeRoom();
    printJson(value);
  };
  return {
    file: show,
    error: show,
    leftOut: (entry) => printLeftOut(entry, words, makeRoom),
    end: () => undefined,
  };
}

/**
 * For a person: what needs looking at, and a summary.
 * @param all every file, not only the sensitive ones
 * @param makeRoom called before a line is printed where the progress bar stands
 */
export function textOutput(words: Words, all: boolean, makeRoom: () => void): ScanOutput {
  return {
    file: (file) => {
      if (!all && !isSensitive(file.verdict.action)) return;
      makeRoom();
      print(fileText(file, words));
    },
    error: ({ path, error }, quiet) => {
      if (!all && quiet) return;
      makeRoom();
      // The English message says more than the code; the other languages have the code's.
      const message = words.language === 'en' ? error.message : words.t(`errors:${error.code}`);
      printError(`${path}: ${message} (${error.code})`);
    },
    leftOut: (entry) => printLeftOut(entry, words, makeRoom),
    end: (summary, millis, reports) => print(`\n${summaryLines(summary, millis, reports, words).join('\n')}`),
  };
}

function printLeftOut({ path, reason, filesystem }: LeftOutEntry, { t }: Words, makeRoom: () => void): void {
  if (reason === 'excluded') return;
  makeRoom();
  const kind = filesystem === undefined ? '' : `: ${filesystem}`;
  printError(t('scan:line.left-out', { path, reason: `${t(`scan:left-out.${reason}`)}${kind}` }));
}

const SAMPLES = 2;

function fileText(file: ScannedFile, words: Words): string {
  const { t, number } = words;
  const facts = [
    file.type,
    ...(file.persons === 0 ? [] : [personsText(file, words)]),
    ...(file.verdict.rule === null ? [] : [t('scan:line.rule', { rule: file.verdict.rule })]),
  ];
  const found = shownFindings(file.findings).map(({ detector, distinct, samples }) =>
    t('scan:line.finding', {
      detector: detectorName(detector, words),
      distinct: number(distinct),
      samples: samples.slice(0, SAMPLES).join(', '),
    }),
  );
  const unreadable = unreadableTexts(file, words);
  const details = unreadable.length === 0 ? found : [...found, t('scan:line.unreadable', { reasons: unreadable.join('; ') })];
  return [`${file.verdict.action.padEnd(8)} ${file.path} (${facts.join('; ')})`, ...details.map((line) => `    ${line}`)].join('\n');
}

export function summaryLines(summary: ScanSummary, millis: number, reports: readonly string[], words: Words): string[] {
  const { t, number, bytes, duration } = words;
  const list = (title: string, entries: readonly (readonly [string, number])[]): string[] =>
    entries.length === 0 ? [] : [`  ${title}: ${entries.map(([name, files]) => `${name} ${number(files)}`).join(', ')}`];
  const { files, sensitive, reused, persons } = summary;
  const actions = Object.entries(summary.actions).filter(([, count]) => count > 0);
  return [
    sensitive === 0 ? t('scan:summary.none') : t('scan:summary.sensitive', { count: number(sensitive) }),
    `  ${t('scan:summary.files', { count: files, files: number(files), bytes: bytes(summary.bytes), time: duration(millis), reused: number(reused) })}`,
    ...list(t('scan:summary.actions'), actions),
    ...list(
      t('scan:summary.detectors'),
      summary.detectors.map((each) => [detectorName(each.detector, words), each.files] as const),
    ),
    ...(persons.to === 0
      ? []
      : [`  ${t('scan:summary.persons', { persons: personsText({ persons: persons.to, personsFrom: persons.from }, words) })}`]),
    ...list(
      t('scan:summary.unreadable'),
      summary.unreadable.map((each) => [t(`events:unreadable.${each.reason}`), each.files] as const),
    ),
    ...list(
      t('scan:summary.errors'),
      summary.errors.map((each) => [each.code, each.count] as const),
    ),
    ...list(
      t('scan:summary.left-out'),
      summary.leftOut.map((each) => [t(`scan:left-out.${each.reason}`), each.count] as const),
    ),
    ...reports.map((path) => `  ${t('scan:summary.report', { path })}`),
  ];
}
