// oxlint-disable no-control-regex -- file signatures are bytes, control characters among them
import { isCompoundFile } from './compound-file.ts';
import { HEAD_BYTES, type Content } from './content.ts';
import type { Compression } from './formats/compressed.ts';
import { detectDelimiter, type Delimiter } from './formats/delimited.ts';
import { looksLikeDirectoryEntries } from './formats/directory-entries.ts';
import { looksLikeMail, looksLikeMailbox } from './formats/mail-type.ts';
import { isSqlite } from './formats/sqlite-database.ts';
import { isTarHeader } from './formats/tar.ts';
import { holdsWrittenTables } from './formats/written-tables-sign.ts';
import { detectEncoding } from './text-encoding.ts';

/** What a file is by its content; its name is never asked. */
export type ContentType =
  | {
      readonly kind:
        | 'empty'
        | 'zip'
        | 'compound'
        | 'tar'
        | 'ar'
        | 'rtf'
        | 'sqlite'
        | 'mbox'
        | 'vcard'
        | 'icalendar'
        | 'pdf'
        | 'text'
        | 'html'
        | 'json'
        | 'xml'
        | 'eml'
        | 'unknown';
    }
  | { readonly kind: 'table'; readonly delimiter: Delimiter }
  /** Text with tables drawn with bars, or with rows of SQL. */
  | { readonly kind: 'written-tables'; readonly name: 'text' }
  | { readonly kind: 'archive'; readonly name: '7z' | 'rar' | 'lzh' }
  | { readonly kind: 'compressed'; readonly name: Compression }
  /** Named and let be: pictures, sound, programs hold no text that is read here. */
  | { readonly kind: 'opaque'; readonly name: string }
  | { readonly kind: 'encrypted'; readonly name: string }
  /** Could hold documents, and cannot be opened here. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** The same, where much of it may stand unpacked: its printable strings are looked at as well. */
  | { readonly kind: 'container'; readonly name: string };

