/*
 * The sandbox on a real kernel: every test runs as whoever starts it, and, when that is root, once more as an
 * ordinary user. After each: no process, mount or cgroup is left.
 */
#include "sandbox/policy.h"
#include "tests/sandbox/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define ORDINARY_USER 12345

#define assert_ok(code, err)                                                                                 \
    do {                                                                                                     \
        if ((code) < 0)                                                                                      \
            fail_msg("%s: %s", (err).phase, (err).message);                                                  \
    } while (0)

static struct harness h;

static int start(void **state)
{
    (void)state;
    harness_dirs(&h);
    return 0;
}

static size_t count_mounts(void)
{
    cleanup_file FILE *f = fopen("/proc/self/mountinfo", "re");
    char line[8192];
    size_t n = 0;
    while (f && fgets(line, sizeof line, f))
        n += strstr(line, "cellblock") || strstr(line, "overlay overlay");
    return n;
}

static bool cgroup_left(void)
{
    char name[32];
    snprintf(name, sizeof name, "cellblock.%d.", getpid());
    FILE *p = popen("find /sys/fs/cgroup -maxdepth 4 -name 'cellblock.*' 2>/dev/null", "re");
    char line[4096];
    bool found = false;
    while (p && fgets(line, sizeof line, p))
        found = found || strstr(line, name);
    pclose(p);
    return found;
}

static int stop(void **state)
{
    (void)state;
    harness_close(&h);
    assert_int_equal(count_mounts(), 0);
    assert_false(cgroup_left());
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    return 0;
}

/* The probe named by the state finds nothing that it could do and should not; the next cell works. */
static void clean_probe(void **state)
{
    harness_open(&h, NULL);
    cleanup_free char *text = harness_run(&h, *state, 0);
    assert_string_equal(text, "done");
    cleanup_free char *again = harness_run(&h, "nothing", 0);
    assert_string_equal(again, "done");
}

static void programs_work(void **state)
{
    (void)state;
    harness_open(&h, NULL);
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(&h, &c, NULL, 0, &err);
    assert_ok(code, err);
    harness_enter(&h, &c, "python", 0);
    cleanup_free char *text = harness_result(&c);
    assert_string_equal(text, "done");
    harness_cell_close(&h, &c, NULL);
    /* What it wrote is in its upper directories, on the host and as the host id. */
    struct stat st;
    char path[64];
    snprintf(path, sizeof path, "%s/m", c.upper[CB_TREE_WORK]);
    assert_return_code(fstatat(h.run_fd, path, &st, 0), errno);
    assert_int_equal(st.st_uid, cb_sandbox_host_id());
    snprintf(path, sizeof path, "%s/a", c.upper[CB_TREE_TMP]);
    assert_return_code(fstatat(h.run_fd, path, &st, 0), errno);
    snprintf(path, sizeof path, "%s/b", c.upper[CB_TREE_HOME]);
    assert_return_code(fstatat(h.run_fd, path, &st, 0), errno);
}

static void put(int dir, const char *path, const char *text, mode_t mode)
{
    cleanup_close int fd = openat(dir, path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_return_code(fchmod(fd, mode), errno);
}

static void get(int dir, const char *path, char text[64])
{
    memset(text, 0, 64);
    cleanup_close int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(fd, text, 63) >= 0);
}

/* 60 layers, the newest first; a whiteout; a workspace file that only its owner may read. */
static void layers_and_workspace(void **state)
{
    (void)state;
    enum { N = 60 };
    static char names[N][16];
    const char *lowers[N];
    put(h.workspace_fd, "secret", "workspace", 0600);
    put(h.workspace_fd, "deleted", "x", 0644);
    for (int i = 0; i < N; i++) {
        char path[64];
        snprintf(names[i], sizeof names[i], "layer-%d", i);
        lowers[i] = names[i];
        assert_return_code(mkdirat(h.run_fd, names[i], 0755), errno);
        snprintf(path, sizeof path, "layer-%d/which", i);
        put(h.run_fd, path, i == 1 ? "newest" : "older", 0644);
        if (i == 0)
            assert_return_code(unlinkat(h.run_fd, path, 0), errno);
    }
    assert_return_code(mknodat(h.run_fd, "layer-30/deleted", S_IFCHR, makedev(0, 0)), errno);
    harness_open(&h, NULL);
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(&h, &c, lowers, N, &err);
    assert_ok(code, err);
    harness_enter(&h, &c, "work", 0);
    cleanup_free char *text = harness_result(&c);
    assert_string_equal(text, "which=newest deleted=-1\ndone");
    harness_cell_close(&h, &c, NULL);
    char path[64], content[64];
    get(h.workspace_fd, "secret", content);
    assert_string_equal(content, "workspace");
    assert_int_equal(faccessat(h.workspace_fd, "made", F_OK, 0), -1);
    snprintf(path, sizeof path, "%s/secret", c.upper[CB_TREE_WORK]);
    get(h.run_fd, path, content);
    assert_string_equal(content, "workspace!");
}

