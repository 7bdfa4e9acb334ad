"""Calls the system as programs do and prints what each call returned, one line each, in the folder given.

system-calls.test.ts runs it on a bare filesystem and on a view of the guard: the lines must be the same. What is asked
follows pjdfstest's cases (errors, modes, owners, times, renames over everything) for the calls that docs/spec/guard.md
promises. Run as root; what is asked as another user is asked in a child process.
"""
import errno
import os
import stat
import sys

ROOT = sys.argv[1]
USER = 65534
LONG = 'n' * 255


def show(value):
    if isinstance(value, os.stat_result):
        kind = stat.S_IFMT(value.st_mode)
        size = value.st_size if kind == stat.S_IFREG else '-'
        return f'{oct(value.st_mode)} {value.st_uid}:{value.st_gid} {size} links {value.st_nlink if kind == stat.S_IFREG else "-"}'
    if isinstance(value, (list, set)):
        return ' '.join(sorted(str(each) for each in value))
    return str(value)


def ask(what, call, *arguments, **more):
    try:
        value = call(*arguments, **more)
        print(f'{what}: {show(value)}', flush=True)
        return value
    except OSError as error:
        print(f'{what}: {errno.errorcode.get(error.errno, error.errno)}', flush=True)
        return None


def write(name, text=b'harmless text\n', flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode=0o644):
    descriptor = os.open(name, flags, mode)
    os.write(descriptor, text)
    os.close(descriptor)


def read(name):
    descriptor = os.open(name, os.O_RDONLY)
    text = os.read(descriptor, 65536)
    os.close(descriptor)
    return text


def kept(name):
    """Of a file: kind, mode, owner, size, links."""
    return ask(f'stat {name[:20]}', os.lstat, name)


def section(name):
    print(f'# {name}', flush=True)
    os.mkdir(os.path.join(ROOT, name))
    os.chdir(os.path.join(ROOT, name))
    os.umask(0o022)


def as_user(work):
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def opening():
    section('open')
    write('plain')
    os.mkdir('folder')
    os.symlink('plain', 'link')
    os.symlink('nowhere', 'dangling')
    os.symlink('loop', 'loop')
    for name, flags in [
        ('absent', os.O_RDONLY),
        ('plain', os.O_CREAT | os.O_EXCL | os.O_WRONLY),
        ('link', os.O_CREAT | os.O_EXCL | os.O_WRONLY),
        ('dangling', os.O_CREAT | os.O_EXCL | os.O_WRONLY),
        ('link', os.O_RDONLY | os.O_NOFOLLOW),
        ('loop', os.O_RDONLY),
        ('plain', os.O_RDONLY | os.O_DIRECTORY),
        ('plain/below', os.O_RDONLY),
        ('folder', os.O_WRONLY),
        ('folder', os.O_RDWR),
        ('folder', os.O_RDONLY | os.O_DIRECTORY),
        ('folder', os.O_WRONLY | os.O_CREAT),
        ('absent/below', os.O_WRONLY | os.O_CREAT),
        (LONG, os.O_WRONLY | os.O_CREAT),
        (LONG + 'n', os.O_WRONLY | os.O_CREAT),
        ('', os.O_RDONLY),
    ]:
        descriptor = ask(f'open {name[:20]} {flags:#o}', lambda: os.open(name, flags, 0o644))
        if descriptor is not None:
            os.close(descriptor)
    ask('a dangling link is created through', write, 'dangling')
    kept('nowhere')
    descriptor = os.open('plain', os.O_RDONLY)
    ask('write on a descriptor for reading', os.write, descriptor, b'x')
    os.close(descriptor)
    descriptor = os.open('plain', os.O_WRONLY)
    ask('read on a descriptor for writing', os.read, descriptor, 1)
    os.close(descriptor)
    for umask in (0o022, 0o077, 0o000):
        os.umask(umask)
        write(f'mask{umask:o}', mode=0o666)
        kept(f'mask{umask:o}')
    os.umask(0o022)


