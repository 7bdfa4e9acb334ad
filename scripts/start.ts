/** `npm start`: the whole product on this machine, with a stick to practise on, until Ctrl-C. */
import { resolve } from 'node:path';
import { setUp } from './practice/practice.ts';
import { startTray } from './practice/tray.ts';

const CONSOLE_PORT = 8460;
const AGENT_PORT = 8461;
const root = resolve(import.meta.dirname, '../.sekisho/practice');

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const ended = (service: string): void => {
  say(`The ${service} has ended unexpectedly; stopping.`);
  void stop(1);
};

let stop = (code: number): Promise<void> => Promise.resolve(process.exit(code));
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

const practice = await setUp({
  root,
  policy: 'policies/practice.yaml',
  consolePort: CONSOLE_PORT,
  agentPort: AGENT_PORT,
  say: (what) => say(`  ${what}`),
  ended,
});
const tray = startTray(practice.endpoint);

say(`
Sekisho is running.  関所が動いています。

  Console   ${practice.collector.text('consoleUrl')}   user ${practice.login.name}, password ${practice.login.password}
  Stick     ${practice.stick.path}
            Copy a file there and look at the console, e.g.
            cp test/fixtures/files/meibo.xlsx ${practice.stick.path}/
  Tray      ${tray.state}
  Recovery  npm run -s sekisho -- decrypt --identity ${practice.folders.organisation}/recovery.identity FILE.age

Ctrl-C ends everything.  Ctrl-C で終了します。`);

stop = async (code) => {
  stop = () => Promise.resolve();
  tray.stop();
  await practice.stop();
  process.exit(code);
};
