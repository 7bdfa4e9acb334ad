import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import { type AgentState, type SessionState, without } from '../state.ts';
import type { Step } from '../step.ts';
import { DEVICE_RULES_TIMER, onDeviceRulesTimer, onUsersChanged } from './device-rules.ts';
import { durationMillis } from '../units.ts';

const TIMER = 'idle:';
/** After a failed lock or an unreadable idle time: soon, but not in a busy loop. */
const RETRY_MILLIS = 30_000;

interface LockRule {
  readonly after: number;
  readonly warn: number;
}

function lockRule(state: AgentState): LockRule | null {
  const rule = state.snapshot?.policy['screen-lock'];
  if (rule === undefined) return null;
  const after = durationMillis(rule.after);
  return { after, warn: Math.min(durationMillis(rule.warn), after) };
}

/** Idleness is asked for when it could first matter, never by polling. */
function askIn(session: string, millis: number): Effect {
  return { kind: 'setTimer', timer: `${TIMER}${session}`, millis: Math.max(1, Math.ceil(millis)) };
}

/** After a change of policy, or when the session source has failed: asks all sessions anew. */
export function rearmSessions(state: AgentState): Effect[] {
  const rule = lockRule(state);
  const sessions = Object.keys(state.sessions);
  if (rule === null) return sessions.map((session) => ({ kind: 'clearTimer', timer: `${TIMER}${session}` }));
  const millis = state.failedSources.includes('sessions') ? RETRY_MILLIS : rule.after - rule.warn;
  return sessions.map((session) => askIn(session, millis));
}

export function onSessionSeen(state: AgentState, input: InputOf<'session.seen'>): Step {
  const known: SessionState = { actor: input.actor, phase: 'active', idleMillis: 0, lockFailed: false };
  const rule = lockRule(state);
  const seen: Step = {
    state: { ...state, sessions: { ...state.sessions, [input.session]: known } },
    effects: rule === null ? [] : [{ kind: 'readIdle', session: input.session }],
  };
  return onUsersChanged(seen, input.at);
}

export function onSessionEnded(state: AgentState, input: InputOf<'session.ended'>): Step {
  const ended: Step = {
    state: { ...state, sessions: without(state.sessions, input.session) },
    effects: [{ kind: 'clearTimer', timer: `${TIMER}${input.session}` }],
  };
  return onUsersChanged(ended, input.at);
}

export function onTimerFired(state: AgentState, input: InputOf<'timer.fired'>): Step {
  if (input.timer === DEVICE_RULES_TIMER) return onDeviceRulesTimer(state, input.at);
  const session = input.timer.startsWith(TIMER) ? input.timer.slice(TIMER.length) : '';
  if (state.sessions[session] === undefined || lockRule(state) === null) return { state, effects: [] };
  return { state, effects: [{ kind: 'readIdle', session }] };
}

export function onSessionIdle(state: AgentState, input: InputOf<'session.idle'>): Step {
  const known = state.sessions[input.session];
  const rule = lockRule(state);
  if (known === undefined || rule === null) return { state, effects: [] };
  const { session, idleMillis } = input;
  const healthy = { ...state, failedSources: state.failedSources.filter((source) => source !== 'sessions') };
  const next = (phase: SessionState['phase']): AgentState => withSession(healthy, session, { ...known, phase, idleMillis });

  if (input.locked) return { state: next('locked'), effects: [askIn(session, rule.after - rule.warn)] };
  // Asked to lock and not yet answered: asking twice would lock twice.
  if (known.phase === 'locking') return { state, effects: [] };
  if (idleMillis >= rule.after) return { state: next('locking'), effects: [{ kind: 'lockScreen', session }] };
  if (idleMillis < rule.after - rule.warn) return { state: next('active'), effects: [askIn(session, rule.after - rule.warn - idleMillis)] };

  const inMillis = rule.after - idleMillis;
  if (known.phase === 'warned') return { state: next('warned'), effects: [askIn(session, inMillis)] };
  return {
    state: next('warned'),
    effects: [
      {
        kind: 'appendEvent',
        at: input.at,
        body: { type: 'screen.lock-warned', severity: 'info', data: { session, actor: known.actor, idleMillis } },
      },
      { kind: 'warnScreenLock', session, inMillis },
      askIn(session, inMillis),
    ],
  };
}

export function onLockResult(state: AgentState, input: InputOf<'session.lock-result'>): Step {
  const known = state.sessions[input.session];
  if (known === undefined || state.snapshot === null) return { state, effects: [] };
  const { at, session } = input;
  const { actor, idleMillis } = known;
  const rule = lockRule(state);
  if (input.ok) {
    const data = { session, actor, idleMillis, policy: state.snapshot.reference };
    return {
      state: withSession(state, session, { ...known, phase: 'locked', lockFailed: false }),
      effects: [
        { kind: 'appendEvent', at, body: { type: 'screen.locked', severity: 'low', data } },
        ...(rule === null ? [] : [askIn(session, rule.after - rule.warn)]),
      ],
    };
  }
  const data = { session, actor, code: input.code ?? 'DLP_LOCK_FAILED', reason: input.reason ?? '' };
  const failed: Effect = { kind: 'appendEvent', at, body: { type: 'screen.lock-failed', severity: 'high', data } };
  return {
    state: withSession(state, session, { ...known, phase: 'active', lockFailed: true }),
    effects: [...(known.lockFailed ? [] : [failed]), askIn(session, RETRY_MILLIS)],
  };
}

function withSession(state: AgentState, session: string, value: SessionState): AgentState {
  return { ...state, sessions: { ...state.sessions, [session]: value } };
}
