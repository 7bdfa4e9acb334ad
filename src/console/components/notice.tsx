import { Button } from '@mantine/core';
import { Icon, type IconName } from '../../ui/icons.tsx';
import styles from './notice.module.css';

interface NoticeProps {
  /** `error` is announced at once; `empty` is read in its place. */
  readonly kind: 'error' | 'empty';
  readonly title: string;
  readonly lead: string;
  readonly icon?: IconName;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Says in words why there is nothing to see, and what to do next. */
export function Notice({ kind, title, lead, icon, action }: NoticeProps) {
  return (
    <div className={`${styles['notice']} ${styles[kind]}`} role={kind === 'error' ? 'alert' : undefined}>
      <span className={styles['icon']}>
        <Icon name={icon ?? (kind === 'error' ? 'warn' : 'record')} size={22} />
      </span>
      <p className={styles['title']}>{title}</p>
      <p className={styles['lead']}>{lead}</p>
      {action === undefined ? null : (
        <Button size="xs" variant="default" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  );
}