const OPAQUE: readonly (readonly [name: string, magic: RegExp])[] = [
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['gif', /^GIF8[79]a/],
  ['bmp', /^BM[^]{4}\0\0\0\0/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['tiff', /^(?:II\*\0|MM\0\*)/],
  ['heif', /^[^]{4}ftyp(?:hei|mif1|avif)/],
  ['mp4', /^[^]{4}ftyp/],
  ['wav', /^RIFF[^]{4}WAVE/],
  ['avi', /^RIFF[^]{4}AVI /],
  ['mp3', /^(?:ID3[\x02-\x04]|\xff[\xfb\xf3\xf2])/],
  ['ogg', /^OggS\0/],
  ['flac', /^fLaC/],
  ['matroska', /^\x1aE\xdf\xa3/],
  ['exe', /^MZ[^]{58}/],
  ['elf', /^\x7fELF/],
  ['mach-o', /^(?:\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/],
  ['wasm', /^\0asm/],
  ['woff', /^wOF[F2]/],
];

const COMPRESSED: readonly (readonly [name: Compression, magic: RegExp])[] = [
  ['gzip', /^\x1f\x8b\x08/],
  ['bzip2', /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/],
  ['zstd', /^\x28\xb5\x2f\xfd/],
  ['xz', /^\xfd7zXZ\0/],
];

const ARCHIVES = [
  ['7z', /^7z\xbc\xaf\x27\x1c/],
  ['rar', /^Rar!\x1a\x07[\0\x01]/],
  ['lzh', /^[^]{2}-l[hz][0-9ds]-/],
] as const;

const UNSUPPORTED: readonly (readonly [name: string, magic: RegExp])[] = [
  ['cab', /^MSCF\0/],
  ['arj', /^\x60\xea[^][\0-\x0a][\x1e-\x40][\x01-\x0c][^]{2}[\0-\x02]/],
  ['ace', /^[^]{7}\*\*ACE\*\*/],
  ['lz4', /^\x04\x22\x4d\x18/],
  ['lzip', /^LZIP[\0\x01]/],
  ['lzma', /^\x5d\0{2}[^]{2}(?:\xff{8}|[^]{5}\0{3})/],
  ['compress', /^\x1f\x9d[\x89-\x90]/],
  ['wim', /^MSWIM\0{3}/],
  ['squashfs', /^(?:hsqs[^]{2}|sqsh\0)[^]{0,16}\0/],
  ['onenote', /^\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3/],
  ['chm', /^ITSF[\x02-\x04]\0{3}/],
  ['mobi', /^[^]{60}BOOKMOBI/],
  ['djvu', /^AT&TFORM/],
  ['utf-32', /^(?:\xff\xfe\0\0|\0\0\xfe\xff)/],
];

const CONTAINERS: readonly (readonly [name: string, magic: RegExp])[] = [
  // Behind the name, for few files hold it: the bytes before are counted only then.
  ['iso', /CD001(?<=^[^]{32774})/],
  ['access', /^\0\x01\0{2}Standard (?:Jet|ACE) DB\0/],
  ['pst', /^!BDN/],
  ['parquet', /^PAR(?:1\x15|E[\0-\x08\x0e-\x1f])/],
  ['avro', /^Obj\x01/],
  ['orc', /^ORC[\0-\x1f][^]{0,500}\0/],
  ['arrow', /^ARROW1\0{2}/],
  ['hdf5', /^\x89HDF\r\n\x1a\n/],
  ['cpio', /^(?:070707[0-7]{70}|07070[12][0-9a-fA-F]{104})/],
  // Damaged from its first header on.
  ['ar', /^!<arch>\n/],
  ['dwg', /^AC10(?:0[69]|1[245]|18|2[147]|32)\0/],
  ['vhd', /^(?:conectix|cxsparse)/],
  ['vhdx', /^vhdxfile/],
  ['vmdk', /^(?:KDMV|COWD)[\x01-\x03]\0{3}/],
  ['qcow', /^QFI\xfb/],
];

const ENCRYPTED: readonly (readonly [name: string, magic: RegExp])[] = [
  ['age', /^(?:age-encryption\.org\/v1\n|-----BEGIN AGE ENCRYPTED FILE-----)/],
  ['pgp', /^-----BEGIN PGP MESSAGE-----/],
  // RFC 9580, 5.1: the first packet is a session key encrypted for someone, version 3, or by a password, version 4.
  ['pgp', /^(?:\x84[^]|\x85[^]{2}|\xc1[\0-\xbf]|\xc1[\xc0-\xdf][^])\x03[^]{8}[\x01\x02\x10\x12]/],
  ['pgp', /^(?:\x8c|\xc3)[\x04-\x40]\x04[\x01-\x0b][\0\x01\x03]/],
  // RFC 5652, 6: enveloped data, as S/MIME sends it.
  ['pkcs7', /^\x30[\x80-\x84][^]{0,4}?\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03/],
  ['luks', /^LUKS\xba\xbe/],
  ['kdbx', /^\x03\xd9\xa2\x9a[\x65-\x67]\xfb\x4b\xb5/],
];

export async function contentType({ head }: Content): Promise<ContentType> {
  if (head.length === 0) return { kind: 'empty' };
  const magic = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 33_000)).toString('latin1');
  if (/^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(magic)) return { kind: 'zip' };
  if (isCompoundFile(head)) return { kind: 'compound' };
  const compressed = COMPRESSED.find(([, pattern]) => pattern.test(magic));
  if (compressed !== undefined) return { kind: 'compressed', name: compressed[0] };
  const archive = ARCHIVES.find(([, pattern]) => pattern.test(magic));
  if (archive !== undefined) return { kind: 'archive', name: archive[0] };
  if (isSqlite(head)) return { kind: 'sqlite' };
  if (isTarHeader(head)) return { kind: 'tar' };
  if (/^!<arch>\n(?:$|[^]{58}`\n)/.test(magic)) return { kind: 'ar' };
  // Readers accept a PDF header anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13).
  if (/%PDF-[12]\./.test(magic.slice(0, 1024))) return { kind: 'pdf' };
  if (/^\s*\{\\rt/.test(magic)) return { kind: 'rtf' };
  const encrypted = ENCRYPTED.find(([, pattern]) => pattern.test(magic));
  if (encrypted !== undefined) return { kind: 'encrypted', name: encrypted[0] };
  const opaque = OPAQUE.find(([, pattern]) => pattern.test(magic));
  if (opaque !== undefined) return { kind: 'opaque', name: opaque[0] };
  const unsupported = UNSUPPORTED.find(([, pattern]) => pattern.test(magic));
  if (unsupported !== undefined) return { kind: 'unsupported', name: unsupported[0] };
  const container = CONTAINERS.find(([, pattern]) => pattern.test(magic));
  if (container !== undefined) return { kind: 'container', name: container[0] };
  return textType(head);
}

function textType(head: Uint8Array): ContentType {
  const encoding = detectEncoding(head);
  if (encoding === null) return { kind: 'unknown' };
  const text = new TextDecoder(encoding).decode(head);
  const start = text.slice(0, 4096).trimStart();
  if (/^<\?xml\s/.test(start)) return { kind: /<html[\s>]/i.test(start) ? 'html' : 'xml' };
  if (/^(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<table[\s>]|<meta\s)/i.test(start)) return { kind: 'html' };
  if (/^(?:\{\s*(?:"|\})|\[\s*(?:[{["\]0-9tfn-]))/.test(start) && (head.length === HEAD_BYTES || /[}\]]\s*$/.test(text))) {
    return { kind: 'json' };
  }
  const entries = looksLikeDirectoryEntries(start);
  if (entries !== undefined) return { kind: entries };
  if (looksLikeMailbox(start)) return { kind: 'mbox' };
  if (looksLikeMail(start)) return { kind: 'eml' };
  if (holdsWrittenTables(text)) return { kind: 'written-tables', name: 'text' };
  const delimiter = detectDelimiter(text);
  return delimiter === null ? { kind: 'text' } : { kind: 'table', delimiter };
}
