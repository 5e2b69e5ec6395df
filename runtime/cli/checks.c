#include "runtime/cli/checks.h"
#include "runtime/cli/cli.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PYTHON "/usr/bin/python3" /* the distribution's: another one may come first on PATH */
#define PYTHON_SECONDS 20.0

/* Module to import, Debian package, needed at all (or only by many notebooks). */
static const struct {
    const char *module, *package;
    bool needed;
} modules[] = {
    {"IPython", "python3-ipython", true},        {"traitlets", "python3-traitlets", true},
    {"pexpect", "python3-pexpect", true},        {"matplotlib_inline", "python3-matplotlib-inline", true},
    {"numpy", "python3-numpy", false},           {"pandas", "python3-pandas", false},
    {"matplotlib", "python3-matplotlib", false},
};
#define N_MODULES (sizeof modules / sizeof *modules)

static struct cb_probe checks[N_MODULES + 8];
static size_t n_checks;

__attribute__((format(printf, 4, 5))) static void add(const char *name, enum cb_probe_state state,
                                                      const char *remedy, const char *format, ...)
{
    struct cb_probe *check = &checks[n_checks++];
    *check = (struct cb_probe){.name = name, .state = state};
    va_list ap;
    va_start(ap, format);
    vsnprintf(check->detail, sizeof check->detail, format, ap);
    va_end(ap);
    if (state != CB_PROBE_OK)
        snprintf(check->remedy, sizeof check->remedy, "%s", remedy);
}

/* ---- the interpreter and what it can import ---- */

/* First line: the version. Then, for each argument, "+ version" or "-". Nothing of the package is run but its
 * metadata is read: importing pandas would take a second. -I: no user site, no PYTHON* variables, no current
 * directory. */
static const char script[] = "import sys, importlib.util, importlib.metadata as m\n"
                             "print('%d.%d.%d' % sys.version_info[:3])\n"
                             "for a in sys.argv[1:]:\n"
                             "    try: found = importlib.util.find_spec(a) is not None\n"
                             "    except Exception: found = False\n"
                             "    try: version = m.version(a.replace('_', '-').lower())\n"
                             "    except Exception: version = ''\n"
                             "    print('+ ' + version if found else '-')\n";

/* Read until end of file or the deadline; what came is in `out`, cut at its size. */
static void read_reply(int fd, char *out, size_t size)
{
    size_t n = 0;
    double deadline = cb_monotonic() + PYTHON_SECONDS;
    while (n + 1 < size) {
        double left = deadline - cb_monotonic();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&ready, 1, (int)(left * 1000) + 1) == 0)
            break;
        ssize_t got = read(fd, out + n, size - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    out[n] = '\0';
}

static int ask_python(char *reply, size_t size)
{
    char *argv[N_MODULES + 5] = {(char *)PYTHON, (char *)"-I", (char *)"-c", (char *)script};
    for (size_t i = 0; i < N_MODULES; i++)
        argv[4 + i] = (char *)modules[i].module;
    char *const envp[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", NULL};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    int code = -posix_spawn(&pid, PYTHON, &actions, NULL, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (code == 0) {
        read_reply(ends[0], reply, size);
        kill(pid, SIGKILL); /* only matters past the deadline: at end of file it has nothing left to do */
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(ends[0]);
    return code;
}

static void check_python(void)
{
    char reply[2048] = "";
    if (access(PYTHON, X_OK) < 0) {
        add("python3", CB_PROBE_MISSING, "apt-get install python3", "there is no " PYTHON);
        return;
    }
    if (ask_python(reply, sizeof reply) < 0 || !reply[0]) {
        add("python3", CB_PROBE_MISSING, "apt-get install --reinstall python3-minimal python3",
            PYTHON " does not answer");
        return;
    }
    char *save = NULL;
    const char *version = strtok_r(reply, "\n", &save);
    size_t n = strlen(CB_PYTHON_VERSION);
    bool same = !strncmp(version, CB_PYTHON_VERSION, n) && version[n] == '.';
    add("python3", same ? CB_PROBE_OK : CB_PROBE_MISSING,
        "build cellblock again on this machine: remove build/",
        same ? PYTHON " is %s" : PYTHON " is %s, and this cellblock was built for " CB_PYTHON_VERSION,
        version);
    for (size_t i = 0; i < N_MODULES; i++) {
        const char *line = strtok_r(NULL, "\n", &save);
        bool found = line && line[0] == '+';
        char remedy[96];
        snprintf(remedy, sizeof remedy, "apt-get install %s", modules[i].package);
        add(modules[i].module,
            found               ? CB_PROBE_OK
            : modules[i].needed ? CB_PROBE_MISSING
                                : CB_PROBE_OPTIONAL_MISSING,
            remedy, found ? "%s" : "not installed%s%s", found ? (line[1] ? line + 2 : "found") : "",
            !found && !modules[i].needed ? ", and many notebooks use it" : "");
    }
}

/* ---- libraries and files ---- */

static void check_libpython(void)
{
    static const char name[] = "libpython" CB_PYTHON_VERSION ".so.1.0";
    void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    add("libpython", handle ? CB_PROBE_OK : CB_PROBE_MISSING, "apt-get install libpython" CB_PYTHON_VERSION,
        "%s%s", name, handle ? "" : " is not installed");
    if (handle)
        dlclose(handle);
}

static void check_agent(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    cleanup_free char *agent = cb_format("%.*s/cellblock-agent", slash ? (int)(slash - self) : 0, self);
    bool found = access(agent, R_OK) == 0;
    add("cellblock-agent", found ? CB_PROBE_OK : CB_PROBE_MISSING,
        "build cellblock again, or install its two files together", "%s%s", agent,
        found ? "" : " is missing");
}

/* The store is made when it is first needed; what must be there is a directory to make it in. */
static void check_store(void)
{
    cleanup_free char *path = cb_store_place(NULL);
    if (!path) {
        add("store", CB_PROBE_OPTIONAL_MISSING, "set HOME, or give --store DIR to run", "HOME is not set");
        return;
    }
    cleanup_free char *there = cb_strdup(path);
    struct stat st;
    while (stat(there, &st) < 0 && strrchr(there, '/') > there)
        *strrchr(there, '/') = '\0';
    bool fine = faccessat(AT_FDCWD, there, W_OK | X_OK, AT_EACCESS) == 0;
    add("store", fine ? CB_PROBE_OK : CB_PROBE_OPTIONAL_MISSING,
        "give --store DIR to run, or set XDG_DATA_HOME", fine ? "%s" : "%s cannot be written", path);
}

const struct cb_probe *cb_check_programs(size_t *n)
{
    n_checks = 0;
    check_python();
    check_libpython();
    check_agent();
    check_store();
    *n = n_checks;
    return checks;
}
