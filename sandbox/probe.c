/* What this host can do, each thing tried in a child of its own. */
#include "sandbox/private.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define DETAIL 160

/* A trial runs in a forked child and says what it found; its result is errno, 0 for "works". */
typedef int trial(char detail[DETAIL]);

struct verdict {
    int code;
    char detail[DETAIL];
};

static struct verdict try(trial *t)
{
    struct verdict v = {.code = EIO};
    snprintf(v.detail, sizeof v.detail, "the trial died");
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) < 0)
        return v;
    pid_t pid = fork();
    if (pid == 0) {
        memset(&v, 0, sizeof v);
        v.code = t(v.detail);
        (void)!write(pair[1], &v, sizeof v);
        _exit(0);
    }
    close(pair[1]);
    if (pid > 0) {
        struct verdict got;
        if (cb_read_full(pair[0], &got, sizeof got) == 0)
            v = got;
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(pair[0]);
    v.detail[DETAIL - 1] = '\0';
    if (v.code && !v.detail[0])
        snprintf(v.detail, sizeof v.detail, "%s", strerror(v.code));
    return v;
}

static int own_map(const char *file, unsigned id)
{
    char text[32];
    int fd = open(file, O_WRONLY | O_CLOEXEC), n = snprintf(text, sizeof text, "0 %u 1", id);
    int code = fd < 0 || write(fd, text, (size_t)n) < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return code;
}

/* Become root of a user namespace with mounts, pids, net, ipc, uts of its own: what every other trial starts
 * from. */
static int enter(int more)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more) < 0)
        return errno;
    int fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)!write(fd, "deny", 4);
        close(fd);
    }
    int code = own_map("/proc/self/uid_map", uid);
    if (!code)
        code = own_map("/proc/self/gid_map", gid);
    if (!code && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        code = errno; /* AppArmor grants the namespace without its capabilities (Ubuntu 24.04) */
    return code;
}

static int try_namespaces(char *detail)
{
    int code = enter(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
    if (!code)
        strcpy(detail, "user, mount, pid, net, ipc, uts and cgroup namespaces can be made");
    return code;
}

static int try_overlay(char *detail)
{
    int code = enter(0);
    if (code)
        return code;
    if (mount("t", "/tmp", "tmpfs", 0, "mode=0755") < 0 || chdir("/tmp") < 0 || mkdir("l", 0755) < 0 ||
        mkdir("u", 0755) < 0 || mkdir("w", 0755) < 0 || mkdir("m", 0755) < 0)
        return errno;
    /* The run directory is where uppers lie in earnest; tmpfs takes user xattrs since Linux 6.6 only, so a
     * mount that works here read-only is what is asked. */
    if (mount("o", "m", "overlay", MS_NOSUID | MS_NODEV, "userxattr,lowerdir=l:u") < 0)
        return errno;
    strcpy(detail, "overlay mounts work in a user namespace");
    return 0;
}

static int try_proc(char *detail)
{
    int code = enter(CLONE_NEWPID);
    if (code)
        return code;
    pid_t pid = fork();
    if (pid == 0)
        _exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                    "subset=pid,hidepid=invisible") < 0
                  ? errno
                  : 0);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return errno;
    if (!WEXITSTATUS(status))
        strcpy(detail, "proc can be mounted with subset=pid,hidepid=invisible");
    return WEXITSTATUS(status);
}

static int try_setns(char *detail)
{
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0)
        return errno;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        char code = (char)enter(0);
        (void)!write(ready[1], &code, 1);
        pause();
        _exit(0);
    }
    char code = 0;
    if (pid < 0 || read(ready[0], &code, 1) != 1)
        return EIO;
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int result = code ? code : pidfd < 0 || setns(pidfd, CLONE_NEWUSER | CLONE_NEWNS) < 0 ? errno : 0;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (!result)
        strcpy(detail, "namespaces can be joined through a pidfd");
    return result;
}

static int load(unsigned flags)
{
    struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, allow};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fd < 0 ? -errno : (int)fd;
}

static int try_seccomp(char *detail)
{
    int code = load(0);
    if (code >= 0)
        strcpy(detail, "filters can be loaded");
    return code < 0 ? -code : 0;
}

