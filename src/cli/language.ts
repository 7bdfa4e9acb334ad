import type { Language } from '../contracts/ids.ts';

/** The person's language, by the rules of POSIX locales: LC_ALL, then LC_MESSAGES, then LANG; Japanese or else English. */
export function callerLanguage(environment: NodeJS.ProcessEnv = process.env): Language {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return locale.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
