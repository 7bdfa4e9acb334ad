import type { Language } from '../../src/contracts/ids.ts';
import type { AgentStatus, Notification } from '../../src/contracts/ipc.ts';
import { type Connection, question, type TrayState } from '../ipc/calls.ts';

const MOST_QUESTIONS = 500;
const MOST_NOTICES = 10;

export interface ModelOptions {
  readonly language: Language;
  readonly version: string;
  readonly now: () => Date;
  readonly changed: (state: TrayState) => void;
}

/** What the tray knows now. One place: the menu, the windows and the notifications all read from here. */
export class Model {
  readonly #changed: (state: TrayState) => void;
  readonly #now: () => Date;
  #state: TrayState;
  #notices: readonly Notification[] = [];

  constructor(options: ModelOptions) {
    this.#changed = options.changed;
    this.#now = options.now;
    this.#state = {
      connection: 'connecting',
      practice: false,
      since: options.now().toISOString(),
      language: options.language,
      version: options.version,
      status: null,
      questions: [],
    };
  }

  get state(): TrayState {
    return this.#state;
  }

  /** The latest notifications, newest first. */
  get notices(): readonly Notification[] {
    return this.#notices;
  }

  setConnection(connection: Connection, practice: boolean): void {
    if (connection === this.#state.connection && practice === this.#state.practice) return;
    const status = connection === 'connected' ? this.#state.status : null;
    this.#update({ connection, practice, status, since: this.#now().toISOString() });
  }

  setStatus(status: AgentStatus): void {
    this.#update({ status });
  }

  setLanguage(language: Language): void {
    this.#update({ language });
  }

  addNotice(notice: Notification): void {
    this.#notices = [notice, ...this.#notices].slice(0, MOST_NOTICES);
    const asked = question.safeParse(notice);
    const questions = asked.success ? [...this.#state.questions, asked.data].slice(-MOST_QUESTIONS) : this.#state.questions;
    this.#update({ questions });
  }

  /** Answered, or no longer to be answered. */
  removeQuestion(holdId: string): void {
    this.#update({ questions: this.#state.questions.filter((asked) => asked.holdId !== holdId) });
  }

  #update(change: Partial<TrayState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed(this.#state);
  }
}
