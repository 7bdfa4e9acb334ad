import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';

const UNIT = 'sekisho-agent.service';
const MEDIA_RULES = '60-sekisho-media.rules';
const AUTOMOUNT_RULES = '61-sekisho-automount.rules';

const PLACES: Readonly<Record<string, string>> = {
  [UNIT]: 'etc/systemd/system',
  [MEDIA_RULES]: 'etc/udev/rules.d',
  [AUTOMOUNT_RULES]: 'etc/udev/rules.d',
};

export interface ServiceParts {
  /** `/`, or a folder that stands for it: then only files are written. */
  readonly root: string;
  /** The product's folder, with packaging/ in it. */
  readonly product: string;
  readonly node: string;
  readonly program: string;
}

/** Writes unit and rules, then has systemd and udev read them. Gives the files written. */
export function installService(parts: ServiceParts, options: { readonly automount: boolean }): Result<string[], Failure> {
  const isReal = parts.root === '/';
  const weak = isReal ? [parts.node, parts.program].flatMap(writableByOthers) : [];
  if (weak.length > 0) {
    const message = `${weak[0]} can be changed by others than root: whoever changes it would be root. Install the product where only root may write, such as /opt/sekisho.`;
    return err(failure('DLP_SERVICE_INSTALL', message));
  }
  try {
    const names = [UNIT, MEDIA_RULES, ...(options.automount ? [] : [AUTOMOUNT_RULES])];
    const written = names.map((name) => write(name, parts));
    if (options.automount) rmSync(placeOf(AUTOMOUNT_RULES, parts.root), { force: true });
    if (isReal) {
      reread();
      if (hasSystemd()) run('systemctl', 'enable', '--now', UNIT);
    }
    return ok(written);
  } catch (error) {
    return err(installFailure(error));
  }
}

/** Stops the service and takes its files away. State, quarantine and keys stay. Gives the files that were there. */
export function uninstallService(root: string): Result<string[], Failure> {
  const isReal = root === '/';
  try {
    if (isReal && hasSystemd() && existsSync(placeOf(UNIT, root))) run('systemctl', 'disable', '--now', UNIT);
    const there = Object.keys(PLACES)
      .map((name) => placeOf(name, root))
      .filter((path) => existsSync(path));
    for (const path of there) rmSync(path);
    if (isReal) reread();
    return ok(there);
  } catch (error) {
    return err(installFailure(error));
  }
}

const placeOf = (name: string, root: string): string => join(root, PLACES[name] ?? '', name);
const hasSystemd = (): boolean => existsSync('/run/systemd/system');

function write(name: string, { root, product, node, program }: ServiceParts): string {
  const values: Readonly<Record<string, string>> = { '@ROOT@': encodeURI(product), '@NODE@': quoted(node), '@PROGRAM@': quoted(program) };
  const text = readFileSync(join(product, 'packaging/linux', name), 'utf8').replaceAll(/@[A-Z]+@/g, (key) => values[key] ?? key);
  const path = placeOf(name, root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  return path;
}

/** systemd.service(5), command lines: quotes for spaces, doubled percent and dollar signs. */
const quoted = (path: string): string =>
  `"${path
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')}"`;

function reread(): void {
  if (hasSystemd()) run('systemctl', 'daemon-reload');
  if (!existsSync('/run/udev/control')) return;
  run('udevadm', 'control', '--reload');
  run('udevadm', 'trigger', '--action=change', '--subsystem-match=block');
}

/** The file and every folder above it that others than root may write to or own. */
export function writableByOthers(path: string): string[] {
  const found: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = statSync(at);
    if (uid !== 0 || (mode & 0o022) !== 0) found.push(at);
    if (at === dirname(at)) return found;
  }
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function installFailure(error: unknown): Failure {
  const said =
    error instanceof Error && 'stderr' in error && error.stderr instanceof Uint8Array ? Buffer.from(error.stderr).toString().trim() : '';
  return said === '' ? fromErrno(error) : failure('DLP_SERVICE_INSTALL', said.slice(0, 300), { cause: error });
}
