/** The words of Rich Text Format 1.9.1 that decide what is text. */

/** Destinations that hold no text of the document. Any other that is marked as ignorable (`\*`) is left out too. */
export const SILENT = new Set(
  'colortbl stylesheet pict themedata colorschememapping latentstyles datastore listtable listoverridetable rsidtbl generator filetbl xmlnstbl panose falt sn objclass fontemb listpicture revtim creatim printim nonshppict bliptag'.split(
    ' ',
  ),
);
/** Ignorable destinations that hold text all the same. */
export const SPEAKING = new Set(
  'fldinst footnote annotation atnauthor atnid shpinst shptxt ud title subject author company keywords doccomm manager hlinkbase operator userprops propname staticval bkmkstart objdata header footer headerl headerr headerf footerl footerr footerf formfield ffdeftext ffname ffhelptext ffstattext ffl do dptxbxtext shppict revtbl'.split(
    ' ',
  ),
);
/** Begin text of their own in the middle of a paragraph. */
export const ASIDES = new Set(
  'footnote annotation shptxt dptxbxtext header headerl headerr headerf footer footerl footerr footerf fldinst atnauthor atnid info revtbl shpinst userprops bkmkstart formfield'.split(
    ' ',
  ),
);
export const SYMBOLS: Readonly<Record<string, string>> = {
  tab: '\t',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  line: '\n',
  emspace: ' ',
  enspace: ' ',
};
export const PARAGRAPH_ENDS = new Set(['par', 'sect', 'page', 'column']);
