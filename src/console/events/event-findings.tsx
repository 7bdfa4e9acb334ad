import type { FileDecision } from '../../contracts/event.ts';
import type { Finding } from '../../contracts/finding.ts';
import { detectorName, personsText, placeText, reasonText, unreadableText } from '../../ui/event-words.ts';
import { useUi } from '../../ui/use-ui.ts';
import { Section } from './facts.tsx';
import styles from './event-drawer.module.css';

/** What the inspection saw: each kind with masked samples, where it stood, and why it is believed. */
export function EventFindings({ decision }: { readonly decision: FileDecision }) {
  const { t, format } = useUi();
  const { findings, persons, unreadable } = decision;
  return (
    <Section title={t('console:drawer.findings')}>
      {persons.to === 0 ? null : <p className={styles['persons']}>{personsText(persons, t, format)}</p>}
      {unreadable.length === 0 ? null : (
        <p className={styles['unreadable']}>
          {t('events:unreadable.title', { reasons: unreadable.map((reason) => unreadableText(reason, t)).join(' · ') })}
        </p>
      )}
      {findings.length === 0 && unreadable.length === 0 ? <p className={styles['nothing']}>{t('console:drawer.no-findings')}</p> : null}
      {findings.map((finding) => (
        <FindingCard key={`${finding.detector} ${finding.confidence}`} finding={finding} />
      ))}
    </Section>
  );
}

function FindingCard({ finding }: { readonly finding: Finding }) {
  const { t, format } = useUi();
  const { count, distinct } = finding;
  return (
    <article className={styles['finding']}>
      <header className={styles['findingHead']}>
        <h4>{detectorName(finding.detector, t)}</h4>
        <span>
          {t('console:drawer.matches', { count, formatted: format.number(count) })}
          {distinct === count ? null : ` · ${t('console:drawer.distinct', { count: distinct, formatted: format.number(distinct) })}`}
        </span>
        <span className={`${styles['confidence']} ${styles[finding.confidence]}`}>{t(`events:confidence.${finding.confidence}`)}</span>
      </header>
      <dl className={styles['findingFacts']}>
        <Lines name={t('console:drawer.samples')} lines={finding.samples} mono />
        <Lines name={t('console:drawer.places')} lines={finding.where.map((place) => placeText(place, t))} />
        <Lines name={t('console:drawer.because')} lines={finding.reasons.map((reason) => reasonText(reason, t))} />
      </dl>
    </article>
  );
}

function Lines({ name, lines, mono = false }: { readonly name: string; readonly lines: readonly string[]; readonly mono?: boolean }) {
  const shown = [...new Set(lines)].filter((line) => line !== '');
  if (shown.length === 0) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? styles['mono'] : undefined}>
        {shown.map((line) => (
          <span key={line} className={styles['line']}>
            {line}
          </span>
        ))}
      </dd>
    </>
  );
}
