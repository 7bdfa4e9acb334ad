import { placeOf, type Level } from '../extraction.ts';
import type { XmlEvents } from './xml-events.ts';

const LONGEST_TEXT = 65_536;

/** Parts whose every text counts: metadata, form data bound to a document, cells cached from other workbooks. */
export const ALL_TEXT_PARTS = /^(?:docProps\/\w+|customXml\/item\d+|xl\/externalLinks\/externalLink\d+|meta)\.xml$/;
export const PROPERTY_PARTS = /^(?:docProps\/custom|meta)\.xml$/;
export const LABEL_PART = 'docMetadata/LabelInfo.xml';
/** A pivot table keeps a copy of its source, whole columns that may be nowhere else in the file, in attributes `v`. */
export const PIVOT_PARTS = /^xl\/pivotCache\/pivotCache(?:Definition|Records)\d+\.xml$/;
export const RELATION_PARTS = /(?:^|\/)_rels\/[^/]*\.rels$/;

/** Say which program wrote the file; its version looks like an address. */
const PROGRAM = new Set(['Application', 'AppVersion', 'generator']);

/** The text of every element, a line each, and of the attributes named. */
export function allTextEvents(level: Level, attributeNames: readonly string[] = []): XmlEvents {
  let text = '';
  const end = (): void => {
    if (text.trim() !== '') level.extraction.emit({ kind: 'text', text, place: placeOf(level) });
    text = '';
  };
  let depth = 0;
  let program = false;
  return {
    open(name, attributes) {
      depth++;
      program = PROGRAM.has(name);
      for (const attribute of attributeNames) {
        const value = attributes.get(attribute);
        if (value !== undefined) text += `${value}\n`;
      }
    },
    close() {
      depth--;
      program = false;
      if (!text.endsWith('\n')) text += '\n';
      if (depth === 0 || text.length > LONGEST_TEXT) end();
    },
    text(piece) {
      if (!program) text += piece;
    },
  };
}

/** Named properties of a document, each an element with its name in an attribute: `docProps/custom.xml`, OpenDocument's `meta.xml`. */
export function propertyEvents(level: Level): XmlEvents {
  const text = allTextEvents(level);
  let name: string | undefined;
  let value = '';
  return {
    open(element, attributes) {
      text.open?.(element, attributes);
      if (element === 'property') name = attributes.get('name');
      else if (element === 'user-defined') name = attributes.get('meta:name');
      else return;
      value = '';
    },
    close(element) {
      text.close?.(element);
      if (name === undefined || (element !== 'property' && element !== 'user-defined')) return;
      level.extraction.labels.property(name, value);
      name = undefined;
    },
    text(piece) {
      text.text?.(piece);
      if (name !== undefined && value.length < LONGEST_TEXT) value += piece;
    },
  };
}

/** [MS-OFFCRYPTO] 2.6.4: labels by their identifiers. */
export function labelInfoEvents(level: Level): XmlEvents {
  return {
    open(name, attributes) {
      if (name !== 'label') return;
      level.extraction.labels.labelInfo(attributes.get('id') ?? '', attributes.get('enabled') ?? '', attributes.get('removed') ?? '');
    },
  };
}

/** What a part refers to outside the file: hyperlinks, linked pictures, a template. */
export function externalTargetEvents(level: Level): XmlEvents {
  return {
    open(name, attributes) {
      if (name !== 'Relationship' || attributes.get('TargetMode') !== 'External') return;
      const target = attributes.get('Target') ?? '';
      if (target !== '') level.extraction.emit({ kind: 'text', text: target.slice(0, LONGEST_TEXT), place: placeOf(level) });
    },
  };
}
