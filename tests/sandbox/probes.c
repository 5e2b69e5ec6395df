/* What runs inside a cell: each probe writes a line for everything that it could do and should not, then
 * "done". */
#include "tests/sandbox/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <dirent.h>

static int out;

static void expect(long result, int wanted, const char *what)
{
    int got = result < 0 ? errno : 0;
    if (got != wanted)
        dprintf(out, "%s: %s instead of %s\n", what, strerror(got), strerror(wanted));
}

/* Every refused call of the table, with arguments that could do nothing even if it were let through. */
static void probe_table(void)
{
    static const struct {
        const char *name, *action;
        long nr;
    } rules[] = {
#define CB_SYSCALL(name, action, why) {#name, #action, SYS_##name},
#include "sandbox/syscalls.def"
#undef CB_SYSCALL
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool eperm = !strcmp(rules[i].action, "EPERM"), enosys = !strcmp(rules[i].action, "ENOSYS");
        if (eperm || enosys)
            expect(syscall(rules[i].nr, -1L, -1L, -1L, -1L, -1L, -1L), eperm ? EPERM : ENOSYS, rules[i].name);
    }
    for (long nr = 451; nr <= 600; nr++) {
        char name[32];
        snprintf(name, sizeof name, "number %ld", nr);
        expect(syscall(nr, -1L, -1L, -1L, -1L, -1L, -1L), ENOSYS, name);
    }
}

static void probe_arguments(void)
{
    static const unsigned long namespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                               CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        expect(syscall(SYS_clone, namespaces[i] | SIGCHLD, NULL, NULL, NULL, NULL), EPERM,
               "clone(CLONE_NEW…)");
    expect(syscall(SYS_ioctl, 0, (unsigned long)TIOCSTI, "x"), EPERM, "TIOCSTI");
    expect(syscall(SYS_ioctl, 0, 0x100000000ul | TIOCSTI, "x"), EPERM, "TIOCSTI with a high bit");
    expect(syscall(SYS_ioctl, 0, (unsigned long)TIOCLINUX, "x"), EPERM, "TIOCLINUX");
    static const int options[] = {PR_SET_DUMPABLE, PR_SET_MM, PR_SET_PTRACER, PR_SET_SECCOMP,
                                  PR_CAPBSET_DROP};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        expect(prctl(options[i], 0, 0, 0, 0), EPERM, "prctl");
    expect(prctl(PR_SET_NAME, "probe", 0, 0, 0), 0, "PR_SET_NAME");
    expect(syscall(SYS_personality, 0xffffffffUL), 0, "personality query");
    expect(syscall(SYS_personality, 0x0400000UL), EPERM, "READ_IMPLIES_EXEC");
    static const int families[] = {16, 17, 29, 38, 40, 44}; /* netlink, packet, can, alg, vsock, xdp */
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        expect(socket(families[i], SOCK_RAW, 0), EAFNOSUPPORT, "socket family");
    expect(socket(AF_INET, SOCK_RAW, 1), EPERM, "raw socket");
    expect(mknod("/tmp/device", S_IFCHR | 0666, 0x103), EPERM, "mknod device");
    expect(mknod("/dev/shm/whiteout", S_IFCHR, 0), EPERM, "mknod whiteout");
    expect(mkfifo("/tmp/fifo", 0600), 0, "mkfifo");
    struct sched_param priority = {1};
    expect(sched_setscheduler(0, SCHED_FIFO, &priority), EPERM, "SCHED_FIFO");
    expect(syscall(SYS_setuid, 0), EINVAL, "setuid(0)");
}

static void expect_sigsys(void (*attack)(void), const char *what)
{
    pid_t pid = fork();
    if (pid == 0) {
        attack();
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
        dprintf(out, "%s: status %x\n", what, (unsigned)status);
}

#ifdef __x86_64__
static void int80(void)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
}
static void x32(void)
{
    syscall(0x40000000 | SYS_getpid);
}
#endif

static void probe_foreign(void)
{
#ifdef __x86_64__
    expect_sigsys(int80, "int 0x80");
    expect_sigsys(x32, "x32");
#endif
}

static void refuse_open(const char *path, int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0644);
    if (fd >= 0) {
        dprintf(out, "%s opened\n", path);
        close(fd);
    }
}

/* Names of /proc besides processes that a cell may open; sandbox/builder/steps.c has the same list on purpose
 * once more. */
