import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsoleClient } from '../../scripts/demo/console-client.ts';
import { must, Service } from '../../scripts/practice/sekisho.ts';
import type { StoredEvent } from '../../src/contracts/collector-api.ts';
import type { AgentStatus } from '../../src/contracts/ipc.ts';
import { Machine } from './machine.ts';

const PROGRAM = 'node /product/dist/program/main.js';

/** What the shipped unit leaves the agent. */
function unitCapabilities(): string[] {
  const unit = readFileSync(join(import.meta.dirname, '../../packaging/linux/sekisho-agent.service'), 'utf8');
  const names = /^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  return names.map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`);
}

/** A guest with the agent as its service would run it; the collector is the host's. */
export class EnrolledGuest {
  readonly machine: Machine;
  readonly organisation: string;
  readonly #root: string;
  readonly #collector: Service;
  readonly #password: string;
  #releases = 0;

  private constructor(root: string, machine: Machine, collector: Service, password: string) {
    this.#root = root;
    this.machine = machine;
    this.organisation = join(root, 'organisation');
    this.#collector = collector;
    this.#password = password;
  }

  /**
   * `root`: an empty folder for the organisation's and the collector's files. With systemd, the installed unit runs the
   * agent; without, this class does.
   */
  static async start(
    root: string,
    policy: string,
    say: (line: string) => void,
    init: 'least' | 'systemd' = 'least',
  ): Promise<EnrolledGuest> {
    const at = (name: string): string => join(root, name);
    mkdirSync(root, { recursive: true });
    const password = randomBytes(12).toString('base64url');
    await must(['org', 'init', '--name', 'Example KK', at('organisation')]);
    await must(
      ['collector', 'user', 'add', 'admin', '--role', 'admin', '--state', at('collector'), '--password-file', '-'],
      `${password}\n`,
    );
    const doors = ['--host', '127.0.0.1', '--agent-port', '0', '--console-port', '0'];
    const collector = await Service.start('collector', [
      'collector',
      'run',
      '--org',
      at('organisation'),
      '--state',
      at('collector'),
      ...doors,
    ]);
    const machine = await Machine.boot({ init, say });
    const guest = new EnrolledGuest(root, machine, collector, password);
    await guest.push(policy);
    await guest.#enrol(collector.text('agentUrl'));
    await machine.run(`${PROGRAM} service install ${init === 'least' ? '--no-automount' : ''}`);
    if (init === 'least') await guest.startAgent();
    else await machine.until('systemctl is-active sekisho-agent && test -S /run/sekisho/agent.sock');
    await guest.untilStatus(({ policy: known }) => known !== null);
    return guest;
  }

  /** Signs a policy and hands it to the collector; resolves when the guest's agent says that it has it. */
  async push(policy: string): Promise<void> {
    this.#releases += 1;
    const [text, release] = [join(this.#root, 'policy.yaml'), join(this.#root, `release-${this.#releases}.json`)];
    writeFileSync(text, policy);
    await must(['policy', 'sign', text, '--org', this.organisation, '-o', release]);
    const where = ['--collector', this.#collector.text('consoleUrl'), '--user', 'admin', '--password-file', '-'];
    await must(['policy', 'push', release, ...where], `${this.#password}\n`);
    const version = this.#releases;
    if (version > 1) await this.untilStatus(({ policy: known }) => known?.version === version);
  }

  async startAgent(): Promise<void> {
    const confined = `setpriv --no-new-privs --bounding-set=-all,${unitCapabilities().join(',')}`;
    await this.machine.run(
      `mkdir -p -m 755 /run/sekisho; rm -f /tmp/agent.log; umask 077; ${confined} ${PROGRAM} agent run >/tmp/agent.log 2>&1 & echo $! >/run/agent.pid`,
    );
    await this.machine.until('grep -q ^ready /tmp/agent.log');
  }

  async stopAgent(signal = 'TERM'): Promise<void> {
    await this.machine.run(`kill -${signal} $(cat /run/agent.pid); while kill -0 $(cat /run/agent.pid) 2>/dev/null; do sleep 0.1; done`);
  }

  async status(): Promise<AgentStatus> {
    return JSON.parse(await this.machine.run('node /product/guest/agent-client.mjs status')) as AgentStatus;
  }

  async untilStatus(test: (status: AgentStatus) => boolean): Promise<AgentStatus> {
    for (const end = Date.now() + 180_000; ;) {
      const status = await this.status();
      if (test(status)) return status;
      if (Date.now() > end) throw new Error(`the agent's state never came: ${JSON.stringify(status)}`);
    }
  }

  /** All events that the collector has, newest first. */
  async events(): Promise<StoredEvent[]> {
    const client = await ConsoleClient.login({ collector: this.#collector, login: { name: 'admin', password: this.#password } });
    return client.events();
  }

  async stop(): Promise<void> {
    await this.machine.stop();
    await this.#collector.stop();
  }

  /** On the host, where it takes a second; the guest gets the enrolled state, and a way to the host's collector. */
  async #enrol(url: string): Promise<void> {
    const state = join(this.#root, 'agent');
    const [organisation, collector] = [this.organisation, join(this.#root, 'collector')];
    const token = await must(['collector', 'token', '--state', collector, '--org', organisation, '--url', url]);
    await must(['enroll', '--token', token.trim(), '--state', state]);
    const archive = execFileSync('tar', ['-C', state, '-cz', '.']).toString('base64');
    const folder = '/var/lib/sekisho/agent';
    await this.machine.run(
      `mkdir -p -m 700 ${folder} && echo ${archive} | base64 -d | tar -C ${folder} -xz && chown -R root:root ${folder}`,
    );
    await this.machine.run(`node /product/guest/forward.mjs ${new URL(url).port} >/tmp/forward.log 2>&1 &`);
  }
}