static void nothing_outlives_a_cell(void **state)
{
    (void)state;
    harness_open(&h, NULL);
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(&h, &c, NULL, 0, &err);
    assert_ok(code, err);
    pid_t init = c.cell.init_pid;
    char link[64], ns[64], theirs[64];
    snprintf(link, sizeof link, "/proc/%d/ns/pid", c.cell.init_pid);
    ssize_t n = readlink(link, ns, sizeof ns - 1);
    assert_true(n > 0);
    cleanup_close int held =
        open(link, O_RDONLY | O_CLOEXEC); /* or its number could be given to another one */
    assert_true(held >= 0);
    ns[n] = '\0';
    harness_enter(&h, &c, "daemon", 0);
    cleanup_free char *text = harness_result(&c);
    assert_string_equal(text, "done");
    harness_cell_close(&h, &c, NULL);
    cleanup_dir DIR *proc = opendir("/proc");
    for (struct dirent *e; (e = readdir(proc));) {
        snprintf(link, sizeof link, "/proc/%.16s/ns/pid", e->d_name);
        n = readlink(link, theirs, sizeof theirs - 1);
        theirs[n > 0 ? n : 0] = '\0';
        if (!strcmp(theirs, ns) && atoi(e->d_name) != init) /* init may be a zombie until the builder looks */
            fail_msg("process %s is still in the cell's pid namespace", e->d_name);
    }
}

static void fork_bomb_is_bounded(void **state)
{
    (void)state;
    harness_open(&h, &(struct cb_limits){.shm_bytes = 1 << 20, .processes = 16, .descriptors = 64});
    cleanup_free char *text = harness_run(&h, "forks", 16);
    assert_string_equal(text, "done");
}

static void memory_is_bounded(void **state)
{
    (void)state;
    harness_open(&h, &(struct cb_limits){.shm_bytes = 1 << 20, .memory_bytes = 64 << 20, .descriptors = 64});
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(&h, &c, NULL, 0, &err);
    assert_ok(code, err);
    harness_enter(&h, &c, "memory", 256 << 20);
    code = cb_cell_verify(h.sandbox, &c.cell, c.pidfd, &err);
    assert_ok(code, err);
    cleanup_free char *text = harness_result(&c);
    assert_null(strstr(text, "were to be had"));
    bool grouped = c.cell.cgroup;
    struct cb_cell_usage usage;
    harness_cell_close(&h, &c, &usage);
    if (grouped) {
        assert_true(usage.memory_limit_hit);
        assert_in_range(usage.peak_bytes, 32 << 20, 64 << 20);
    }
}

static void verify_refuses_others(void **state)
{
    (void)state;
    harness_open(&h, NULL);
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(&h, &c, NULL, 0, &err);
    assert_ok(code, err);
    harness_enter(&h, &c, "outside", 0);
    assert_int_equal(cb_cell_verify(h.sandbox, &c.cell, c.pidfd, &err), -EPERM);
    assert_int_equal(err.exit, CB_EXIT_VIOLATION);
    cleanup_close int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    assert_int_equal(cb_cell_verify(h.sandbox, &c.cell, self, &err), -EPERM);
    harness_cell_close(&h, &c, NULL);
}

/* The supervisor is killed while a cell sleeps: builder, zygote, init and cell go with it. */
static void death_of_the_supervisor(void **state)
{
    (void)state;
    int pair[2];
    assert_return_code(pipe2(pair, O_CLOEXEC), errno);
    pid_t supervisor = fork();
    if (supervisor == 0) {
        harness_open(&h, NULL);
        struct harness_cell c;
        if (harness_cell_open(&h, &c, NULL, 0, NULL) < 0)
            _exit(1);
        harness_enter(&h, &c, "sleep", 0);
        (void)!write(c.result, "g", 1);
        (void)!write(pair[1], &c.cell.init_pid, sizeof c.cell.init_pid);
        pause();
        _exit(1);
    }
    close(pair[1]);
    cleanup_close int from = pair[0];
    pid_t init;
    assert_int_equal(read(from, &init, sizeof init), sizeof init);
    cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, init, 0);
    assert_true(pidfd >= 0);
    kill(supervisor, SIGKILL);
    waitpid(supervisor, NULL, 0);
    int tries = 0;
    while (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0 && tries++ < 500)
        usleep(10000);
    assert_in_range(tries, 0, 499);
}