static bool proc_may_open(const char *name)
{
    static const char *const names[] = {"self",    "thread-self", "mounts",  "net",    "stat",
                                        "meminfo", "cpuinfo",     "loadavg", "uptime", "filesystems",
                                        "vmstat",  "version",     "swaps",   "sys"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return atoi(name) > 0 || name[0] == '.';
}

/* Everything else in /proc is covered: it can be named, and neither read, written, listed nor entered. */
static void probe_proc_covered(void)
{
    DIR *d = opendir("/proc");
    for (struct dirent *e; d && (e = readdir(d));) {
        if (proc_may_open(e->d_name))
            continue;
        char path[300];
        snprintf(path, sizeof path, "/proc/%s", e->d_name);
        refuse_open(path, O_RDONLY);
        refuse_open(path, O_WRONLY);
        snprintf(path, sizeof path, "/proc/%s/.", e->d_name);
        expect(access(path, F_OK), e->d_type == DT_DIR ? EACCES : ENOTDIR, path);
    }
    if (d)
        closedir(d);
}

/* Settings of the kernel: none can be written, whoever started the run; no identity of the host can be read.
 */
static void probe_sysctls(const char *directory, int depth)
{
    DIR *d = opendir(directory);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char path[512];
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        if (e->d_type == DT_DIR && depth < 8)
            probe_sysctls(path, depth + 1);
        else
            refuse_open(path, O_WRONLY);
    }
    if (d)
        closedir(d);
}

static void probe_files(void)
{
    probe_proc_covered();
    probe_sysctls("/proc/sys", 0);
    static const char *const writes[] = {"/proc/sys/kernel/core_pattern",
                                         "/proc/sys/kernel/modprobe",
                                         "/proc/sysrq-trigger",
                                         "/proc/self/oom_score_adj",
                                         "/proc/1/oom_score_adj",
                                         "/proc/thread-self/oom_score_adj",
                                         "/proc/self/oom_adj",
                                         "/usr/bin/env",
                                         "/etc/passwd",
                                         "/proc/1/mem",
                                         "/dev/pts"};
    static const char *const reads[] = {"/proc/1/environ",
                                        "/proc/1/mem",
                                        "/proc/1/maps",
                                        "/proc/1/root",
                                        "/proc/1/cwd",
                                        "/proc/1/fd",
                                        "/proc/1/ns/mnt",
                                        "/proc/kcore",
                                        "/proc/kallsyms",
                                        "/proc/keys",
                                        "/proc/sys/kernel/random/boot_id",
                                        "/proc/interrupts",
                                        "/proc/cmdline",
                                        "/proc/iomem",
                                        "/proc/modules",
                                        "/proc/partitions",
                                        "/proc/diskstats",
                                        "/proc/key-users",
                                        "/proc/timer_list",
                                        "/proc/sched_debug",
                                        "/proc/slabinfo",
                                        "/proc/config.gz",
                                        "/sys",
                                        "/sys/fs/cgroup",
                                        "/dev/mem",
                                        "/dev/kmsg",
                                        "/dev/sda",
                                        "/dev/vda",
                                        "/dev/fuse",
                                        "/dev/net/tun",
                                        "/dev/kvm",
                                        "/dev/tty0",
                                        "/root",
                                        "/home/user",
                                        "/run",
                                        "/workspace",
                                        "/image",
                                        "/cache",
                                        "/etc/shadow",
                                        "/etc/machine-id",
                                        "/boot"};
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
        refuse_open(writes[i], O_WRONLY);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        refuse_open(reads[i], O_RDONLY);
    static const char *const creates[] = {"/file", "/usr/file", "/etc/file", "/dev/file", "/home/file"};
    for (size_t i = 0; i < sizeof creates / sizeof *creates; i++)
        refuse_open(creates[i], O_WRONLY | O_CREAT);
    for (int fd = 4; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            dprintf(out, "descriptor %d leaked\n", fd);
    DIR *d = opendir("/proc");
    for (struct dirent *e; d && (e = readdir(d));)
        if (atoi(e->d_name) > 0 && atoi(e->d_name) != getpid())
            dprintf(out, "process %s visible\n", e->d_name);
    if (d)
        closedir(d);
    char name[65] = "";
    if (gethostname(name, sizeof name) < 0 || strcmp(name, "cellblock") != 0)
        dprintf(out, "host name %s\n", name);
}

/* What ordinary programs do and must go on doing. */
static void probe_python(void)
{
    static const char code[] =
        "import os,subprocess,threading,pty,multiprocessing as mp,sqlite3,mmap,socket,tempfile,ctypes,sys\n"
        "assert subprocess.run(['/bin/echo','x'],capture_output=True,text=True).stdout=='x\\n'\n"
        "t=[threading.Thread(target=sum,args=([1],)) for _ in range(8)];[x.start() for x in t];[x.join() for "
        "x in t]\n"
        "m,s=pty.openpty();os.write(s,b'a\\n');assert os.read(m,9)\n"
        "assert pty.spawn(['/bin/true'],lambda fd:os.read(fd,9),lambda fd:b'')==0\n"
        "assert mp.get_context('fork').Pool(2).map(abs,[-1,-2])==[1,2]\n"
        "l=mp.Lock();l.acquire();l.release()\n"
        "d=sqlite3.connect('/work/d.sqlite');d.execute('pragma journal_mode=wal');d.execute('create table "
        "t(x)');"
        "d.commit()\n"
        "f=open('/work/m','w+b');f.write(b'x'*9999);f.flush();q=mmap.mmap(f.fileno(),0);q[0]=65;q.flush()\n"
        "fd=os.memfd_create('m');os.ftruncate(fd,9);open('/proc/self/fd/%d'%fd,'r+b').write(b'y')\n"
        "a=socket.socket();a.bind(('127.0.0.1',0));a.listen();c=socket.create_connection(a.getsockname());c."
        "close()\n"
        "u=socket.socket(socket.AF_UNIX);u.bind('/tmp/u');a,b=socket.socketpair()\n"
        "n=socket.socket(socket.AF_UNIX);n.bind('\\0abs')\n"
        "os.mkdir('/work/x');open('/work/x/f','w').close();os.rename('/work/x/f','/work/f');os.chmod('/work/"
        "f',0o4755)\n"
        "os.symlink('f','/work/s');os.link('/work/f','/work/h');open('/tmp/"
        "a','w').close();open(os.environ['HOME']+'/b','w')\n"
        "assert os.getuid()==os.getgid()==1000 and os.getcwd()=='/work'\n"
        "open('/dev/null','w').write('z');open('/dev/shm/"
        "z','w').close();os.sched_getaffinity(0);os.urandom(8)\n"
        "import signal;signal.setitimer(signal.ITIMER_REAL,0)\n"
        "try:\n import numpy as n;assert (n.ones((300,300))@n.ones((300,300)))[0,0]==300\n"
        "except ImportError:pass\n";
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out, 1);
        dup2(out, 2);
        execl("/usr/bin/python3", "python3", "-c", code, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    if (status)
        dprintf(out, "python ended with status %x\n", (unsigned)status);
}

/* Leaves a daemon behind: the caller looks whether it outlives the cell. */
static void probe_daemon(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            close(out);
            for (;;)
                pause();
        }
        _exit(0);
    }
    while (wait(NULL) > 0)
        ;
}

