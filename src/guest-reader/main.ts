import en from '../i18n/locales/en/guest.json' with { type: 'json' };
import ja from '../i18n/locales/ja/guest.json' with { type: 'json' };
import { openFile, openIdentity, type Opened } from './open-files.ts';
import './page.css';

/** What `src/media/guest/guest-page.ts` puts into the page. */
interface Medium {
  readonly organisation: string;
  /** Armored age file, opened by the passphrase. */
  readonly identity: string;
}

type Language = 'ja' | 'en';
type Key = keyof typeof en;

const texts: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { ja, en };
const medium: Medium = JSON.parse(document.querySelector('#medium')?.textContent ?? '{}');
let language: Language = navigator.languages.some((tag) => tag.startsWith('ja')) ? 'ja' : 'en';
let files: readonly File[] = [];

const text = (key: Key, values: Readonly<Record<string, string>> = {}): string =>
  texts[language][key].replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '');

/** Never from markup: names of files are anybody's text. */
function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const results = element('ul', {});
results.setAttribute('aria-live', 'polite');
const passphrase = element('input', { type: 'text', id: 'passphrase', autocomplete: 'off', spellcheck: false, autocapitalize: 'off' });

function render(): void {
  document.documentElement.lang = language;
  document.title = text('title');
  const other = language === 'ja' ? 'en' : 'ja';
  const change = element('button', { type: 'button', textContent: other === 'ja' ? '日本語' : 'English', lang: other });
  change.addEventListener('click', () => {
    language = other;
    results.replaceChildren();
    render();
  });
  const open = element('button', { type: 'submit', className: 'main', textContent: text('open') });
  const form = element(
    'form',
    {},
    chooser(),
    element('label', { htmlFor: passphrase.id, textContent: text('passphrase') }),
    passphrase,
    open,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    open.disabled = true;
    void openAll().finally(() => (open.disabled = false));
  });
  document.body.replaceChildren(
    element('header', {}, element('h1', { textContent: text('title') }), change),
    element('p', { textContent: text('intro', { organisation: medium.organisation }) }),
    form,
    results,
  );
}

function chooser(): HTMLElement {
  const input = element('input', { type: 'file', multiple: true, id: 'files' });
  const shown = element('span', {});
  const choose = (chosen: FileList | null): void => {
    files = [...(chosen ?? [])];
    shown.textContent = files.length === 0 ? text('choose') : files.map(({ name }) => name).join(', ');
  };
  const drop = element('label', { className: 'drop', htmlFor: input.id }, input, shown);
  shown.textContent = files.length === 0 ? text('choose') : files.map(({ name }) => name).join(', ');
  input.addEventListener('change', () => choose(input.files));
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    choose(event.dataTransfer?.files ?? null);
  });
  return element('div', {}, element('label', { htmlFor: input.id, textContent: text('files') }), drop);
}

const trouble = (message: string, name = ''): HTMLElement =>
  element('li', {}, name, element('span', { className: 'trouble', textContent: message }));

async function openAll(): Promise<void> {
  if (files.length === 0) return results.replaceChildren(trouble(text('nothing-chosen')));
  results.replaceChildren();
  const identity = await openIdentity(medium.identity, passphrase.value);
  if (identity === null) return results.replaceChildren(trouble(text('passphrase-wrong')));
  for (const file of files) {
    const working = element('li', { textContent: text('working', { name: file.name }) });
    results.append(working);
    const opened = await openFile(file, identity).catch((): null => null);
    working.replaceWith(opened === null ? trouble(text('failed.memory'), file.name) : outcome(file.name, opened));
  }
  results.append(element('li', { textContent: text('after') }));
}

function outcome(name: string, opened: Opened): HTMLElement {
  if (!opened.ok) return trouble(text(`failed.${opened.reason}`), name);
  const plain = name.replace(/\.age$/i, '');
  // Saved, never shown: what was encrypted may be a page that would run as this one.
  const save = element('button', { type: 'button', textContent: text('save') });
  save.addEventListener('click', () => {
    const href = URL.createObjectURL(opened.content);
    element('a', { href, download: plain }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  });
  return element('li', {}, plain, save);
}

render();
