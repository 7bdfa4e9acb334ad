import { describe, expect, it } from 'vitest';
import { detectText, findingOf, summary } from '../detect-text.ts';

const found = (text: string): string[] => summary(detectText(text)).filter((line) => line.startsWith('secret.password:'));
const counted = (text: string): string[] => found(text).filter((line) => !line.endsWith('low:1'));

describe('passwords', () => {
  // As people keep them: settings, wiki pages, mails, scripts.
  it.each([
    ['a setting', 'db.password=Tsuki#2026'],
    ['a setting of letters in quotes', 'password: "x"\npassword = "TrustNoOne"'],
    ['a map in PHP', "'password' => 'k4Bz!nq0'"],
    ['YAML', 'smtp:\n  user: mailer\n  password: q8Hd-2Lm'],
    ['a wiki page', '管理画面\nID: kanri\nパスワード: Hanami-2026'],
    ['a mail', '初期パスワードは「Ume4sakura」です。'],
    ['an account on this machine', 'postgres://app:k3yB0ard@localhost:5432/app'],
    ['the query of a real host', 'curl "https://portal.kaisha.co.jp/login?user=a&password=Tsuki2026"'],
    ['.netrc', 'machine ftp.kaisha.co.jp\nlogin deploy\npassword q8Hd2Lm4'],
    ['words with a year', 'password: "company-secret-2024"'],
    ['base64 of bytes', 'password: q83vEjRWeJA='],
    ['a number beside other settings', '{"port":5432,"password":"80425117"}'],
  ])('are found in %s', (_, text) => expect(counted(text)).toEqual(['secret.password:medium:1']));

  // Each stood in a published package: what it is from is beside it.
  it.each([
    ['an argument in a backtrace (poppler, ChangeLog)', 'ownerPassword=ownerPassword@entry=0x1165830,'],
    ['an edit of a prompt (shadow, ChangeLog)', 's#password: cvs#password: [empty password]#'],
    ['a member negated (vitest)', 'const pass = !this.result.issues || this.result.issues.length === 0;'],
    ['a member of an enumeration (pdf.js)', 'MULTILINE:4096,PASSWORD:8192,NOTOGGLETOOFF:16384'],
    ['the class of a field (HTML::Form)', 'password => "TextInput",'],
    ['the account of anybody (Net::FTP)', "$pass = '-anonymous@'"],
    ['the account of anybody in an address (zod)', 'url.parse("https://anonymous:flabada@developer.mozilla.org/en-US/")'],
    ['.netrc of documentation (pip)', 'machine example.com\nlogin daniel\npassword qwerty1'],
    ['a sentence on logins (git, ChangeLog)', 'git-send-email: ssh/login style password requests'],
    ['the form of .netrc (Vim, netrw)', 'machine HOSTNAME login USERID password "PASSWORD"'],
    ['the form of .netrc with braces (Vim, netrw)', 'default login {user-id} password "{password}"'],
    ['anybody in .netrc (Net::Netrc)', 'default login anonymous password user@site'],
    ['words of a secret (@pinojs/redact)', "password: 'real-secret-6-levels'"],
    ['numbered placeholders (@pinojs/redact)', "credentials: { password: 'pass1' }"],
    ['the passphrase of xkcd 936 (@noble/ciphers)', "const PASSWORD = 'correct-horse-battery-staple';"],
    ['base64 of a sentence (@npmcli/arborist)', "password: 'bm90IG15IHJlYWwgcGFzc3dvcmQ=',"],
    ['stars behind a colon (pip)', 'password = ":****"'],
    ['the query to this machine (fastify)', 'curl localhost:8080/auth?username=admin&password=Password123!'],
    ['the query to a host of documentation', 'https://api.example.com/v1?key=a&password=hunter2x'],
  ])('are not found in %s', (_, text) => expect(counted(text)).toEqual([]));

  it('tells which were taken for placeholders', () =>
    expect(findingOf(detectText('GET http://localhost/?password=Tsuki2026'), 'secret.password')).toMatchObject({
      confidence: 'low',
      reasons: ['label', 'placeholder'],
    }));
});
