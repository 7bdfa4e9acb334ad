import type { Bus, Device } from '../contracts/device.ts';
import type { EventBody, EventType, FileDecision, VolumeFacts } from '../contracts/event.ts';
import { DETECTOR_IDS, type Place, type PersonCount, type UnreadableReason } from '../contracts/finding.ts';
import type { LocalizedText } from '../contracts/ids.ts';
import type { PolicyReference } from '../contracts/verdict.ts';
import { resources } from '../i18n/resources.ts';
import type { Translate } from '../i18n/create-i18n.ts';
import type { Formatter } from './format.ts';

/** Words for the parts of an event, in the reader's language. Ids this build does not know are shown as they are. */

type ReasonKey = Extract<keyof (typeof resources)['en']['events'], `reason.${string}`>;
type DetectorId = (typeof DETECTOR_IDS)[number];

const detectorIds: ReadonlySet<string> = new Set(DETECTOR_IDS);
const eventKeys: ReadonlySet<string> = new Set(Object.keys(resources.en.events));
const errorKeys: ReadonlySet<string> = new Set(Object.keys(resources.en.errors));

const isDetector = (id: string): id is DetectorId => detectorIds.has(id);
const isReasonKey = (key: string): key is ReasonKey => eventKeys.has(key);
const isErrorKey = (key: string): key is Extract<keyof (typeof resources)['en']['errors'], `DLP_${string}`> =>
  key.startsWith('DLP_') && errorKeys.has(key);

export function isEventType(type: string): type is EventType {
  return type !== 'unknown' && eventKeys.has(`type.${type}`);
}

export function typeName(type: string, t: Translate): string {
  return isEventType(type) ? t(`events:type.${type}`) : t('events:type.unknown', { type });
}

export function detectorName(id: string, t: Translate): string {
  if (isDetector(id)) return t(`events:detector.${id}`);
  return id.startsWith('custom.') ? t('events:detector.custom', { id: id.slice('custom.'.length) }) : t('events:detector.unknown', { id });
}

/** Why a finding has its confidence. */
export function reasonText(code: string, t: Translate): string {
  const key = `reason.${code}`;
  return isReasonKey(key) && key !== 'reason.unknown' ? t(`events:${key}`) : t('events:reason.unknown', { code });
}

export function unreadableText(reason: UnreadableReason, t: Translate): string {
  return t(`events:unreadable.${reason}`);
}

export function busName(bus: Bus, t: Translate): string {
  return t(`events:bus.${bus}`);
}

/** What an error code means; the collector's or agent's own sentence for codes this build does not know. */
export function errorText(code: string, message: string, t: Translate): string {
  return isErrorKey(code) ? t(`errors:${code}`) : t('errors:unknown', { code, message });
}

/** `customers.xlsx › sheet "2024" › cell B12`. */
export function placeText(place: Place, t: Translate): string {
  return [
    place.part,
    place.sheet === undefined ? undefined : t('events:place.sheet', { sheet: place.sheet }),
    place.cell === undefined ? undefined : t('events:place.cell', { cell: place.cell }),
    place.page === undefined ? undefined : t('events:place.page', { page: place.page }),
    place.line === undefined ? undefined : t('events:place.line', { line: place.line }),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' › ');
}

export function personsText(persons: PersonCount, t: Translate, format: Formatter): string {
  if (persons.to === 0) return t('persons.none');
  if (persons.from === persons.to) return t('persons.exact', { count: persons.to, formatted: format.number(persons.to) });
  return t('persons.range', { from: format.number(persons.from), to: format.number(persons.to) });
}

export function deviceName(device: Device, t: Translate): string {
  const name = [device.vendorName, device.productName].filter((part) => part !== undefined && part.trim() !== '').join(' ');
  return name === '' ? t('events:device.unnamed') : name;
}

/** The label people gave the volume, else the hardware's name. */
export function volumeName(volume: VolumeFacts, t: Translate): string {
  if (volume.label !== undefined && volume.label.trim() !== '') return volume.label;
  return volume.device === undefined ? t('events:volume.unnamed') : deviceName(volume.device, t);
}

export function policyName(policy: PolicyReference): string {
  return `${policy.name} v${policy.version}`;
}

/** A rule's message in the reader's language. */
export function localized(text: LocalizedText, t: Translate): string {
  return t('language.code') === 'ja' ? text.ja : text.en;
}

/** "My Number 12 · Phone number 30": kinds and numbers of distinct values, surest first. A kind may be found at two confidences. */
export function findingsText(decision: Pick<FileDecision, 'findings'>, t: Translate, format: Formatter): string {
  const weight = { high: 2, medium: 1, low: 0 } as const;
  const distinct = new Map<string, number>();
  for (const finding of decision.findings.toSorted((a, b) => weight[b.confidence] - weight[a.confidence])) {
    distinct.set(finding.detector, (distinct.get(finding.detector) ?? 0) + finding.distinct);
  }
  return [...distinct].map(([detector, count]) => `${detectorName(detector, t)} ${format.number(count)}`).join(' · ');
}

/** The decision in an event about a file that was inspected, null for every other event. */
export function fileDecisionOf(body: EventBody): FileDecision | null {
  return 'findings' in body.data ? body.data : null;
}
