import koffi from 'koffi';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const MAX_REMEMBERED = 1000;
const remembered = new Map<number, Account | null>();

const passwd = koffi.struct({ pw_name: 'str', pw_passwd: 'void *', pw_uid: 'uint32_t', pw_gid: 'uint32_t' });
const getpwuid = koffi.load(null).func('getpwuid', koffi.pointer(passwd), ['uint32_t']);

/** An account by its number, as the system's name service knows it (directory accounts too). Remembered: it may ask a server. */
export function accountOf(uid: number): Account | null {
  const known = remembered.get(uid);
  if (known !== undefined) return known;
  const account = lookUp(uid);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(uid, account);
  return account;
}

function lookUp(uid: number): Account | null {
  const entry: unknown = getpwuid(uid);
  if (entry === null) return null;
  const fields: unknown = koffi.decode(entry, passwd);
  if (typeof fields !== 'object' || fields === null || !('pw_name' in fields) || !('pw_gid' in fields)) return null;
  return typeof fields.pw_name === 'string' && typeof fields.pw_gid === 'number' ? { name: fields.pw_name, uid, gid: fields.pw_gid } : null;
}

/** For showing: the number itself where no name service knows it. */
export const accountName = (uid: number): string => accountOf(uid)?.name ?? `uid ${uid}`;
