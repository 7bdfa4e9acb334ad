import type { Translate } from './create-i18n.ts';
import { resources } from './resources.ts';

type GapKey = Extract<keyof (typeof resources)['en']['tray'], `gap.${string}`>;

const isGapKey = (key: string): key is GapKey => Object.hasOwn(resources.en.tray, key);

/** What the OS or the agent's mode cannot enforce, in words; a code that only a newer agent knows is shown as it is. */
export function gapText(code: string, t: Translate): string {
  const key = `gap.${code}`;
  return isGapKey(key) && key !== 'gap.unknown' ? t(`tray:${key}`) : t('tray:gap.unknown', { code });
}
