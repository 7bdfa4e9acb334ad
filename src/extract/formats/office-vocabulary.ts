/** Which elements of an office format mean what. Names are without prefix, attributes with it. */
export interface OfficeVocabulary {
  /** Character data counts only inside one of these. */
  readonly textIn: ReadonlySet<string>;
  readonly paragraphs: ReadonlySet<string>;
  readonly row: string;
  readonly cells: ReadonlySet<string>;
  readonly table: string;
  /** Holds a second copy of what stands beside it, or the reading of a word. */
  readonly skip: ReadonlySet<string>;
  /** Stands inside a paragraph and is no part of its text: notes, comments, boxes. */
  readonly asides: ReadonlySet<string>;
  /** Text that is an attribute: links, descriptions of pictures, filled form fields, watermarks. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly sheetName?: string;
  readonly page?: string;
}

/** WordprocessingML and DrawingML (ECMA-376): both write text in `t`, paragraphs in `p`, tables as `tbl`, `tr`, `tc`. */
export const OOXML_TEXT: OfficeVocabulary = {
  textIn: new Set(['t', 'delText', 'text', 'instrText', 'delInstrText']),
  paragraphs: new Set(['p', 'cm', 'comment', 'threadedComment']),
  row: 'tr',
  cells: new Set(['tc']),
  table: 'tbl',
  skip: new Set(['Fallback', 'rPh']),
  asides: new Set(['txbxContent']),
  attributes: new Map([
    ['docPr', ['descr', 'title']],
    ['cNvPr', ['descr', 'title']],
    ['textpath', ['string']],
  ]),
};

/** OpenDocument 1.3: text stands directly in paragraphs and headings. */
export const ODF_TEXT: OfficeVocabulary = {
  textIn: new Set(['p', 'h', 'creator', 'title', 'desc']),
  paragraphs: new Set(['p', 'h', 'creator', 'title', 'desc']),
  row: 'table-row',
  cells: new Set(['table-cell', 'covered-table-cell']),
  table: 'table',
  skip: new Set(['note-citation', 'ruby-text']),
  asides: new Set(['annotation', 'note', 'text-box']),
  attributes: new Map([
    ['a', ['xlink:href']],
    ['text', ['form:current-value', 'form:value']],
    ['textarea', ['form:current-value', 'form:value']],
    ['formatted-text', ['form:current-value', 'form:value']],
    ['combobox', ['form:current-value']],
  ]),
};

export const ODF_SHEETS: OfficeVocabulary = { ...ODF_TEXT, sheetName: 'table:name' };
export const ODF_SLIDES: OfficeVocabulary = { ...ODF_TEXT, page: 'page' };
