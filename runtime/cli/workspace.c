/*
 * Which directory becomes /work when none was named. Everything in it can be read by the notebook, so a home
 * directory (keys, mail, browser profiles) never is one by default, nor is what contains one.
 */
#include "runtime/cli/cli.h"

#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

static bool contains(const char *dir, const char *path)
{
    size_t n = strlen(dir);
    if (!strcmp(dir, "/"))
        return path[0] == '/' && path[1] != '\0';
    return !strncmp(dir, path, n) && path[n] == '/';
}

const char *cb_workspace_refusal(const char *dir, const char *const *homes, size_t n_homes)
{
    if (!strcmp(dir, "/"))
        return "is the root of this machine's files";
    if (!strcmp(dir, "/root") || (contains("/home", dir) && !strchr(dir + strlen("/home/"), '/')))
        return "is a home directory";
    if (!strcmp(dir, "/home"))
        return "holds home directories";
    for (size_t i = 0; i < n_homes; i++)
        if (!strcmp(dir, homes[i]))
            return "is a home directory";
    for (size_t i = 0; i < n_homes; i++)
        if (contains(dir, homes[i]))
            return "holds a home directory";
    return NULL;
}

/* Home directories that concern this call: the environment's, and those of the real, effective and sudo-ing
 * user. Both as written and resolved, since either may be what the workspace's path reads like. */
struct homes {
    const char *path[16];
    size_t n;
};

static void add_home(struct homes *homes, const char *path)
{
    if (!path || path[0] != '/' || homes->n + 2 > sizeof homes->path / sizeof *homes->path)
        return;
    char real[PATH_MAX];
    homes->path[homes->n++] = cb_strdup(path);
    if (realpath(path, real))
        homes->path[homes->n++] = cb_strdup(real);
}

static void add_account(struct homes *homes, uid_t uid)
{
    const struct passwd *account = getpwuid(uid);
    if (account)
        add_home(homes, account->pw_dir);
}

static void known_homes(struct homes *homes)
{
    add_home(homes, getenv("HOME"));
    add_account(homes, getuid());
    if (geteuid() != getuid())
        add_account(homes, geteuid());
    static const char *const callers[] = {"SUDO_UID", "PKEXEC_UID"};
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
        const char *text = getenv(callers[i]);
        uint32_t uid;
        if (text && cb_parse_count(text, 0, UINT32_MAX - 1, &uid) == 0)
            add_account(homes, (uid_t)uid);
    }
}

static int refuse(const char *dir, const char *reason, struct cb_error *err)
{
    cb_fail(err, -EPERM, CB_EXIT_USAGE, "",
            "the notebook's directory %s %s, and a notebook can read all of its workspace", dir, reason);
    cb_error_remedy(
        err, "name a directory that it may read with --workspace DIR, or give it none with --workspace none");
    return -EPERM;
}

int cb_workspace_default(const char *notebook, char **out, struct cb_error *err)
{
    *out = NULL;
    const char *slash = strrchr(notebook, '/');
    cleanup_free char *dir =
        !slash ? cb_strdup(".") : cb_format("%.*s", (int)(slash - notebook) + 1, notebook);
    char real[PATH_MAX];
    struct stat st;
    if (!realpath(dir, real) || stat(real, &st) < 0) {
        cb_fail(err, -ENOENT, CB_EXIT_USAGE, "", "the notebook's directory %s cannot be opened: %s", dir,
                strerror(errno));
        cb_error_remedy(err, "check the path of the notebook");
        return -ENOENT;
    }
    struct homes homes = {.n = 0};
    known_homes(&homes);
    const char *reason = cb_workspace_refusal(real, homes.path, homes.n);
    /* The same directory by another path: a bind mount, or a name that folds case. */
    for (size_t i = 0; !reason && i < homes.n; i++) {
        struct stat home;
        if (stat(homes.path[i], &home) == 0 && home.st_dev == st.st_dev && home.st_ino == st.st_ino)
            reason = "is a home directory";
    }
    for (size_t i = 0; i < homes.n; i++)
        free((char *)homes.path[i]);
    if (reason)
        return refuse(real, reason, err);
    *out = cb_strdup(real);
    return 0;
}

char *cb_store_place(const char *named)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (named)
        return cb_strdup(named);
    if (data && data[0] == '/')
        return cb_format("%s/cellblock", data);
    return home && home[0] == '/' ? cb_format("%s/.local/share/cellblock", home) : NULL;
}

int cb_workspace_check_store(const char *workspace, const char *store, struct cb_error *err)
{
    /* The store may not exist yet: the deepest directory above it that does says where it will be. */
    cleanup_free char *there = store[0] == '/' ? cb_strdup(store) : cb_format("./%s", store);
    char real[PATH_MAX];
    bool whole = true;
    while (!realpath(there, real)) {
        char *slash = strrchr(there, '/');
        if (!slash || slash == there)
            return 0;
        *slash = '\0';
        whole = false;
    }
    if (strcmp(workspace, real) != 0 && !contains(workspace, real))
        return 0;
    cb_fail(err, -EINVAL, CB_EXIT_USAGE, "",
            "the store %s%s lies in the workspace, and a notebook can read all of that", real,
            whole ? "" : "/...");
    cb_error_remedy(err,
                    "name a store elsewhere with --store DIR, or another workspace with --workspace DIR");
    return -EINVAL;
}