def writing():
    section('write')
    write('file', b'0123456789')
    ask('read', read, 'file')
    descriptor = os.open('file', os.O_RDWR)
    ask('pwrite behind the end', os.pwrite, descriptor, b'end', 20)
    ask('fstat', os.fstat, descriptor)
    ask('pread of the hole', os.pread, descriptor, 30, 8)
    ask('ftruncate shorter', os.ftruncate, descriptor, 5)
    ask('pread behind the end', os.pread, descriptor, 10, 5)
    ask('ftruncate longer', os.ftruncate, descriptor, 12)
    ask('ftruncate below nothing', os.ftruncate, descriptor, -1)
    ask('lseek from the end', os.lseek, descriptor, -2, os.SEEK_END)
    ask('lseek before the beginning', os.lseek, descriptor, -1, os.SEEK_SET)
    ask('fsync', os.fsync, descriptor)
    ask('fdatasync', os.fdatasync, descriptor)
    os.close(descriptor)
    ask('read', read, 'file')
    descriptor = os.open('file', os.O_WRONLY | os.O_APPEND)
    os.lseek(descriptor, 0, os.SEEK_SET)
    ask('append', os.write, descriptor, b'+++')
    os.close(descriptor)
    ask('read', read, 'file')
    ask('truncate', os.truncate, 'file', 3)
    ask('truncate a folder', os.truncate, '.', 0)
    ask('truncate what is not there', os.truncate, 'absent', 0)
    ask('read', read, 'file')
    one = os.open('file', os.O_RDWR)
    two = os.open('file', os.O_RDWR)
    os.pwrite(one, b'ONE', 0)
    ask('another descriptor sees it', os.pread, two, 3, 0)
    os.close(one)
    os.pwrite(two, b'T', 0)
    os.close(two)
    ask('read', read, 'file')
    ask('two descriptors, closed right after each other', two_descriptors, 'pair')
    ask('read', read, 'pair')
    descriptor = os.open('file', os.O_WRONLY | os.O_TRUNC)
    os.close(descriptor)
    kept('file')
    ask('posix_fallocate', fallocate, 'reserved', 4096)
    kept('reserved')


def two_descriptors(name):
    write(name, b'0123456789')
    for n in range(30):
        one, two = os.open(name, os.O_RDWR), os.open(name, os.O_RDWR)
        os.pwrite(one, b'%03d' % n, 0)
        os.close(one)
        os.pwrite(two, b'%02d' % n, 5)
        os.close(two)


