import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import {
  decryptFile,
  encryptFile,
  formatIdentityFile,
  generateIdentity,
  parseIdentityFile,
  recipientOf,
  verifyFile,
} from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { FileDecision } from '../../contracts/event.ts';
import { uuid } from '../../contracts/ids.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { syncFolder, writeFileAtomic } from '../../node/atomic-file.ts';
import { fromErrno } from '../../node/errno.ts';
import { type QuarantineItem, quarantineItem } from './item.ts';

export interface QuarantineOptions {
  /** Made if missing, for its owner alone. */
  readonly folder: string;
  /** Bound of what all age files take together. */
  readonly maxBytes: number;
  readonly keepMillis: number;
  readonly clock: { now(): number };
}

/** What is known of a file when it is taken in. */
export interface QuarantineFacts {
  /** On the volume, exact bytes, `/` between parts. */
  readonly path: Uint8Array;
  readonly shownPath: string;
  readonly mode: number;
  readonly modifiedMillis: number;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly decision: FileDecision;
  /** Besides the quarantine's own: the organisation's, so that a lost PC loses no file. */
  readonly recipients: readonly string[];
}

export interface Quarantine {
  /**
   * Takes in a copy: encrypted, on disk and proved readable when this resolves. `onStaged` runs when all is written but
   * the item does not count yet. DLP_QUARANTINE_FULL, DLP_FILE_NO_SPACE, DLP_AGE_RECIPIENT, DLP_VERIFY_FAILED, DLP_FILE_IO.
   */
  add(source: FileHandle, facts: QuarantineFacts, onStaged?: (id: string) => void): Promise<Result<QuarantineItem, Failure>>;
  /** Oldest first. An item whose description cannot be read is left out. */
  list(): Promise<QuarantineItem[]>;
  find(id: string): Promise<QuarantineItem | null>;
  /** Decrypts into a file of the caller's choosing, and checks the plaintext's hash. The item stays. */
  restore(id: string, target: string, options: { force: boolean }): Promise<Result<QuarantineItem, Failure>>;
  /** Decrypts into an open, empty file, and checks the plaintext's hash. */
  extract(id: string, target: FileHandle): Promise<Result<QuarantineItem, Failure>>;
  /** The age file itself, to be put on a medium in place of the plaintext. */
  openStored(id: string): Promise<FileHandle>;
  /** Forgets an item: its file is on a medium again. No error when it is gone already. */
  remove(id: string): Promise<void>;
  /** Removes what is older than the keeping time, and leftovers of a crash; gives what was removed. */
  expire(now: number): Promise<QuarantineItem[]>;
  setLimits(limits: { maxBytes: number; keepMillis: number }): void;
}

const IDENTITY_FILE = 'identity.txt';
const STAGED_LEFTOVER_MILLIS = 3_600_000;
/** More than age adds to a file of this size: header with 33 recipients, 16 bytes for each 64 KiB. */
const overhead = (bytes: number): number => 8192 + Math.ceil(bytes / 65_536) * 16;

/** @throws when the folder cannot be made or its identity file cannot be read. */
export async function openQuarantine(options: QuarantineOptions): Promise<Quarantine> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  await chmod(options.folder, 0o700);
  const identities = await loadIdentities(options.folder, options.clock.now());
  const recipients = identities.map((identity) => {
    const recipient = recipientOf(identity);
    if (!recipient.ok) throw new Error(recipient.error.message);
    return recipient.value;
  });
  const quarantine = new FolderQuarantine(options, identities, recipients);
  await quarantine.measure();
  return quarantine;
}

