import { mapExfat } from './exfat.ts';
import { mapExt } from './ext.ts';
import { mapFat } from './fat.ts';
import type { FilesystemMap, RawBytes } from './filesystem-map.ts';

/** Null for a filesystem that is not known. @throws BrokenFilesystem */
export const readFilesystem = (part: RawBytes): FilesystemMap | null => mapExfat(part) ?? mapExt(part) ?? mapFat(part);
