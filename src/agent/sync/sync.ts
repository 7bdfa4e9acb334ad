import { v7 as uuidv7 } from 'uuid';
import type { GuardStatus, PostflightRequest, PreflightResponse } from '../../contracts/collector-api.ts';
import type { Command } from '../../contracts/command.ts';
import { type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { PolicyReference } from '../../contracts/verdict.ts';
import type { Clock, SpoolReader } from '../../core/ports.ts';
import { retryMillis, type RetryPlan } from '../../core/retry.ts';
import { privateKeyFromPem, signChainHead } from '../../pki/index.ts';
import type { Enrolment } from '../enrolment/index.ts';
import { fittingBatch } from './batch.ts';
import { CollectorClient } from './collector-client.ts';
import { Wake } from './wake.ts';

export interface SyncStatus {
  readonly online: boolean;
  /** When the collector last answered, ISO 8601. */
  readonly lastContact: string | null;
  /** Why not online, once that is known. */
  readonly failure: Failure | null;
}

export interface SyncOptions {
  readonly enrolment: Enrolment;
  readonly spool: SpoolReader;
  readonly clock: Clock;
  readonly version: string;
  readonly os: string;
  /** The policy in force now. */
  readonly policy: () => PolicyReference | undefined;
  readonly guards: () => readonly GuardStatus[];
  /** A policy that the collector hands out, not yet verified. True when it is in force now. */
  readonly onPolicy: (envelope: string) => Promise<boolean>;
  /** Each command once, however often it came. The outcome is told with `reportCommand`. */
  readonly onCommand: (command: Command) => void;
  /** Called when `online` or the reason for being offline changes. */
  readonly report: (status: SyncStatus) => void;
  readonly retry?: RetryPlan;
  readonly random?: () => number;
}

const RETRY: RetryPlan = { firstMillis: 1000, longestMillis: 300_000 };
/** Besides news and new events, so that the collector's picture of this PC is never older. */
const EXCHANGE_MILLIS = 15 * 60_000;
const COMMANDS_REMEMBERED = 1000;

export interface Sync {
  start(): void;
  stop(): Promise<void>;
  status(): SyncStatus;
  /** Exchanges now: to fetch a policy, or because what the collector should know has changed. */
  refresh(): void;
  reportCommand(id: string, succeeded: boolean, detail?: string): void;
  /** Brings an index into a file, from where an earlier try broke off; its bytes are not checked. */
  fetchIndex(sha256: string, file: string): Promise<Result<void, Failure>>;
}

export function createSync(options: SyncOptions): Sync {
  return new CollectorSync(options);
}

/**
 * The agent's talk with its collector. Reads nothing but the spool and decides nothing: what comes in goes to the callbacks.
 * An exchange is preflight, events, policy, postflight; a second connection waits for news, so that a pushed policy
 * arrives in seconds. At-least-once: an event stays in the spool until the collector says that it is stored.
 */
class CollectorSync implements Sync {
  readonly #options: SyncOptions;
  readonly #client: CollectorClient;
  readonly #wake = new Wake();
  readonly #online = new Wake();
  readonly #commands = new Set<string>();
  #outcomes: PostflightRequest['commands'] = [];
  #status: SyncStatus = { online: false, lastContact: null, failure: null };
  readonly #stopping = new AbortController();
  #exchangeDue = true;
  #sent = 0;
  #batchSize = 100;
  #policyTag: string | null = null;
  #policyVersion = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#client = new CollectorClient(options.enrolment);
  }

  start(): void {
    this.#policyVersion = this.#options.policy()?.version ?? 0;
    const leave = this.#options.spool.onAppend(() => this.#wake.raise());
    this.#running = Promise.all([this.#exchangeLoop(), this.#waitLoop(), this.#exchangeRegularly()]).finally(leave);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#client.close();
    this.#wake.raise();
    this.#online.raise();
    await this.#running;
  }

  status(): SyncStatus {
    return this.#status;
  }

  fetchIndex(sha256: string, file: string): Promise<Result<void, Failure>> {
    return this.#client.fetchIndex(sha256, file);
  }

  refresh(): void {
    this.#exchangeDue = true;
    this.#wake.raise();
  }

  reportCommand(id: string, succeeded: boolean, detail?: string): void {
    this.#outcomes.push({ id, ok: succeeded, ...(detail === undefined ? {} : { detail: detail.slice(0, 512) }) });
    this.refresh();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #exchangeLoop(): Promise<void> {
    let attempt = 0;
    while (!this.#stopped) {
      const outcome = await this.#work();
      if (this.#stopped) return;
      this.#note(outcome.ok ? null : outcome.error);
      if (outcome.ok) {
        attempt = 0;
        await this.#wake.next();
      } else {
        this.#exchangeDue = true;
        attempt += 1;
        await this.#pause(outcome.error, attempt);
      }
    }
  }

  /** A full disk under the spool passes like an outage: nothing is acknowledged, so nothing is lost. */
  async #work(): Promise<Result<void, Failure>> {
    try {
      return this.#exchangeDue ? await this.#exchange() : await this.#upload();
    } catch (error) {
      if (!(error instanceof Error) || !('errcode' in error)) throw error;
      return err(failure('DLP_STORE_IO', 'The spool cannot be written.', { retryable: true, cause: error }));
    }
  }

  async #exchange(): Promise<Result<void, Failure>> {
    const { version, os, spool } = this.#options;
    this.#exchangeDue = false;
    const policy = this.#options.policy();
    const preflight = await this.#client.preflight({ version, os, spooled: spool.count(), ...(policy === undefined ? {} : { policy }) });
    if (!preflight.ok) return preflight;
    this.#batchSize = preflight.value.batchSize;
    this.#sent = preflight.value.storedThrough;
    spool.acknowledge(preflight.value.storedThrough);
    for (const command of preflight.value.commands) this.#take(command);
    const uploaded = await this.#upload();
    // A collector that refuses the events (a fork, say) must still be able to give this PC a stricter policy.
    if (!uploaded.ok && uploaded.error.code === 'DLP_SYNC_OFFLINE') return uploaded;
    const fetched = await this.#fetchPolicy(preflight.value);
    const told = fetched.ok ? await this.#postflight() : fetched;
    return uploaded.ok ? told : uploaded;
  }

  async #upload(): Promise<Result<void, Failure>> {
    const { spool, enrolment } = this.#options;
    for (;;) {
      const events = fittingBatch(spool.pending(this.#sent, this.#batchSize));
      const last = events.at(-1);
      const head = spool.head();
      if (last === undefined || head === null) return ok(undefined);
      const signed = signChainHead(head, privateKeyFromPem(enrolment.privateKey));
      const stored = await this.#client.sendEvents({ batch: uuidv7(), events, head: signed });
      if (!stored.ok) return stored;
      this.#sent = last.sequence;
      spool.acknowledge(stored.value.storedThrough);
    }
  }

  async #fetchPolicy({ policyVersion }: PreflightResponse): Promise<Result<void, Failure>> {
    if (policyVersion === undefined || policyVersion === this.#options.policy()?.version) return ok(undefined);
    this.#policyVersion = Math.max(this.#policyVersion, policyVersion);
    const fetched = await this.#client.fetchPolicy(this.#policyTag);
    if (!fetched.ok) return err(fetched.error);
    // A refused one is offered again at the next exchange: a wrong clock may have been put right.
    if (fetched.value !== null) this.#policyTag = (await this.#options.onPolicy(fetched.value.envelope)) ? fetched.value.tag : null;
    return ok(undefined);
  }

  async #postflight(): Promise<Result<void, Failure>> {
    const policy = this.#options.policy();
    const commands = this.#outcomes.slice(0, 100);
    const told = await this.#client.postflight({
      guards: [...this.#options.guards()],
      commands,
      ...(policy === undefined ? {} : { policy }),
    });
    if (!told.ok) return told;
    this.#outcomes = this.#outcomes.filter((outcome) => !commands.includes(outcome));
    return ok(undefined);
  }

  /** Waits only while exchanges succeed: these alone decide when a collector that is gone is tried again. */
  async #waitLoop(): Promise<void> {
    let attempt = 0;
    while (!this.#stopped) {
      if (!this.#status.online) await this.#online.next();
      if (this.#stopped) return;
      const news = await this.#client.wait(this.#policyVersion);
      if (this.#stopped) return;
      if (!news.ok) {
        this.#note(news.error);
        this.refresh();
        attempt += 1;
        await this.#pause(news.error, attempt);
        continue;
      }
      attempt = 0;
      this.#status = { ...this.#status, lastContact: this.#instant() };
      for (const command of news.value.commands) this.#take(command);
      const offered = news.value.policyVersion ?? 0;
      if (offered > this.#policyVersion) {
        this.#policyVersion = offered;
        this.refresh();
      }
    }
  }

  async #exchangeRegularly(): Promise<void> {
    while (!this.#stopped) {
      await this.#sleep(EXCHANGE_MILLIS);
      this.refresh();
    }
  }

  #take(command: Command): void {
    if (this.#commands.has(command.id)) return;
    if (this.#commands.size >= COMMANDS_REMEMBERED) this.#commands.clear();
    this.#commands.add(command.id);
    this.#options.onCommand(command);
  }

  #note(trouble: Failure | null): void {
    const before = this.#status;
    const answered = trouble?.code !== 'DLP_SYNC_OFFLINE';
    const lastContact = answered ? this.#instant() : before.lastContact;
    this.#status = { online: trouble === null, lastContact, failure: trouble };
    if (trouble === null && !before.online) this.#online.raise();
    if (before.online !== this.#status.online || before.failure?.code !== trouble?.code) this.#options.report(this.#status);
  }

  #instant(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }

  /** What will not pass by itself is asked again only rarely. */
  #pause({ retryable }: Failure, attempt: number): Promise<void> {
    const { retry = RETRY, random = Math.random } = this.#options;
    return this.#sleep(retryable ? retryMillis(attempt, retry, random()) : retry.longestMillis);
  }

  /** Ends early when the sync is stopped. */
  #sleep(millis: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#options.clock.after(millis, done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }
}