async function loadIdentities(folder: string, now: number): Promise<string[]> {
  const path = join(folder, IDENTITY_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (fromErrno(error).code === 'DLP_FILE_NOT_FOUND') return null;
    throw error;
  });
  if (text === null) {
    const { identity } = generateIdentity();
    await writeFileAtomic(path, formatIdentityFile(identity, new Date(now)), 0o600);
    return [identity];
  }
  const parsed = parseIdentityFile(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

class FolderQuarantine implements Quarantine {
  readonly #folder: string;
  readonly #identities: readonly string[];
  readonly #recipients: readonly string[];
  readonly #clock: { now(): number };
  #maxBytes: number;
  #keepMillis: number;
  #used = 0;

  constructor(options: QuarantineOptions, identities: readonly string[], recipients: readonly string[]) {
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes;
    this.#keepMillis = options.keepMillis;
    this.#identities = identities;
    this.#recipients = recipients;
  }

  async measure(): Promise<void> {
    this.#used = 0;
    for (const item of await this.list()) this.#used += item.storedBytes;
  }

  setLimits(limits: { maxBytes: number; keepMillis: number }): void {
    this.#maxBytes = limits.maxBytes;
    this.#keepMillis = limits.keepMillis;
  }

  async add(source: FileHandle, facts: QuarantineFacts, onStaged?: (id: string) => void): Promise<Result<QuarantineItem, Failure>> {
    const { size } = await source.stat();
    const reserved = size + overhead(size);
    if (this.#used + reserved > this.#maxBytes) {
      return err(failure('DLP_QUARANTINE_FULL', 'The quarantine on this PC is full. The file was left where it is.', { retryable: true }));
    }
    this.#used += reserved;
    const id = uuidv7();
    const added = await this.#stage(id, source, facts, onStaged).catch((error: unknown) => err(fromErrno(error)));
    this.#used += (added.ok ? added.value.storedBytes : 0) - reserved;
    if (!added.ok) await unlink(this.#stored(id)).catch(() => undefined);
    return added;
  }

  async #stage(
    id: string,
    source: FileHandle,
    facts: QuarantineFacts,
    onStaged?: (id: string) => void,
  ): Promise<Result<QuarantineItem, Failure>> {
    const target = await open(this.#stored(id), 'wx+', 0o600);
    try {
      const written = await encryptFile(source, target, [...this.#recipients, ...facts.recipients]);
      if (!written.ok) return written;
      await target.sync();
      const verified = await verifyFile(target, written.value);
      if (!verified.ok) return verified;
      const item = this.#describe(id, facts, written.value, (await target.stat()).size);
      await syncFolder(this.#folder);
      onStaged?.(id);
      await writeFileAtomic(this.#description(id), JSON.stringify(item), 0o600);
      return ok(item);
    } finally {
      await target.close();
    }
  }

  #describe(id: string, facts: QuarantineFacts, plaintext: { bytes: number; sha256: string }, storedBytes: number): QuarantineItem {
    const { actor, volume, verdict } = facts.decision;
    return quarantineItem.parse({
      format: 'sekisho-quarantine/1',
      id,
      added: new Date(this.#clock.now()).toISOString(),
      path: Buffer.from(facts.path).toString('base64'),
      shownPath: facts.shownPath,
      bytes: plaintext.bytes,
      sha256: plaintext.sha256,
      storedBytes,
      mode: facts.mode & 0o7777,
      modified: new Date(facts.modifiedMillis).toISOString(),
      owner: facts.owner,
      volume,
      actor,
      verdict,
    });
  }

  async list(): Promise<QuarantineItem[]> {
    const names = await readdir(this.#folder);
    const items: QuarantineItem[] = [];
    for (const name of names.toSorted()) {
      if (!name.endsWith('.json')) continue;
      const item = await this.find(name.slice(0, -'.json'.length));
      if (item !== null) items.push(item);
    }
    return items;
  }

  async find(id: string): Promise<QuarantineItem | null> {
    // The id names files in the folder: anything but a UUID could name one outside it.
    if (!uuid.safeParse(id).success) return null;
    const text = await readFile(this.#description(id), 'utf8').catch(() => null);
    if (text === null) return null;
    const parsed = quarantineItem.safeParse(parseJson(text));
    return parsed.success && parsed.data.id === id ? parsed.data : null;
  }

  async extract(id: string, target: FileHandle): Promise<Result<QuarantineItem, Failure>> {
    const item = await this.find(id);
    if (item === null) return err(failure('DLP_QUARANTINE_MISSING', 'There is no such file in the quarantine.'));
    try {
      const stored = await this.openStored(id);
      try {
        const written = await decryptFile(stored, target, this.#identities);
        if (!written.ok) return written;
        if (written.value.sha256 !== item.sha256 || written.value.bytes !== item.bytes) {
          return err(failure('DLP_VERIFY_FAILED', 'The quarantined copy is not what was taken in. Nothing was restored.'));
        }
        await target.sync();
        return ok(item);
      } finally {
        await stored.close();
      }
    } catch (error) {
      return err(fromErrno(error));
    }
  }

  async restore(id: string, target: string, options: { force: boolean }): Promise<Result<QuarantineItem, Failure>> {
    const path = resolve(target);
    const temporary = join(dirname(path), `.sekisho-restore-${randomBytes(8).toString('hex')}`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      let restored: Result<QuarantineItem, Failure>;
      try {
        restored = await this.extract(id, file);
        if (restored.ok) await file.utimes(new Date(this.#clock.now()), new Date(restored.value.modified));
      } finally {
        await file.close();
      }
      if (restored.ok) await place(temporary, path, options.force);
      return restored;
    } catch (error) {
      return err(fromErrno(error));
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  async openStored(id: string): Promise<FileHandle> {
    return open(this.#stored(id), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  }

  async remove(id: string): Promise<void> {
    const item = await this.find(id);
    if (!uuid.safeParse(id).success) return;
    await unlink(this.#description(id)).catch(() => undefined);
    await unlink(this.#stored(id)).catch(() => undefined);
    if (item !== null) this.#used = Math.max(0, this.#used - item.storedBytes);
  }

  async expire(now: number): Promise<QuarantineItem[]> {
    const items = await this.list();
    const old = items.filter((item) => Date.parse(item.added) + this.#keepMillis <= now);
    for (const item of old) await this.remove(item.id);
    await this.#sweepStaged(new Set(items.map((item) => item.id)), now);
    return old;
  }

  /** An age file without a description was being taken in when the agent died; its original is still on the medium. */
  async #sweepStaged(known: ReadonlySet<string>, now: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const id = name.slice(0, -'.age'.length);
      if (!name.endsWith('.age') || known.has(id) || !uuid.safeParse(id).success) continue;
      const facts = await stat(this.#stored(id)).catch(() => null);
      const described = await stat(this.#description(id)).catch(() => null);
      if (facts !== null && described === null && facts.mtimeMs + STAGED_LEFTOVER_MILLIS <= now) await this.remove(id);
    }
  }

  #stored(id: string): string {
    return join(this.#folder, `${id}.age`);
  }

  #description(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** A link fails where something of that name is; a rename would replace it. */
async function place(from: string, to: string, force: boolean): Promise<void> {
  if (force) await rename(from, to);
  else await link(from, to);
  await syncFolder(dirname(to));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
