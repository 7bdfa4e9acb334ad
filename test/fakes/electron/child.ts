/**
 * Runs an Electron main process under plain Node: `node child.ts MAIN [ARGUMENTS...]`. Every `import ... from 'electron'` gets the
 * fake, and the parent may run functions in here over the IPC channel, as Playwright's ElectronApplication.evaluate does.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';

const fake = new URL('./index.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: fake, shortCircuit: true } : next(specifier, context)),
});

Object.defineProperty(process.versions, 'electron', { value: '45.4.1', enumerable: true });
Object.defineProperty(process, 'type', { value: 'browser' });

const electron = await import('./index.ts');
const { defaultSession } = await import('./session.ts');
const { recorder } = await import('./recorder.ts');

process.on('message', (message: { id: number; source: string; argument: unknown }) => void evaluate(message));

async function evaluate({ id, source, argument }: { id: number; source: string; argument: unknown }): Promise<void> {
  try {
    const run = runInThisContext(`(${source})`) as (tools: object, argument: unknown) => unknown;
    process.send?.({ id, value: await run({ electron, recorder, defaultSession }, argument) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

const main = process.argv[2] ?? '';
process.argv.splice(1, 1);
await import(pathToFileURL(main).href);
electron.app.becomeReady();