/* In a user namespace that allows no further one. */
static void forbidden_namespaces(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        char map[32];
        snprintf(map, sizeof map, "0 %u 1", geteuid());
        if (unshare(CLONE_NEWUSER) < 0)
            _exit(2);
        int fd = open("/proc/self/uid_map", O_WRONLY);
        if (fd < 0 || write(fd, map, strlen(map)) < 0)
            _exit(2);
        fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY);
        if (fd < 0 || write(fd, "0", 1) != 1)
            _exit(3);
        struct cb_error err = CB_ERROR_INIT;
        struct cb_sandbox *none = NULL;
        struct cb_sandbox_config config = {.workspace_fd = -1,
                                           .mask_fd = -1,
                                           .run_fd = h.run_fd,
                                           .cache_fd = -1,
                                           .home = "/home/cell",
                                           .hostname = "c"};
        int code = cb_sandbox_open(&config, &none, &err);
        _exit(code < 0 && err.exit == CB_EXIT_HOST && strstr(err.remedy, "max_user_namespaces") ? 0 : 4);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void bad_specs(void **state)
{
    (void)state;
    harness_open(&h, NULL);
    static const char *const bad[] = {"../x", "/etc", "a:b", "a,b", "", "missing"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct harness_cell c;
        struct cb_error err = CB_ERROR_INIT;
        assert_true(harness_cell_open(&h, &c, &bad[i], 1, &err) < 0);
        assert_true(err.message[0]);
    }
    cleanup_free char *text = harness_run(&h, "nothing", 0);
    assert_string_equal(text, "done");
}

static void host_probes(void **state)
{
    (void)state;
    size_t n;
    const struct cb_probe *p = cb_sandbox_probe(&n);
    assert_true(n >= 8);
    for (size_t i = 0; i < n; i++) {
        print_message("%-22s %d %s%s%s\n", p[i].name, p[i].state, p[i].detail, *p[i].remedy ? " -> " : "",
                      p[i].remedy);
        assert_int_not_equal(p[i].state, CB_PROBE_MISSING);
    }
}

static int run_all(void)
{
#define SANDBOX_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
#define PROBE_TEST(name, probe)                                                                              \
    {                                                                                                        \
        name, clean_probe, start, stop, (char *)(uintptr_t)(probe)                                           \
    }
    const struct CMUnitTest tests[] = {
        PROBE_TEST("refused_calls", "table"),
        PROBE_TEST("refused_arguments", "arguments"),
        PROBE_TEST("foreign_calls", "foreign"),
        PROBE_TEST("files_and_descriptors", "files"),
        PROBE_TEST("signals_stay_inside", "signals"),
        SANDBOX_TEST(programs_work),
        SANDBOX_TEST(layers_and_workspace),
        SANDBOX_TEST(nothing_outlives_a_cell),
        SANDBOX_TEST(fork_bomb_is_bounded),
        SANDBOX_TEST(memory_is_bounded),
        SANDBOX_TEST(verify_refuses_others),
        SANDBOX_TEST(death_of_the_supervisor),
        SANDBOX_TEST(forbidden_namespaces),
        SANDBOX_TEST(bad_specs),
        SANDBOX_TEST(host_probes),
    };
    return cmocka_run_group_tests_name(geteuid() ? "sandbox as a user" : "sandbox as root", tests, NULL,
                                       NULL);
}

int main(int argc, char **argv)
{
    (void)argc;
    int failures = run_all();
    if (geteuid() != 0)
        return failures;
    /* The build directory may lie where the user cannot go: both programs are handed over as descriptors. */
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), agent = open(CB_TEST_ZYGOTE_PATH, O_RDONLY);
    char number[32];
    snprintf(number, sizeof number, "CB_TEST_ZYGOTE_FD=%d", agent);
    char *const envp[] = {number, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir("/") < 0 || syscall(SYS_setgroups, 0, NULL) < 0 || setgid(ORDINARY_USER) < 0 ||
            setuid(ORDINARY_USER) < 0)
            _exit(1);
        fexecve(self, argv, envp);
        _exit(1);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    return failures || status ? 1 : 0;
}
