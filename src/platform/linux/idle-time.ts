import type { TrayIdle } from '../tray-sessions.ts';
import type { LoginSession } from './logind.ts';

/** Everything that knows something of how long a session's user has been away. */
export interface IdleWitnesses {
  readonly session: Pick<LoginSession, 'idleHint' | 'idleSince' | 'idleSinceMonotonic' | 'locked'>;
  /** Milliseconds, from the X display; null when there is none that sees all input. */
  readonly x11Millis: number | null;
  readonly tray: TrayIdle | null;
  /** Now, in microseconds: the wall clock and the clock since boot. */
  readonly clocks: { readonly realtime: number; readonly monotonic: number };
}

/**
 * The smallest of what is known. A desktop that never sets logind's hint says nothing by leaving it off, so the hint
 * counts as activity only where nobody else measures. The tray's word counts only where the display cannot be asked.
 */
export function combineIdle({ session, x11Millis, tray, clocks }: IdleWitnesses): TrayIdle {
  const measured = [x11Millis, x11Millis === null ? (tray?.idleMillis ?? null) : null, hintMillis(session, clocks)].filter(
    (each) => each !== null,
  );
  return {
    idleMillis: measured.length === 0 ? 0 : Math.max(0, Math.round(Math.min(...measured))),
    // logind's word alone: any program of the user can speak as the tray.
    locked: session.locked,
  };
}

function hintMillis(session: IdleWitnesses['session'], clocks: IdleWitnesses['clocks']): number | null {
  if (!session.idleHint) return null;
  // The clock since boot does not jump when someone sets the time.
  if (session.idleSinceMonotonic > 0) return (clocks.monotonic - session.idleSinceMonotonic) / 1000;
  return session.idleSince > 0 ? (clocks.realtime - session.idleSince) / 1000 : null;
}
