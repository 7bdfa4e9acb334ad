import type { Finding } from '../../contracts/finding.ts';
import { BYTE_ORDER_MARK, csvRecord } from './csv.ts';
import type { ReportSource } from './json-report.ts';
import type { ScannedFile } from './report-schema.ts';
import { detectorName, placeText, shownFindings, unreadableTexts, type Words } from './words.ts';

/** A record for each file, then one for each error; docs/spec/scan.md section 6. */
export function* csvReport({ results }: ReportSource, words: Words): Generator<string> {
  const { t } = words;
  const head = ['path', 'verdict', 'rule', 'type', 'bytes', 'persons-from', 'persons-to', 'detectors', 'samples', 'places'] as const;
  yield BYTE_ORDER_MARK;
  yield csvRecord([...head.map((name) => t(`scan:column.${name}`)), t('scan:column.unreadable'), t('scan:column.error')]);
  for (const file of results.files()) yield csvRecord(fileRecord(file, words));
  for (const { path, error } of results.errors()) yield csvRecord([path, '', '', '', '', '', '', '', '', '', '', error.code]);
}

function fileRecord(file: ScannedFile, words: Words): (string | number)[] {
  const { path, verdict, type, bytes, persons, personsFrom = persons } = file;
  const findings = shownFindings(file.findings);
  const each = (text: (finding: Finding) => string): string => findings.map(text).join('; ');
  return [
    path,
    words.t(`events:action.${verdict.action}`),
    verdict.rule ?? '',
    type,
    bytes,
    personsFrom,
    persons,
    each(({ detector, distinct }) => `${detectorName(detector, words)} ${distinct}`),
    each(({ samples }) => samples.join(', ')),
    each(({ where }) =>
      where
        .map((place) => placeText(place, words))
        .filter((text) => text !== '')
        .join(', '),
    ),
    unreadableTexts(file, words).join('; '),
    '',
  ];
}
