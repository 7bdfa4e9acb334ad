import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installService, uninstallService, writableByOthers } from '../../src/cli/service/linux-service.ts';

const PRODUCT = resolve(import.meta.dirname, '../..');
const analyzer = spawnSync('systemd-analyze', ['--version']).error === undefined;
if (!analyzer) process.stdout.write('service.test.ts: units are not analysed, systemd-analyze is not installed (apt install systemd)\n');

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-service-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const parts = () => ({ root, product: PRODUCT, node: process.execPath, program: join(PRODUCT, 'bin/sekisho.js') });
const unit = (): string => join(root, 'etc/systemd/system/sekisho-agent.service');

describe('installing below a folder', () => {
  test('writes the unit with its paths, and the rules', () => {
    expect(installService(parts(), { automount: true })).toEqual({
      ok: true,
      value: [unit(), join(root, 'etc/udev/rules.d/60-sekisho-media.rules')],
    });
    const text = readFileSync(unit(), 'utf8');
    expect(text).toContain(`ExecStart="${process.execPath}" "${join(PRODUCT, 'bin/sekisho.js')}" agent run`);
    expect(text).not.toMatch(/@[A-Z]+@/);
  });

  test('paths that systemd would read as something else are quoted', () => {
    installService({ ...parts(), node: '/opt/my $node/50%/"n"' }, { automount: true });
    expect(readFileSync(unit(), 'utf8')).toContain(String.raw`ExecStart="/opt/my $$node/50%%/\"n\"" `);
  });

  test('keeping automounters off is asked for, and taken back by installing without', () => {
    const rules = join(root, 'etc/udev/rules.d');
    installService(parts(), { automount: false });
    expect(readdirSync(rules)).toEqual(['60-sekisho-media.rules', '61-sekisho-automount.rules']);
    installService(parts(), { automount: true });
    expect(readdirSync(rules)).toEqual(['60-sekisho-media.rules']);
  });

  test('uninstalling takes away what was installed, and nothing else', () => {
    installService(parts(), { automount: false });
    const other = join(root, 'etc/udev/rules.d/99-other.rules');
    writeFileSync(other, '');
    mkdirSync(join(root, 'var/lib/sekisho'), { recursive: true });
    const removed = uninstallService(root);
    expect(removed.ok && removed.value).toHaveLength(3);
    expect(readdirSync(join(root, 'etc/udev/rules.d'))).toEqual(['99-other.rules']);
    expect(readdirSync(join(root, 'var/lib'))).toEqual(['sekisho']);
    expect(uninstallService(root)).toEqual({ ok: true, value: [] });
  });

  test.skipIf(!analyzer)('systemd finds nothing wrong with the unit', () => {
    installService(parts(), { automount: true });
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit()], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('sekisho-agent'))).toEqual([]);
    expect(status).toBe(0);
  });

  test.skipIf(!analyzer)('of what systemd can take away, only what is argued for in the unit is left', () => {
    installService(parts(), { automount: true });
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--json=short', unit()], { encoding: 'utf8' });
    const settings = JSON.parse(stdout) as { set: boolean | null; name: string; exposure: string | null }[];
    const open = settings.filter(({ set, exposure }) => set === false && exposure !== null).map(({ name }) => name.split('=')[0] ?? '');
    const text = readFileSync(unit(), 'utf8');
    expect(open.length).toBeGreaterThan(10);
    expect(open.filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('a product that others can change', () => {
  test('is found at the file itself and at every folder above it', () => {
    const folder = join(root, 'product');
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.js'), '');
    chmodSync(root, 0o755);
    expect(writableByOthers(join(folder, 'main.js'))).not.toContain(folder);
    chmodSync(folder, 0o775);
    expect(writableByOthers(join(folder, 'main.js'))).toContain(folder);
    chmodSync(folder, 0o755);
    chownSync(join(folder, 'main.js'), 1000, 1000);
    expect(writableByOthers(join(folder, 'main.js'))).toContain(join(folder, 'main.js'));
  });

  test('is not installed for real', () => {
    // /tmp, where this lies, is everybody's.
    const program = join(root, 'main.js');
    writeFileSync(program, '');
    expect(installService({ ...parts(), root: '/', program }, { automount: true })).toMatchObject({
      ok: false,
      error: { code: 'DLP_SERVICE_INSTALL' },
    });
  });
});
