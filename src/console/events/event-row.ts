import type { Device } from '../../contracts/device.ts';
import type { EventBody, VolumeFacts } from '../../contracts/event.ts';
import type { PersonCount } from '../../contracts/finding.ts';
import type { Translate } from '../../i18n/create-i18n.ts';
import { baseName, eventHeadline, isKnown, type ShownEventBody } from '../../ui/event-headline.ts';
import { busName, deviceName, errorText, findingsText, unreadableText, volumeName } from '../../ui/event-words.ts';
import type { Formatter } from '../../ui/format.ts';

/** One line of the event list: what, who, where to, how many persons. Empty texts where an event has no such part. */
export interface EventRow {
  readonly what: string;
  readonly detail: string;
  readonly who: string;
  readonly where: string;
  readonly whereDetail: string;
  readonly persons: PersonCount | null;
}

export function eventRow(body: ShownEventBody, t: Translate, format: Formatter): EventRow {
  if (!isKnown(body)) return { ...NOTHING, what: eventHeadline(body, t, format) };
  const volume = volumeOf(body);
  const device = 'device' in body.data ? body.data.device : undefined;
  return {
    what: 'file' in body.data ? baseName(body.data.file.path) : eventHeadline(body, t, format),
    detail: detailOf(body, t, format),
    who: 'actor' in body.data ? body.data.actor.name : '',
    where: volume === undefined ? '' : volumeName(volume, t),
    whereDetail: volume === undefined ? (device === undefined ? '' : hardware(device, t)) : medium(volume, t),
    persons: 'persons' in body.data ? body.data.persons : null,
  };
}

const NOTHING: EventRow = { what: '', detail: '', who: '', where: '', whereDetail: '', persons: null };

function volumeOf(body: EventBody): VolumeFacts | undefined {
  return 'volume' in body.data ? body.data.volume : undefined;
}

/** The medium by what tells it from others: its serial, else how it is connected. */
function medium(volume: VolumeFacts, t: Translate): string {
  return volume.device?.serial ?? (volume.device === undefined ? busName(volume.bus, t) : hardware(volume.device, t));
}

function hardware(device: Device, t: Translate): string {
  return device.serial ?? `${busName(device.bus, t)} ${deviceName(device, t)}`;
}

function detailOf(body: EventBody, t: Translate, format: Formatter): string {
  if ('code' in body.data) return errorText(body.data.code, body.data.reason, t);
  if ('findings' in body.data) {
    const unreadable = body.data.unreadable.map((reason) => unreadableText(reason, t)).join(' · ');
    return [findingsText(body.data, t, format), unreadable].filter((part) => part !== '').join(' · ');
  }
  if ('justification' in body.data) return body.data.justification;
  return '';
}
