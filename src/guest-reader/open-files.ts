import { armor, Decrypter, identityToRecipient } from 'age-encryption';

/** A passphrase as it was printed, however it was typed: full-width letters, capitals, with or without hyphens. */
export function plainPassphrase(typed: string): string {
  const letters = typed
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '');
  return letters.match(/.{1,4}/g)?.join('-') ?? '';
}

/** The medium's identity, or null for a wrong passphrase. @param protectedIdentity an armored age file. */
export async function openIdentity(protectedIdentity: string, typed: string): Promise<string | null> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(plainPassphrase(typed));
  try {
    const identity = (await decrypter.decrypt(armor.decode(protectedIdentity), 'text')).trim();
    await identityToRecipient(identity);
    return identity;
  } catch {
    return null;
  }
}

export type Opened =
  | { readonly ok: true; readonly content: Blob }
  /** `foreign`: not for the guests of this medium, `damaged`: its bytes were changed, `not-age`: another kind of file. */
  | { readonly ok: false; readonly reason: 'not-age' | 'foreign' | 'damaged' };

const MAGIC = 'age-encryption.org/v1\n';

/** The whole content or nothing: a file that was changed anywhere is not opened in part. */
export async function openFile(file: Blob, identity: string): Promise<Opened> {
  if ((await file.slice(0, MAGIC.length).text()) !== MAGIC) return { ok: false, reason: 'not-age' };
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  let content: BodyInit;
  try {
    content = await decrypter.decrypt(file.stream());
  } catch (error) {
    const foreign = error instanceof Error && error.message.includes('no identity matched');
    return { ok: false, reason: foreign ? 'foreign' : 'damaged' };
  }
  try {
    return { ok: true, content: await new Response(content).blob() };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}
