import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { syncFolder } from '../../node/atomic-file.ts';
import { fromErrno } from '../../node/errno.ts';
import { csvReport } from './csv-report.ts';
import { htmlReport } from './html-report.ts';
import { jsonReport, type ReportSource } from './json-report.ts';
import type { Words } from './words.ts';

export const REPORT_FORMS = { '.html': htmlReport, '.csv': csvReport, '.json': jsonReport } as const;

type ReportForm = keyof typeof REPORT_FORMS;

const isForm = (extension: string): extension is ReportForm => Object.hasOwn(REPORT_FORMS, extension);

/** The form of a report by its name, or null for a name of none. */
export function reportForm(path: string): ReportForm | null {
  const extension = extname(path).toLowerCase();
  return isForm(extension) ? extension : null;
}

/** Checks now that a report can be written there later: a scan may take days. */
export async function checkReport(path: string): Promise<Result<void, Failure>> {
  const trial = temporaryName(path);
  try {
    await (await open(trial, 'wx', 0o600)).close();
    await unlink(trial);
    return ok(undefined);
  } catch (error) {
    return err(fromErrno(error));
  }
}

/** Writes or replaces a report so that there is never half of one. For its owner alone. */
export async function writeReport(path: string, form: ReportForm, source: ReportSource, words: Words): Promise<Result<void, Failure>> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(inChunks(REPORT_FORMS[form](source, words)));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    return err(fromErrno(error));
  }
}

const temporaryName = (path: string): string => `${path}.${randomBytes(6).toString('hex')}.tmp`;

const CHUNK = 65_536;

/** A write for each line would be a system call for each line. */
function* inChunks(texts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
