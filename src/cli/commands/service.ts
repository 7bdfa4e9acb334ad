import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, type Result } from '../../contracts/result.ts';
import { productRoot } from '../../node/product-root.ts';
import { callerPath, fail, print, printJson } from '../context.ts';
import { installService, uninstallService } from '../service/linux-service.ts';

interface Options {
  readonly root: string;
  readonly automount?: boolean;
  readonly json?: boolean;
}

/** `sekisho service`: the agent as a service of the system. */
export function registerService(program: Command): void {
  const service = program.command('service').description('Install the agent as a service of this PC (Linux with systemd).');
  service
    .command('install')
    .description('write the systemd unit and the udev rules, and start the agent once the PC is enrolled')
    .option('--root <dir>', 'write below this folder and start nothing (packages, tests)', '/')
    .option('--no-automount', 'keep desktops from mounting removable media by themselves or for a click')
    .option('--json', 'as JSON: {files}')
    .addHelpText('after', '\nExample:\n  sudo sekisho service install')
    .action((options: Options) => {
      process.exitCode = show(install(options), options, 'wrote');
    });
  service
    .command('uninstall')
    .description('stop the agent and take its unit and rules away; its state and quarantine stay')
    .option('--root <dir>', 'as with install', '/')
    .option('--json', 'as JSON: {files}')
    .addHelpText('after', '\nExample:\n  sudo sekisho service uninstall')
    .action((options: Options) => {
      process.exitCode = show(
        onLinux(() => uninstallService(callerPath(options.root))),
        options,
        'removed',
      );
    });
}

function install(options: Options): Result<string[], Failure> {
  return onLinux(() => {
    const product = realpathSync(productRoot());
    const built = join(product, 'dist/program/main.js');
    if (!existsSync(built)) return err(failure('DLP_SERVICE_INSTALL', `${built} is not there. Build the product first: npm run build.`));
    const node = realpathSync(process.execPath);
    return installService({ root: callerPath(options.root), product, node, program: built }, { automount: options.automount ?? true });
  });
}

function onLinux(run: () => Result<string[], Failure>): Result<string[], Failure> {
  return process.platform === 'linux' ? run() : err(failure('DLP_SERVICE_INSTALL', 'There is a service for Linux only.'));
}

function show(outcome: Result<string[], Failure>, { json = false }: Options, verb: string): number {
  if (!outcome.ok) return fail(outcome.error, json);
  if (json) printJson({ files: outcome.value });
  else for (const file of outcome.value) print(`${verb} ${file}`);
  return 0;
}
