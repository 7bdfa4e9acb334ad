/** One line of the tray's own log. Never file names, reasons or anything a person wrote. */
export type Log = (event: string, details?: Readonly<Record<string, string | number | boolean>>) => void;

/** JSON Lines on stderr, where the session's journal or the terminal picks them up. */
export const logToStderr: Log = (event, details = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), source: 'tray', event, ...details })}\n`);
};
