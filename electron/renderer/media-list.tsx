import type { AgentStatus } from '../../src/contracts/ipc.ts';
import type { Translate } from '../../src/i18n/create-i18n.ts';
import { busName, deviceName } from '../../src/ui/event-words.ts';
import type { Formatter } from '../../src/ui/format.ts';
import { Icon } from '../../src/ui/icons.tsx';
import { useUi } from '../../src/ui/use-ui.ts';
import styles from './media-list.module.css';

type GuardedVolume = AgentStatus['volumes'][number];

/** Which look a treatment has; a guard that failed protects nothing, whatever the policy wanted. */
const toneOf = ({ treatment, state }: GuardedVolume): string =>
  state === 'failed'
    ? 'fail'
    : { block: 'block', 'read-only': 'hold', guard: state === 'ready' ? 'encrypt' : 'plain', allow: 'allow', ignore: 'plain' }[treatment];

export function MediaList({ volumes }: { readonly volumes: AgentStatus['volumes'] }) {
  const { t } = useUi();
  return (
    <section>
      <h2 className={styles['heading']}>{t('tray:guarded.title')}</h2>
      {volumes.length === 0 ? (
        <div className={styles['empty']}>
          <Icon name="device" size={24} />
          <div>
            <strong>{t('tray:guarded.none')}</strong>
            <p>{t('tray:guarded.none-hint')}</p>
          </div>
        </div>
      ) : (
        <ul className={styles['list']}>
          {volumes.map((entry) => (
            <Medium key={entry.volume.id} entry={entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Medium({ entry }: { readonly entry: GuardedVolume }) {
  const { t, format } = useUi();
  const { volume } = entry;
  const tone = toneOf(entry);
  return (
    <li className={`${styles['medium']} ${styles[tone]}`}>
      <Icon name="device" size={24} />
      <div className={styles['what']}>
        <div className={styles['title']}>
          <strong>{mediumName(entry, t)}</strong>
          <span className={styles['state']}>{stateName(entry, t)}</span>
        </div>
        <p>{meaningOf(entry, t)}</p>
        <p className={styles['hardware']}>{hardwareOf(entry, t, format)}</p>
        <p className={styles['path']}>{volume.mountPoint}</p>
      </div>
    </li>
  );
}

function mediumName({ volume }: GuardedVolume, t: Translate): string {
  if (volume.label !== undefined && volume.label.trim() !== '') return volume.label;
  return volume.device === undefined ? t('tray:guarded.unnamed') : deviceName(volume.device, t);
}

function stateName({ treatment, state }: GuardedVolume, t: Translate): string {
  if (state === 'failed') return t('tray:treatment.failed');
  return treatment === 'guard' && state === 'starting' ? t('tray:treatment.starting') : t(`tray:treatment.${treatment}`);
}

function meaningOf({ treatment, guard, state }: GuardedVolume, t: Translate): string {
  if (state === 'failed') return t('tray:guard.failed');
  if (treatment !== 'guard') return t(`tray:treatment.${treatment}-meaning`);
  return state === 'ready' && guard !== null ? t(`tray:guard.${guard}`) : t('tray:guard.starting');
}

function hardwareOf({ volume }: GuardedVolume, t: Translate, format: Formatter): string {
  const { device } = volume;
  return [
    device === undefined ? undefined : deviceName(device, t),
    busName(volume.bus, t),
    volume.bytesTotal === undefined ? undefined : format.bytes(volume.bytesTotal),
    volume.filesystem,
    device?.serial === undefined ? t('tray:guarded.no-serial') : t('tray:guarded.serial', { serial: device.serial }),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}
