import { type Logger, pino } from 'pino';

/** JSON lines on standard error. Standard output belongs to what a command prints. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error'): Logger {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}