static void probe_fork_bomb(int64_t limit)
{
    long n = 0;
    while (n < 4 * limit) {
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            close(out);
            for (;;)
                pause();
        }
        n++;
    }
    if (n >= limit)
        dprintf(out, "%ld processes\n", n);
}

static void probe_signals(void)
{
    kill(-1, SIGCONT);
    kill(1, SIGKILL);
    kill(1, SIGSTOP);
    for (int pid = 3; pid < 4096; pid++)
        if (kill(pid, 0) == 0)
            dprintf(out, "process %d can be signalled\n", pid);
}

static void probe_memory(int64_t bytes)
{
    char *p = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return;
    memset(p, 1, (size_t)bytes);
    dprintf(out, "%lld bytes were to be had\n", (long long)bytes);
}

/* Reads and changes what the test put into the workspace and the layers. */
static void probe_work(void)
{
    char text[64] = "";
    int fd = open("/work/secret", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0 || strcmp(text, "workspace") != 0)
        dprintf(out, "workspace file unreadable: %s\n", strerror(errno));
    memset(text, 0, sizeof text);
    fd = open("/work/which", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        dprintf(out, "layer file unreadable: %s\n", strerror(errno));
    dprintf(out, "which=%s deleted=%d\n", text, access("/work/deleted", F_OK));
    fd = open("/work/made", O_WRONLY | O_CREAT, 0644);
    if (fd < 0 || write(fd, "x", 1) != 1)
        dprintf(out, "cannot write to /work: %s\n", strerror(errno));
    fd = open("/work/secret", O_WRONLY | O_APPEND);
    if (fd < 0 || write(fd, "!", 1) != 1)
        dprintf(out, "cannot change a workspace file: %s\n", strerror(errno));
}

void test_probe_run(const char *name, int64_t argument, int result)
{
    out = result;
    if (!strcmp(name, "table"))
        probe_table();
    else if (!strcmp(name, "arguments"))
        probe_arguments();
    else if (!strcmp(name, "foreign"))
        probe_foreign();
    else if (!strcmp(name, "files"))
        probe_files();
    else if (!strcmp(name, "python"))
        probe_python();
    else if (!strcmp(name, "daemon"))
        probe_daemon();
    else if (!strcmp(name, "forks"))
        probe_fork_bomb(argument);
    else if (!strcmp(name, "signals"))
        probe_signals();
    else if (!strcmp(name, "memory"))
        probe_memory(argument);
    else if (!strcmp(name, "work"))
        probe_work();
    else if (!strcmp(name, "sleep"))
        pause();
    dprintf(out, "done");
}
