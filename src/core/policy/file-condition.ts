import { CONFIDENCES, type Inspection } from '../../contracts/finding.ts';
import type { FileCondition } from '../../contracts/policy.ts';
import type { Volume } from '../../contracts/volume.ts';
import { baseName } from '../display-name.ts';
import { sizeBytes } from '../units.ts';
import { matchesAnyGlob } from './glob.ts';
import { memberOf, type Member } from './member.ts';

/** Everything a file rule may ask about. */
export interface FileCircumstances {
  /** Shown text, relative to the volume, `/` between parts. */
  readonly path: string;
  readonly bytes: number;
  readonly inspection: Inspection;
  readonly volume: Volume;
  readonly user: string;
  readonly host: string;
}

type Wanted<M extends keyof FileCondition> = NonNullable<FileCondition[M]>;
const member = memberOf<FileCondition, FileCircumstances>();

// In the order of their cost: findings are compared only for files that everything else fits.
const MEMBERS: Readonly<Record<keyof FileCondition, Member<FileCondition, FileCircumstances>>> = {
  bus: member('bus', {
    holds: (wanted, file) => wanted.includes(file.volume.bus),
    seen: (file) => file.volume.bus,
  }),
  type: member('type', {
    holds: (wanted, file) => wanted.includes(file.inspection.type),
    seen: (file) => file.inspection.type,
  }),
  label: member('label', {
    holds: (wanted, file) => file.inspection.labels.some(({ id, name }) => matchesAnyGlob(wanted, name) || matchesAnyGlob(wanted, id)),
    seen: (file) => file.inspection.labels.map(({ id, name }) => (name === '' ? id : name)),
  }),
  size: member('size', {
    holds: (wanted, file) => isWithin(file.bytes, wanted),
    seen: (file) => file.bytes,
  }),
  serial: member('serial', {
    holds: (wanted, file) => matchesSerial(wanted, file.volume.device?.serial),
    seen: (file) => file.volume.device?.serial ?? null,
  }),
  users: member('users', {
    holds: (wanted, file) => matchesAnyGlob(wanted, file.user),
    seen: (file) => file.user,
  }),
  hosts: member('hosts', {
    holds: (wanted, file) => matchesAnyGlob(wanted, file.host),
    seen: (file) => file.host,
  }),
  name: member('name', {
    holds: (wanted, file) => matchesName(wanted, file.path),
    seen: (file) => file.path,
  }),
  persons: member('persons', {
    // The upper bound, unless told otherwise: what may be a thousand people is treated as a thousand people.
    holds: (wanted, { inspection: { persons } }) => (wanted.certain === true ? persons.from : persons.to) >= wanted['at-least'],
    seen: (file) => file.inspection.persons,
  }),
  unreadable: member('unreadable', {
    holds: (wanted, file) => file.inspection.unreadable.some(({ reason }) => wanted === true || wanted.includes(reason)),
    seen: (file) => file.inspection.unreadable.map(({ reason }) => reason),
  }),
  findings: member('findings', {
    holds: (wanted, file) => wanted.every((entry) => holdsDetector(entry, file.inspection)),
    seen: (file, wanted) => {
      const asked = new Set(wanted.flatMap(detectorsOf));
      const relevant = file.inspection.findings.filter(({ detector }) => asked.has(detector));
      return relevant.map(({ detector, distinct, confidence }) => ({ detector, distinct, confidence }));
    },
  }),
};

export const FILE_MEMBERS: readonly Member<FileCondition, FileCircumstances>[] = Object.values(MEMBERS);

/** A device without a serial matches no serial, not even `*`: it cannot be told from its twin. */
export function matchesSerial(wanted: readonly string[], serial: string | undefined): boolean {
  return serial !== undefined && serial !== '' && matchesAnyGlob(wanted, serial);
}

type DetectorCondition = Wanted<'findings'>[number];

/** Several detectors in one entry stand for each other: their distinct values are added up. */
function holdsDetector(wanted: DetectorCondition, inspection: Inspection): boolean {
  const detectors = detectorsOf(wanted);
  const lowest = CONFIDENCES.indexOf(wanted.confidence ?? 'medium');
  let distinct = 0;
  for (const finding of inspection.findings) {
    if (CONFIDENCES.indexOf(finding.confidence) >= lowest && detectors.includes(finding.detector)) distinct += finding.distinct;
  }
  return distinct >= (wanted['at-least'] ?? 1);
}

const detectorsOf = ({ detector }: DetectorCondition): readonly string[] => (typeof detector === 'string' ? [detector] : detector);

/** A pattern with `/` is meant for the whole path, one without for the file's own name. */
function matchesName(wanted: readonly string[], path: string): boolean {
  const lists = nameLists(wanted);
  return matchesAnyGlob(lists.names, baseName(path)) || matchesAnyGlob(lists.paths, path);
}

interface NameLists {
  readonly names: readonly string[];
  readonly paths: readonly string[];
}
const nameListsOf = new WeakMap<readonly string[], NameLists>();

function nameLists(patterns: readonly string[]): NameLists {
  const known = nameListsOf.get(patterns);
  if (known !== undefined) return known;
  const lists = {
    names: patterns.filter((pattern) => !pattern.includes('/')),
    paths: patterns.filter((pattern) => pattern.includes('/')),
  };
  nameListsOf.set(patterns, lists);
  return lists;
}

function isWithin(bytes: number, wanted: Wanted<'size'>): boolean {
  const { 'at-least': least, 'at-most': most } = wanted;
  return (least === undefined || bytes >= sizeBytes(least)) && (most === undefined || bytes <= sizeBytes(most));
}
