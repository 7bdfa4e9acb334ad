import type { ReactNode } from 'react';
import { useId } from 'react';
import styles from './event-drawer.module.css';

/** A titled block of name and value pairs. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles['section']} aria-labelledby={id}>
      <h3 id={id} className={styles['heading']}>
        {title}
      </h3>
      {children}
    </section>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles['facts']}>{children}</dl>;
}

/** Left out when there is no value: an event shows what it has. */
export function Fact({ name, children, mono = false }: { readonly name: string; readonly children: ReactNode; readonly mono?: boolean }) {
  if (children === undefined || children === null || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? styles['mono'] : undefined}>{children}</dd>
    </>
  );
}
