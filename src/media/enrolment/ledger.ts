import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MediumRecord, mediumRecord } from '../../contracts/medium.ts';

/** In the organisation's folder, one record a line; a later line of one id takes the place of an earlier one. */
const LEDGER_FILE = 'media.ndjson';

export async function addToLedger(organisation: string, record: MediumRecord): Promise<void> {
  const file = await open(join(organisation, LEDGER_FILE), 'a', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** In the order of their due dates. A last line that was cut off is left out. @throws what the file system threw. */
export async function readLedger(organisation: string): Promise<MediumRecord[]> {
  let text: string;
  try {
    text = await readFile(join(organisation, LEDGER_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const complete = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
  const records = complete.map((line) => mediumRecord.parse(JSON.parse(line)));
  const byId = new Map(records.map((record) => [record.id, record]));
  return [...byId.values()].toSorted((a, b) => a.due.localeCompare(b.due));
}
