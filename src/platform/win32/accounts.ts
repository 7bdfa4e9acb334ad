import koffi from 'koffi';
import { userInfo } from 'node:os';

const NO_CONSOLE_SESSION = 0xffff_ffff;
const WTS_USER_NAME = 5;

/** Whether this process is elevated: SYSTEM, or an administrator past the consent prompt. */
export function isElevated(): boolean {
  try {
    return Number(koffi.load('shell32.dll').func('int __stdcall IsUserAnAdmin()')()) !== 0;
  } catch {
    return false;
  }
}

/** Who sits at the machine's own screen; the process's own account where Windows names nobody. */
export function consoleUser(): string {
  try {
    const session = Number(koffi.load('kernel32.dll').func('uint32_t __stdcall WTSGetActiveConsoleSessionId()')());
    if (session === NO_CONSOLE_SESSION) return ownName();
    const query = koffi
      .load('wtsapi32.dll')
      .func(
        'int __stdcall WTSQuerySessionInformationW(void *server, uint32_t session, int what, _Out_ char16_t **text, _Out_ uint32_t *bytes)',
      );
    const text: unknown[] = [null];
    const name: unknown = query(null, session, WTS_USER_NAME, text, [0]) === 0 ? null : text[0];
    return typeof name === 'string' && name !== '' ? name : ownName();
  } catch {
    return ownName();
  }
}

const ownName = (): string => userInfo().username;
