import { useEffect, useState } from 'react';

const TICK_MILLIS = 15_000;

/** The present, moving along so that "5 minutes ago" stays true. Milliseconds since the epoch. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLIS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
