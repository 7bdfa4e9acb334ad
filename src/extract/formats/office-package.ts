import type { Budget } from '../budget.ts';
import { collect } from '../content.ts';
import type { Place } from '../../contracts/finding.ts';
import { placeOf, type Level } from '../extraction.ts';
import type { ZipListing, ZipMember } from '../zip-archive.ts';
import { partName } from '../part-name.ts';
import { extractMember } from './archive.ts';
import { officeTextEvents } from './office-text.ts';
import { ODF_SHEETS, ODF_SLIDES, ODF_TEXT, OOXML_TEXT } from './office-vocabulary.ts';
import {
  ALL_TEXT_PARTS,
  allTextEvents,
  externalTargetEvents,
  LABEL_PART,
  labelInfoEvents,
  PIVOT_PARTS,
  PROPERTY_PARTS,
  propertyEvents,
  RELATION_PARTS,
} from './package-parts.ts';
import { sharedStringEvents, worksheetEvents } from './spreadsheet.ts';
import { readXml, type XmlEvents } from './xml-events.ts';

export type OfficeType = 'docx' | 'xlsx' | 'pptx' | 'odt' | 'ods' | 'odp' | 'odg';

const ODF_MIMETYPE = /^application\/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation|graphics)(?:-template|-master)?$/;
const ODF_TYPES: ReadonlyMap<string, OfficeType> = new Map([
  ['text', 'odt'],
  ['spreadsheet', 'ods'],
  ['presentation', 'odp'],
  ['graphics', 'odg'],
]);

/** What kind of office file a zip is, by the parts it must have; null for any other zip. */
export async function officeTypeOf(listing: ZipListing, budget: Budget): Promise<OfficeType | null> {
  const names = new Set(listing.members.map(({ name }) => name));
  if (names.has('[Content_Types].xml')) {
    if (names.has('word/document.xml')) return 'docx';
    if (names.has('xl/workbook.xml')) return 'xlsx';
    if (names.has('ppt/presentation.xml')) return 'pptx';
  }
  // OpenDocument part 2 section 3.3: the first member is `mimetype`, and holds nothing else.
  const [first] = listing.members;
  if (first?.name !== 'mimetype' || first.packed > 100 || first.encrypted) return null;
  const mimetype = (
    await collect(
      first.stream(budget, () => {}),
      budget,
    )
  )
    .toString('latin1')
    .trim();
  return ODF_TYPES.get(ODF_MIMETYPE.exec(mimetype)?.[1] ?? '') ?? null;
}

const DOCUMENT_PARTS = /^word\/(?:document|header\d*|footer\d*|comments\w*|footnotes|endnotes|glossary\/document)\.xml$/;
const SLIDE_PARTS =
  /^ppt\/(?:slides\/slide|notesSlides\/notesSlide|comments\/comment)(\d+)\.xml$|^ppt\/(?:slideMasters|slideLayouts|notesMasters|handoutMasters|comments)\/\w+\.xml$/;
const SHEET_TEXT_PARTS = /^xl\/(?:comments\d*|comments\/\w+|threadedComments\/\w+|drawings\/drawing\d+)\.xml$/;
const ODF_PARTS = /^(?:Object \d+\/)?(?:content|styles)\.xml$/;
const CHART_PARTS = /^(?:word|ppt|xl)\/(?:charts|diagrams)\/(?:chart|data)\d+\.xml$/;
/** Embedded files; in Word also those that are put in as text when it opens the document (ECMA-376 part 1, 11.3.1). */
const EMBEDDED = /^(?:word|ppt|xl)\/embeddings\/|^word\/[^/]+\.(?:x?html?|mht|rtf|txt|docx)$|^Object \d+$/i;

const PICTURES = /^(?:word|ppt|xl)\/media\/|^(?:Object \d+\/)?Pictures\/|^(?:docProps|Thumbnails)\/thumbnail\./;
/**
 * Parts that say how the document looks, pictures drawn from its own text, macros and controls. All others are read by
 * their type: anybody can put a file into a package.
 */
const OWN_PARTS =
  /\.(?:xml|rels|rdf|vml|svm|emf|wmf)$|^mimetype$|^(?:word|ppt|xl)\/(?:vbaProject\w*|activeX\/\w+|printerSettings\/\w+)\.bin$/i;

/** docx, xlsx, pptx (ECMA-376) and OpenDocument: all parts that hold text, hidden sheets, notes and comments too, and embedded files. */
export async function extractOfficePackage(level: Level, listing: ZipListing, type: OfficeType): Promise<void> {
  const { budget } = level.extraction;
  const workbook = type === 'xlsx' ? await readWorkbook(level, listing) : undefined;
  for (const member of listing.members) {
    budget.countEntry();
    if (member.encrypted) level.extraction.report('encrypted', level.part);
    else if (EMBEDDED.test(member.name)) await extractMember(level, member);
    else {
      const events = eventsFor(level, type, member.name, workbook);
      if (events !== undefined) await readPart(level, member, events);
      else if (isToRead(level, member.name)) await extractMember(level, member);
    }
  }
  if (listing.failure !== undefined) level.extraction.report(listing.failure, level.part);
}

