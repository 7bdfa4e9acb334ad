import { hostname, release, type } from 'node:os';
import type { Command } from 'commander';
import { enroll } from '../../agent/enrolment/index.ts';
import { displayName } from '../../core/display-name.ts';
import { loadPlatform } from '../../platform/index.ts';
import { callerPath, fail, print, printJson } from '../context.ts';

/** `sekisho enroll`: makes this PC a member of the organisation. */
export function registerEnroll(program: Command): void {
  program
    .command('enroll')
    .description('enrol this PC with the token that the administrator gave')
    .requiredOption('--token <token>', 'the whole text, sekisho1....')
    .option('--state <dir>', "the agent's state folder")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sudo sekisho enroll --token sekisho1.eyJ1cmwiOi...')
    .action(async (options: { token: string; state?: string; json?: boolean }) => {
      const json = options.json ?? false;
      const stateFolder = options.state === undefined ? (await loadPlatform()).paths.agentState : callerPath(options.state);
      const enrolled = await enroll({ token: options.token, stateFolder, host: displayName(hostname()), os: `${type()} ${release()}` });
      if (!enrolled.ok) {
        process.exitCode = fail(enrolled.error, json);
        return;
      }
      const { agent, url } = enrolled.value;
      if (json) printJson({ agent, url, state: stateFolder });
      else print(`This PC is enrolled as ${agent} with ${url}.`);
    });
}
