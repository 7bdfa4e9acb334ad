import { placeOf, type Level } from '../extraction.ts';
import type { XmlEvents } from './xml-events.ts';

const LONGEST_TEXT = 65_536;

/** Parts whose every text counts: metadata, form data bound to a document, cells cached from other workbooks. */
export const ALL_TEXT_PARTS = /^(?:docProps\/\w+|customXml\/item\d+|xl\/externalLinks\/externalLink\d+|meta)\.xml$/;
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
      for (const attribute of attributeNames) if (attributes[attribute] !== undefined) text += `${attributes[attribute]}\n`;
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

/** What a part refers to outside the file: hyperlinks, linked pictures, a template. */
export function externalTargetEvents(level: Level): XmlEvents {
  return {
    open(name, attributes) {
      if (name !== 'Relationship' || attributes['TargetMode'] !== 'External') return;
      const target = attributes['Target'] ?? '';
      if (target !== '') level.extraction.emit({ kind: 'text', text: target.slice(0, LONGEST_TEXT), place: placeOf(level) });
    },
  };
}
