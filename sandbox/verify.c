#include "sandbox/private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/capability.h>

static int refuse(struct cb_error *err, const struct cb_cell *cell, const char *what)
{
    cb_fail(err, -EPERM, CB_EXIT_VIOLATION, "verify cell", "The process that claims to be the cell %s.",
            what);
    if (err)
        err->cell = cell->index;
    return -EPERM;
}

static int same_namespaces(pid_t pid, const struct cb_cell *cell, struct cb_error *err)
{
    static const char *const names[CB_N_NAMESPACES] = CB_NAMESPACES;
    for (size_t i = 0; i < CB_N_NAMESPACES; i++) {
        char path[64], what[64];
        struct stat theirs, ours;
        snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, names[i]);
        int missing = stat(path, &theirs);
        snprintf(path, sizeof path, "/proc/%d/ns/%s", cell->init_pid, names[i]);
        if (missing < 0 || stat(path, &ours) < 0 || theirs.st_ino != ours.st_ino ||
            theirs.st_dev != ours.st_dev) {
            snprintf(what, sizeof what, "is not in the cell's %s namespace", names[i]);
            return refuse(err, cell, what);
        }
    }
    return 0;
}

static unsigned long long field(const char *status, const char *name, int base)
{
    const char *line = strstr(status, name);
    return line ? strtoull(line + strlen(name), NULL, base) : ~0ull;
}

static int check_status(const char *status, const struct cb_cell *cell, struct cb_error *err)
{
    static const char *const sets[] = {"\nCapInh:", "\nCapPrm:", "\nCapEff:", "\nCapBnd:", "\nCapAmb:"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        unsigned long long caps = field(status, sets[i], 16);
        if (!caps)
            continue;
        char what[96];
        char *name = cap_to_name(__builtin_ctzll(caps));
        snprintf(what, sizeof what, "holds capabilities (%s: %s)", sets[i] + 1, name ? name : "unknown");
        cap_free(name);
        return refuse(err, cell, what);
    }
    if (field(status, "\nNoNewPrivs:", 10) != 1)
        return refuse(err, cell, "may gain privileges by exec");
    if (field(status, "\nSeccomp:", 10) != 2)
        return refuse(err, cell, "runs without a system call filter");
    /* The zygote's filter alone leaves setns; the cell's comes on top of it. */
    if (field(status, "\nSeccomp_filters:", 10) < 2)
        return refuse(err, cell, "runs without the cell's system call filter");
    unsigned real = 0, effective = 0, saved = 0, fs = 0;
    const char *uid = strstr(status, "\nUid:");
    if (!uid || sscanf(uid, "\nUid: %u %u %u %u", &real, &effective, &saved, &fs) != 4)
        return refuse(err, cell, "does not show its user");
    uid_t host = cb_sandbox_host_id();
    if (real != host || effective != host || saved != host || fs != host)
        return refuse(err, cell, "runs as another user");
    return 0;
}

int cb_cell_verify(struct cb_sandbox *s, struct cb_cell *cell, int pidfd, struct cb_error *err)
{
    (void)s;
    pid_t pid = cb_pidfd_pid(pidfd);
    if (pid < 0)
        return refuse(err, cell, "is dead");
    char path[64], status[8192];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, status, sizeof status - 1);
    if (n < 0)
        return refuse(err, cell, "cannot be examined");
    status[n] = '\0';
    int code = same_namespaces(pid, cell, err);
    if (code == 0)
        code = check_status(status, cell, err);
    /* The number was this process's all along only if the process is still there. */
    if (code == 0 && (!cb_pidfd_alive(pidfd) || !cb_pidfd_alive(cell->init_pidfd)))
        return refuse(err, cell, "is dead");
    if (code == 0 && cell->cgroup && (code = cb_cgroup_join(cell->cgroup, pid)) < 0)
        return cb_fail_errno(err, code, "verify cell", "The cell cannot be moved into its cgroup");
    return code;
}