def fallocate(name, length):
    descriptor = os.open(name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.posix_fallocate(descriptor, 0, length)
    finally:
        os.close(descriptor)


def unlinking():
    section('unlink')
    write('file')
    os.mkdir('folder')
    write('folder/below')
    os.symlink('file', 'link')
    ask('unlink absent', os.unlink, 'absent')
    ask('unlink a folder', os.unlink, 'folder')
    ask('unlink below a file', os.unlink, 'file/below')
    ask('rmdir a file', os.rmdir, 'file')
    ask('rmdir a full folder', os.rmdir, 'folder')
    ask('rmdir absent', os.rmdir, 'absent')
    ask('rmdir .', os.rmdir, 'folder/.')
    ask('rmdir ..', os.rmdir, 'folder/..')
    ask('unlink a link', os.unlink, 'link')
    kept('file')
    descriptor = os.open('file', os.O_RDWR)
    ask('unlink an open file', os.unlink, 'file')
    ask('it is read still', os.pread, descriptor, 8, 0)
    ask('and written', os.pwrite, descriptor, b'x', 0)
    ask('and is a file', lambda: stat.S_ISREG(os.fstat(descriptor).st_mode))
    os.close(descriptor)
    ask('list', os.listdir, '.')
    ask('unlink below', os.unlink, 'folder/below')
    ask('rmdir', os.rmdir, 'folder')
    ask('list', os.listdir, '.')


def renaming():
    section('rename')
    for name in ('one', 'two'):
        write(name, name.encode())
    for name in ('empty', 'full', 'full/inner'):
        os.mkdir(name)
    write('full/file', b'below')
    os.symlink('one', 'link')
    ask('absent', os.rename, 'absent', 'x')
    ask('onto itself', os.rename, 'one', 'one')
    ask('a file onto a folder', os.rename, 'one', 'empty')
    ask('a folder onto a file', os.rename, 'empty', 'one')
    ask('a folder onto a full folder', os.rename, 'empty', 'full')
    ask('a folder into itself', os.rename, 'full', 'full/inner/x')
    ask('below a file', os.rename, 'two', 'one/x')
    ask('into what is not there', os.rename, 'two', 'absent/x')
    ask('a name too long', os.rename, 'two', LONG + 'n')
    ask('a file over a file', os.rename, 'two', 'one')
    ask('read', read, 'one')
    ask('a link', os.rename, 'link', 'link2')
    ask('readlink', os.readlink, 'link2')
    ask('a file over a link', os.rename, 'one', 'link2')
    kept('link2')
    ask('a full folder over an empty one', os.rename, 'full', 'empty')
    ask('list', os.listdir, 'empty')
    ask('read', read, 'empty/file')
    ask('out of a folder', os.rename, 'empty/file', 'out')
    ask('list', os.listdir, '.')
    descriptor = os.open('out', os.O_RDWR)
    ask('an open file', os.rename, 'out', 'moved')
    os.pwrite(descriptor, b'BELOW', 0)
    os.close(descriptor)
    ask('read', read, 'moved')
    write('old', b'old')
    descriptor = os.open('old', os.O_RDONLY)
    write('new', b'new')
    ask('over an open file', os.rename, 'new', 'old')
    ask('the old bytes are read still', os.pread, descriptor, 3, 0)
    os.close(descriptor)
    ask('read', read, 'old')


def folders():
    section('mkdir')
    ask('mkdir', os.mkdir, 'folder', 0o750)
    kept('folder')
    ask('again', os.mkdir, 'folder')
    write('file')
    ask('over a file', os.mkdir, 'file')
    ask('below a file', os.mkdir, 'file/x')
    ask('below nothing', os.mkdir, 'absent/x')
    ask('a long name', os.mkdir, LONG)
    ask('a name too long', os.mkdir, LONG + 'n')
    ask('chdir into a file', os.chdir, 'file')
    ask('list a file', os.listdir, 'file')
    ask('list', os.listdir, 'folder')
    deep = '/'.join(['d'] * 60)
    ask('sixty deep', os.makedirs, deep)
    write(f'{deep}/file', b'deep')
    ask('read', read, f'{deep}/file')
    ask('a path too long', os.stat, '/'.join(['d'] * 3000))
    for n in range(300):
        write(f'folder/{n:04}', b'x')
    ask('three hundred names', lambda: len(os.listdir('folder')))
    seen = 0
    for entry in os.scandir('folder'):
        os.unlink(entry.path)
        seen += 1
    ask('removed while they were listed', lambda: (seen, os.listdir('folder')))


def links():
    section('symlink')
    ask('symlink', os.symlink, 'target', 'link')
    ask('readlink', os.readlink, 'link')
    ask('again', os.symlink, 'target', 'link')
    ask('readlink of a folder', os.readlink, '.')
    ask('stat through nothing', os.stat, 'link')
    ask('a long target', os.symlink, 't' * 1000, 'long')
    ask('readlink', lambda: len(os.readlink('long')))
    write('target', b'through')
    ask('read', read, 'link')
    ask('chmod through a link', os.chmod, 'link', 0o600)
    kept('target')
    ask('lchown', os.lchown, 'link', USER, USER)
    ask('its owner', lambda: os.lstat('link').st_uid)
    kept('target')


def attributes():
    section('attributes')
    write('file')
    for mode in (0o600, 0o444, 0o000, 0o755, 0o1644):
        ask(f'chmod {mode:o}', os.chmod, 'file', mode)
        kept('file')
    ask('chmod absent', os.chmod, 'absent', 0o644)
    os.chmod('file', 0o755)
    ask('chown', os.chown, 'file', USER, USER)
    kept('file')
    ask('chown of the group alone', os.chown, 'file', -1, 0)
    kept('file')
    for times in ((1, 2), (0, 0), (2**31 - 1, 2**31 - 1)):
        ask(f'utime {times}', os.utime, 'file', times)
        ask('times', lambda: (os.stat('file').st_atime_ns, os.stat('file').st_mtime_ns))
    ask('nanoseconds', lambda: os.utime('file', ns=(1_700_000_000_123_456_789, 1_700_000_000_987_654_321)))
    ask('times', lambda: os.stat('file').st_mtime_ns)
    ask('utime absent', os.utime, 'absent', (1, 1))
    ask('access', lambda: [os.access('file', mode) for mode in (os.F_OK, os.R_OK, os.W_OK)])
    os.mkdir('folder')
    ask('chmod of a folder', os.chmod, 'folder', 0o1777)
    kept('folder')
    before = os.stat('file').st_mtime_ns
    write('file', b'new')
    ask('writing moves the time of modification', lambda: os.stat('file').st_mtime_ns > before)
    folder_before = os.stat('folder').st_mtime_ns
    os.utime('folder', (1, 1))
    write('folder/x')
    ask('a new name moves the time of its folder', lambda: os.stat('folder').st_mtime > 1 and folder_before > 0)


def rights():
    section('rights')
    os.chmod('.', 0o755)
    write('roots', b'root')
    os.chmod('roots', 0o600)
    write('public', b'public')
    os.mkdir('shared')
    os.chmod('shared', 0o1777)
    write('shared/roots', b'root')
    os.mkdir('closed', 0o700)
    write('closed/file')

    def work():
        ask('user opens what is closed to him', read, 'roots')
        ask('user reads', read, 'public')
        ask('user writes', write, 'public', b'x', os.O_WRONLY)
        ask('user makes a name', write, 'new')
        ask('user removes', os.unlink, 'public')
        ask('user renames', os.rename, 'public', 'p')
        ask('user looks into a closed folder', os.listdir, 'closed')
        ask('user goes through a closed folder', read, 'closed/file')
        ask('user makes his own', write, 'shared/own', b'own')
        kept('shared/own')
        ask('user removes another\'s under the sticky bit', os.unlink, 'shared/roots')
        ask('user renames another\'s under the sticky bit', os.rename, 'shared/roots', 'shared/x')
        ask('user changes the mode of his own', os.chmod, 'shared/own', 0o640)
        ask('user changes the mode of another\'s', os.chmod, 'public', 0o777)
        ask('user gives his own away', os.chown, 'shared/own', 0, 0)
        ask('user sets times of another\'s', os.utime, 'public', (1, 1))
        ask('user truncates another\'s', os.truncate, 'public', 0)
        kept('shared/own')
        ask('user removes his own', os.unlink, 'shared/own')

    as_user(work)
    ask('list', os.listdir, '.')
    ask('read', read, 'public')


for each in (opening, writing, unlinking, renaming, folders, links, attributes, rights):
    each()
