import koffi from 'koffi';

const remembered = new Map<number, string>();

/** The account's name as Open Directory has it; the number itself where it knows none. */
export function accountName(uid: number): string {
  const known = remembered.get(uid);
  if (known !== undefined) return known;
  const userFromUid = koffi.load(null).func('const char *user_from_uid(uint32_t uid, int noNumber)');
  const found: unknown = userFromUid(uid, 1);
  const name = typeof found === 'string' ? found : `uid ${uid}`;
  remembered.set(uid, name);
  return name;
}
