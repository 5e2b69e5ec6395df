/*
 * Limits that rlimits cannot express: the memory and the number of processes of a whole cell. v1 hierarchies
 * as root, or a v2 directory that hands both controllers down; else nothing, and the run says so.
 *
 * Measured on Linux 6.18: making a memory and a pids directory, setting limits and moving a process costs 0.5
 * ms.
 */
#include "sandbox/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define PREFIX "cellblock."

enum controller { MEMORY, PIDS, CONTROLLERS };
static const char *const names[CONTROLLERS] = {"memory", "pids"};

/* One directory for each controller; with v2 both are the same one. */
struct cb_cgroups {
    int dirs[CONTROLLERS];    /* of the run, -1: none */
    int parents[CONTROLLERS]; /* where it lies */
    char name[32];
    bool unified;
    struct cb_limits limits;
};

struct cb_cgroup {
    struct cb_cgroups *run;
    char name[32];
};

static int write_at(int dir, const char *path, unsigned long long value)
{
    char text[24];
    cleanup_close int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int n = snprintf(text, sizeof text, "%llu", value);
    return write(fd, text, (size_t)n) < 0 ? -errno : 0;
}

static unsigned long long read_at(int dir, const char *path, const char *key)
{
    char text[1024];
    cleanup_close int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    const char *at = *key ? strstr(text, key) : text;
    return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* Our own path in the hierarchy of `controller` ("" asks for v2), from /proc/self/cgroup. */
static bool own_path(const char *controller, char *out, size_t size)
{
    cleanup_file FILE *f = fopen("/proc/self/cgroup", "re");
    char line[4096];
    while (f && fgets(line, sizeof line, f)) {
        char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (strcmp(list + 1, controller) == 0) {
            snprintf(out, size, "%s", path);
            return true;
        }
    }
    return false;
}

static bool usable(const char *dir)
{
    char procs[4300];
    snprintf(procs, sizeof procs, "%s/cgroup.procs", dir);
    return access(dir, W_OK) == 0 && access(procs, W_OK) == 0;
}

static bool hands_down(const char *dir)
{
    char path[4300], text[256] = "";
    snprintf(path, sizeof path, "%s/cgroup.subtree_control", dir);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strstr(text, "memory") && strstr(text, "pids");
}

/* v2: the nearest ancestor of ours that hands memory and pids down and is ours to write. */
static bool find_unified(char dir[4200])
{
    char path[4096];
    if (access("/sys/fs/cgroup/cgroup.controllers", R_OK) < 0 || !own_path("", path, sizeof path))
        return false;
    for (;;) {
        snprintf(dir, 4200, "/sys/fs/cgroup%s", strcmp(path, "/") ? path : "");
        if (usable(dir) && hands_down(dir))
            return true;
        char *slash = strrchr(path, '/');
        if (!slash || (slash == path && !path[1]))
            return false;
        slash[slash == path] = '\0';
    }
}

static bool find_v1(enum controller c, char dir[4200])
{
    char path[4096];
    if (!own_path(names[c], path, sizeof path))
        return false;
    snprintf(dir, 4200, "/sys/fs/cgroup/%s%s", names[c], strcmp(path, "/") ? path : "");
    if (usable(dir))
        return true;
    snprintf(dir, 4200, "/sys/fs/cgroup/%s",
             names[c]); /* a container may see a hierarchy cut off at its own */
    return usable(dir);
}

const char *cb_cgroups_where(void)
{
    static char dir[4200];
    return find_unified(dir) || find_v1(MEMORY, dir) ? dir : NULL;
}

/* Directories of runs whose supervisor was killed: everything in them died with it. */
static void remove_stale(int parent)
{
    int copy = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_dir DIR *d = copy < 0 ? NULL : fdopendir(copy);
    for (struct dirent *e; d && (e = readdir(d));) {
        pid_t pid = strncmp(e->d_name, PREFIX, strlen(PREFIX)) ? 0 : atoi(e->d_name + strlen(PREFIX));
        if (pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH)
            continue;
        int run = openat(parent, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        cleanup_dir DIR *cells = run < 0 ? NULL : fdopendir(run);
        for (struct dirent *c; cells && (c = readdir(cells));)
            if (!strncmp(c->d_name, "cell", 4))
                unlinkat(run, c->d_name, AT_REMOVEDIR);
        unlinkat(parent, e->d_name, AT_REMOVEDIR);
    }
}

static void open_dir(struct cb_cgroups *run, enum controller c, const char *parent)
{
    run->parents[c] = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->parents[c] < 0)
        return;
    remove_stale(run->parents[c]);
    if (mkdirat(run->parents[c], run->name, 0755) == 0 || errno == EEXIST)
        run->dirs[c] = openat(run->parents[c], run->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void delegate(int dir)
{
    cleanup_close int fd = openat(dir, "cgroup.subtree_control", O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)!write(fd, "+memory +pids", 13);
}

struct cb_cgroups *cb_cgroups_open(const struct cb_limits *limits)
{
    static unsigned serial;
    if (!limits->memory_bytes && !limits->processes)
        return NULL;
    struct cb_cgroups *run = cb_alloc(sizeof *run);
    *run = (struct cb_cgroups){.dirs = {-1, -1}, .parents = {-1, -1}, .limits = *limits};
    snprintf(run->name, sizeof run->name, PREFIX "%d.%u", getpid(),
             __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED));
    char dir[4200];
    if (find_unified(dir)) {
        run->unified = true;
        open_dir(run, MEMORY, dir);
        if (run->dirs[MEMORY] >= 0) {
            delegate(run->dirs[MEMORY]);
            run->dirs[PIDS] = fcntl(run->dirs[MEMORY], F_DUPFD_CLOEXEC, 0);
        }
    } else {
        if (limits->memory_bytes && find_v1(MEMORY, dir))
            open_dir(run, MEMORY, dir);
        if (limits->processes && find_v1(PIDS, dir))
            open_dir(run, PIDS, dir);
    }
    if (run->dirs[MEMORY] >= 0 || run->dirs[PIDS] >= 0)
        return run;
    cb_cgroups_close(run);
    return NULL;
}

bool cb_cgroups_memory(const struct cb_cgroups *run)
{
    return run && run->limits.memory_bytes && run->dirs[MEMORY] >= 0;
}

void cb_cgroups_close(struct cb_cgroups *run)
{
    for (int c = 0; run && c < CONTROLLERS; c++) {
        if (run->dirs[c] >= 0)
            close(run->dirs[c]);
        if (run->parents[c] >= 0) {
            unlinkat(run->parents[c], run->name, AT_REMOVEDIR);
            close(run->parents[c]);
        }
    }
    free(run);
}

static int open_cell(const struct cb_cgroup *cell, enum controller c)
{
    return cell->run->dirs[c] < 0
               ? -1
               : openat(cell->run->dirs[c], cell->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

struct cb_cgroup *cb_cgroup_open(struct cb_cgroups *run, int index)
{
    static unsigned serial;
    struct cb_cgroup *cell = cb_alloc(sizeof *cell);
    cell->run = run;
    snprintf(cell->name, sizeof cell->name, "cell%d.%u", index,
             __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED));
    for (int c = 0; c < CONTROLLERS; c++)
        if (run->dirs[c] >= 0)
            (void)mkdirat(run->dirs[c], cell->name, 0755);
    cleanup_close int memory = open_cell(cell, MEMORY), pids = open_cell(cell, PIDS);
    if (memory >= 0 && run->limits.memory_bytes) {
        write_at(memory, run->unified ? "memory.max" : "memory.limit_in_bytes", run->limits.memory_bytes);
        if (!run->unified)
            write_at(memory, "memory.memsw.limit_in_bytes", run->limits.memory_bytes);
        else
            write_at(memory, "memory.swap.max", 0);
    }
    if (pids >= 0 && run->limits.processes)
        write_at(pids, "pids.max", run->limits.processes);
    return cell;
}

/* A thread that writes 0 to `tasks` moves itself without the lock over all thread groups, which costs a grace
 * period of RCU, 10 ms (cgroup_procs_write_start, kernel/cgroup/cgroup.c). v2 has no such file for processes.
 */
size_t cb_cgroup_tasks(const struct cb_cgroup *cell, int fds[2])
{
    size_t n = 0;
    for (int c = 0; c < CONTROLLERS && !cell->run->unified; c++) {
        cleanup_close int dir = open_cell(cell, (enum controller)c);
        int fd = dir < 0 ? -1 : openat(dir, "tasks", O_WRONLY | O_CLOEXEC);
        if (fd >= 0)
            fds[n++] = fd;
    }
    return n;
}

static bool holds(const struct cb_cgroup *cell, pid_t pid)
{
    char path[64], text[8192], own[72];
    snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
    snprintf(own, sizeof own, "/%s/%s\n", cell->run->name, cell->name);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    int found = 0, wanted = 0;
    for (const char *at = text; (at = strstr(at, own)); at++)
        found++;
    for (int c = 0; c < CONTROLLERS; c++)
        wanted += cell->run->dirs[c] >= 0;
    return found >= (cell->run->unified ? 1 : wanted);
}

int cb_cgroup_join(struct cb_cgroup *cell, pid_t pid)
{
    if (holds(cell, pid))
        return 0;
    for (int c = 0; c < CONTROLLERS; c++) {
        cleanup_close int dir = open_cell(cell, (enum controller)c);
        int code = dir < 0 ? 0 : write_at(dir, "cgroup.procs", (unsigned long long)pid);
        if (code < 0)
            return code;
        if (cell->run->unified)
            break;
    }
    return 0;
}

void cb_cgroup_close(struct cb_cgroup *cell, struct cb_cell_usage *usage)
{
    cleanup_close int memory = open_cell(cell, MEMORY), pids = open_cell(cell, PIDS);
    bool v2 = cell->run->unified;
    if (memory >= 0) {
        usage->peak_bytes = read_at(memory, v2 ? "memory.peak" : "memory.max_usage_in_bytes", "");
        usage->memory_limit_hit =
            cell->run->limits.memory_bytes && (v2 ? read_at(memory, "memory.events", "oom_kill ")
                                                  : read_at(memory, "memory.oom_control", "oom_kill ")) > 0;
    }
    if (pids >= 0)
        usage->process_limit_hit = read_at(pids, "pids.events", "max ") > 0;
    for (int c = 0; c < CONTROLLERS; c++)
        if (cell->run->dirs[c] >= 0)
            unlinkat(cell->run->dirs[c], cell->name, AT_REMOVEDIR);
    free(cell);
}