static int try_notify(char *detail)
{
    int fd = load(SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    if (fd < 0)
        return -fd;
    /* No notification has this id: ENOENT means that ADDFD with SEND is known (Linux 5.14), EINVAL that it is
     * not. */
    struct seccomp_notif_addfd add = {.id = 1, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = 0};
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 && errno != ENOENT)
        return errno;
    strcpy(detail, "WAIT_KILLABLE_RECV and ADDFD_FLAG_SEND are there");
    return 0;
}

static int try_landlock(char *detail)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0)
        return errno;
    snprintf(detail, DETAIL, "ABI %ld%s", abi, abi < 2 ? ", of which cellblock can make no use" : "");
    return abi < 2 ? ENOTSUP : 0;
}

static int try_idmap(char *detail)
{
    cleanup_close int map = cb_idmap_open(0, 0), dir = open("/", O_PATH | O_CLOEXEC);
    if (map < 0)
        return -map;
    cleanup_close int fd = cb_mount_clone(dir, "", 0, map);
    if (fd < 0)
        return -fd;
    strcpy(detail, "the root file system takes idmapped mounts");
    return 0;
}

static int try_kernel(char *detail)
{
    struct utsname u;
    int major = 0, minor = 0;
    if (uname(&u) < 0 || sscanf(u.release, "%d.%d", &major, &minor) != 2)
        return EIO;
    snprintf(detail, DETAIL, "Linux %.80s; 5.15 or newer is recommended, 5.12 needed", u.release);
    return major > 5 || (major == 5 && minor >= 15) ? 0 : major == 5 && minor >= 12 ? ENOTSUP : ENOSYS;
}

static int try_cgroup(char *detail)
{
    const char *where = cb_cgroups_where();
    if (where)
        snprintf(detail, DETAIL, "memory and processes are limited below %.100s", where);
    else
        strcpy(detail,
               "no writable cgroup: memory is limited for each process (RLIMIT_DATA), not for a cell");
    return where ? 0 : ENOTSUP;
}

static const struct {
    const char *name;
    trial *run;
    bool needed, root_only;
    const char *remedy; /* NULL: that of cb_host_remedy */
} table[] = {
    {"kernel", try_kernel, true, false, "Install Linux 5.15 or newer."},
    {"user namespaces", try_namespaces, true, false, NULL},
    {"overlay mounts", try_overlay, true, false,
     "Load the overlay module (modprobe overlay), Linux 5.11 or newer."},
    {"proc mounts", try_proc, true, false,
     "Linux 5.8 or newer; in a container, do not mask /proc (docker: --security-opt "
     "systempaths=unconfined)."},
    {"namespaces by pidfd", try_setns, true, false, "Install Linux 5.8 or newer."},
    {"seccomp", try_seccomp, true, false, "Use a kernel with CONFIG_SECCOMP_FILTER."},
    {"seccomp notification", try_notify, false, false, "Install Linux 5.19 or newer."},
    {"Landlock", try_landlock, false, false, "Add landlock to the kernel's lsm= list; Linux 5.19 or newer."},
    {"idmapped mounts", try_idmap, false, true,
     "Without them root's notebooks see the files that everybody may read; ext4, xfs and btrfs have them."},
    {"cgroups", try_cgroup, false, false,
     "Run as root, or in a cgroup that systemd delegates (systemd-run --user --scope)."},
};
enum { N_PROBES = sizeof table / sizeof *table };

const struct cb_probe *cb_sandbox_probe(size_t *n)
{
    static struct cb_probe probes[N_PROBES];
    size_t made = 0;
    for (size_t i = 0; i < N_PROBES; i++) {
        if (table[i].root_only && !cb_sandbox_is_root())
            continue;
        struct verdict v = try(table[i].run);
        bool needed = table[i].needed && v.code != ENOTSUP;
        struct cb_probe *p = &probes[made++];
        *p = (struct cb_probe){.name = table[i].name,
                               .state = !v.code  ? CB_PROBE_OK
                                        : needed ? CB_PROBE_MISSING
                                                 : CB_PROBE_OPTIONAL_MISSING};
        snprintf(p->detail, sizeof p->detail, "%s", v.detail);
        struct cb_error err = CB_ERROR_INIT;
        if (v.code && !table[i].remedy)
            cb_host_remedy(&err);
        if (v.code)
            snprintf(p->remedy, sizeof p->remedy, "%.199s", table[i].remedy ? table[i].remedy : err.remedy);
    }
    *n = made;
    return probes;
}