/** A picture at the greatest depth is no reason to call the document too deep, unless policy wants its text. */
function isToRead({ extraction: { budget }, depth }: Level, name: string): boolean {
  if (OWN_PARTS.test(name)) return false;
  return budget.limits.ocr === true || !PICTURES.test(name) || depth < budget.limits.maxDepth;
}

function eventsFor(level: Level, type: OfficeType, name: string, workbook: Workbook | undefined): XmlEvents | undefined {
  const { extraction } = level;
  const text = (more: Omit<Place, 'part'> = {}) => officeTextEvents(OOXML_TEXT, extraction, placeOf(level, more));
  if (RELATION_PARTS.test(name)) return externalTargetEvents(level);
  if (name === LABEL_PART) return labelInfoEvents(level);
  if (PROPERTY_PARTS.test(name)) return propertyEvents(level);
  if (ALL_TEXT_PARTS.test(name)) return allTextEvents(level);
  if (CHART_PARTS.test(name)) return text();
  if (type === 'docx') {
    if (!DOCUMENT_PARTS.test(name)) return undefined;
    // A mark in a header is told from the word in a sentence.
    return name === 'word/document.xml' ? text() : officeTextEvents(OOXML_TEXT, extraction, { part: partName(level.part, name) });
  }
  if (type === 'pptx') {
    const slide = SLIDE_PARTS.exec(name);
    if (slide === null) return undefined;
    return text(slide[1] === undefined ? {} : { page: Math.max(1, Number(slide[1])) });
  }
  if (type === 'xlsx') {
    const sheet = workbook?.sheetNames.get(name);
    if (sheet !== undefined) return worksheetEvents(extraction, sheet, level.part, workbook?.strings ?? []);
    if (PIVOT_PARTS.test(name)) return allTextEvents(level, ['v']);
    const owner = workbook?.sheetOf.get(name);
    return SHEET_TEXT_PARTS.test(name) ? text(owner === undefined ? {} : { sheet: owner }) : undefined;
  }
  if (name === 'META-INF/manifest.xml') {
    // OpenDocument encrypts each part by itself and leaves the zip open.
    return { open: (element) => void (element === 'encryption-data' && extraction.report('encrypted', level.part)) };
  }
  const vocabulary = type === 'ods' ? ODF_SHEETS : type === 'odp' || type === 'odg' ? ODF_SLIDES : ODF_TEXT;
  return ODF_PARTS.test(name) ? officeTextEvents(vocabulary, extraction, placeOf(level)) : undefined;
}

interface Workbook {
  /** By the part's name; hidden sheets are sheets. */
  readonly sheetNames: ReadonlyMap<string, string>;
  /** The sheet that a part of comments or boxes belongs to, by the part's name. */
  readonly sheetOf: ReadonlyMap<string, string>;
  readonly strings: readonly string[];
}

async function readWorkbook(level: Level, listing: ZipListing): Promise<Workbook> {
  const targets = new Map<string, string>();
  const sheets: { readonly name: string; readonly relation: string }[] = [];
  const strings: string[] = [];
  const members = new Map(listing.members.map((member) => [member.name, member]));
  const read = async (part: string, events: XmlEvents): Promise<void> => {
    const member = members.get(part);
    if (member !== undefined) await readPart(level, member, events);
  };
  await read('xl/_rels/workbook.xml.rels', {
    open: (name, attributes) => {
      if (name === 'Relationship') targets.set(attributes.get('Id') ?? '', attributes.get('Target') ?? '');
    },
  });
  await read('xl/workbook.xml', {
    open: (name, attributes) => {
      if (name === 'sheet') sheets.push({ name: (attributes.get('name') ?? '').slice(0, 256), relation: attributes.get('r:id') ?? '' });
    },
  });
  await read('xl/sharedStrings.xml', sharedStringEvents(strings));
  const sheetNames = new Map<string, string>();
  for (const { name, relation } of sheets) {
    const target = targets.get(relation) ?? '';
    sheetNames.set(target.startsWith('/') ? target.slice(1) : `xl/${target}`, name);
  }
  // A sheet that the workbook does not name is still data that someone can read.
  for (const { name } of listing.members) {
    if (/^xl\/worksheets\/[^/]+\.xml$/.test(name) && !sheetNames.has(name)) sheetNames.set(name, name.slice('xl/worksheets/'.length, -4));
  }
  const sheetOf = new Map<string, string>();
  for (const [sheet, name] of sheetNames) {
    await read(sheet.replace(/([^/]+)$/, '_rels/$1.rels'), {
      open: (_, attributes) => {
        const target = attributes.get('Target') ?? '';
        sheetOf.set(target.startsWith('/') ? target.slice(1) : target.replace(/^\.\.\//, 'xl/'), name);
      },
    });
  }
  return { sheetNames, sheetOf, strings };
}

async function readPart(level: Level, member: ZipMember, events: XmlEvents): Promise<void> {
  if (!member.supported) {
    level.extraction.report('unsupported', level.part);
    return;
  }
  const { extraction, part } = level;
  const damaged = (): void => extraction.report('corrupt', part);
  const { wellFormed } = await readXml(member.stream(extraction.budget, damaged), events, extraction.budget);
  if (!wellFormed) damaged();
}
