import type { ReactNode } from 'react';

/** Line drawings on a 16-unit grid; decoration only, the words beside them carry the meaning. */
const PATHS = {
  overview: 'M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5h4.5v3h-4.5z',
  events: 'M2.5 3.5h11M2.5 6.5h11M2.5 9.5h7M2.5 12.5h7',
  fleet: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  lock: 'M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2',
  stop: 'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3zM4 12 12 4',
  hold: 'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3zM6.4 5.7v4.6M9.6 5.7v4.6',
  check: 'M3 8.6l3.2 3.2L13 4.8',
  warn: 'M8 2.5 14 13H2zM8 6.5v3M8 11.2v.2',
  fail: 'M4 4l8 8M12 4l-8 8',
  record: 'M4 2.5h5.5L12 5v8.5H4zM6 8h4M6 10.5h4',
  device: 'M5 6.5h6v7H5zM6.3 6.5v-4h3.4v4',
  screen: 'M2.5 3h11v7.5h-11zM5.5 13h5M8 10.5V13',
  agent: 'M8 2.2 13 4v4c0 3-2 4.9-5 6-3-1.1-5-3-5-6V4z',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4A4.2 4.2 0 0 0 7 2.8zM10.2 10.2 13.5 13.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
  out: 'M6.5 3H3v10h3.5M10 5l3 3-3 3M13 8H6.5',
  person: 'M8 2.8a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM3 13.5c.4-2.7 2.4-4 5-4s4.6 1.3 5 4',
  next: 'M6 3.5 10.5 8 6 12.5',
  release: 'M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.6-1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
