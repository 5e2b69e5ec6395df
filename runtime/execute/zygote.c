#include "runtime/execute/zygote.h"
#include "runtime/execute/channel.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#define START_SECONDS 120.0 /* imports of large libraries on a cold disk */
#define FORK_SECONDS 30.0

/* The agent lies next to this program. */
static int open_agent(struct cb_error *err)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);
    if (n < 0)
        return cb_fail_errno(err, -errno, "agent", "cannot find this program's own path");
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    snprintf(slash ? slash + 1 : path, 32, "cellblock-agent");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        cb_fail_errno(err, -errno, "agent", "cannot open %.400s", path);
        cb_error_remedy(err, "build again: remove the build folder and start ./cellblock");
        return err ? err->code : -ENOENT;
    }
    return fd;
}

/* The last line that the zygote wrote, to explain its death. */
static void last_words(int fd, char *out, size_t size)
{
    char text[4096];
    size_t length = 0;
    for (ssize_t n; (n = read(fd, text + length, sizeof text - 1 - length)) > 0;) {
        length += (size_t)n;
        if (length > sizeof text / 2) { /* only the end matters */
            memmove(text, text + length - sizeof text / 4, sizeof text / 4);
            length = sizeof text / 4;
        }
    }
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
        length--;
    text[length] = '\0';
    const char *line = strrchr(text, '\n');
    snprintf(out, size, "%.400s", line ? line + 1 : text);
}

static char **environment(const struct cb_image *image, const char *const *extra)
{
    static const char *const passed[] = {"LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE",
                                         "LC_MONETARY", "LC_MESSAGES", "TZ", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                                         "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "SOURCE_DATE_EPOCH"};
    size_t n_passed = sizeof passed / sizeof *passed, n_extra = 0, n = 0;
    while (extra && extra[n_extra])
        n_extra++;
    char **env = cb_alloc((n_passed + n_extra + 8) * sizeof *env);
    env[n++] = cb_strdup("PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games");
    env[n++] = cb_format("HOME=%s", image->home);
    env[n++] = cb_format("USER=%s", image->user);
    env[n++] = cb_format("LOGNAME=%s", image->user);
    env[n++] = cb_strdup("SHELL=/bin/bash");
    if (!getenv("LANG") && !getenv("LC_ALL"))
        env[n++] = cb_strdup("LANG=C.UTF-8");
    for (size_t i = 0; i < n_passed; i++)
        if (getenv(passed[i]))
            env[n++] = cb_format("%s=%s", passed[i], getenv(passed[i]));
    for (size_t i = 0; i < n_extra; i++)
        env[n++] = cb_strdup(extra[i]);
    return env;
}

static int launch(struct cb_sandbox *sandbox, const struct cb_image *image, const char *const *extra_env,
                  struct cb_zygote *z, struct cb_error *err)
{
    cleanup_close int agent = open_agent(err);
    if (agent < 0)
        return agent;
    /* A pipe, as Jupyter's kernels have: libgfortran, loaded once here, would buffer all its output if it saw a file. It
     * is read only when the zygote dies, so writing to a full one must fail rather than wait. */
    int log[2], pair[2];
    if (pipe2(log, O_CLOEXEC | O_NONBLOCK) < 0)
        return cb_fail_errno(err, -errno, "zygote", "cannot make a pipe");
    z->log_fd = log[0];
    cleanup_close int log_end = log[1];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return cb_fail_errno(err, -errno, "zygote", "cannot make a socket");
    z->control = pair[0];
    cleanup_close int theirs = pair[1];
    char *argv[] = {"cellblock-agent", (char *)image->python, NULL};
    char **env = environment(image, extra_env);
    z->pidfd = cb_sandbox_zygote(sandbox, agent, argv, env, theirs, log_end, err);
    for (char **e = env; *e; e++)
        free(*e);
    free(env);
    return z->pidfd < 0 ? z->pidfd : 0;
}

static int died(const struct cb_zygote *z, int code, struct cb_error *err)
{
    char words[512];
    last_words(z->log_fd, words, sizeof words);
    cb_fail(err, code, CB_EXIT_INTERNAL, "zygote", "Python did not start in the sandbox%s%s",
            code == -ETIMEDOUT ? " in time" : "", "");
    if (words[0])
        cb_fail(err, code, CB_EXIT_INTERNAL, "zygote", "Python did not start in the sandbox: %s", words);
    cb_error_remedy(err, "run `cellblock doctor`");
    return code;
}

static int bring_up(struct cb_sandbox *sandbox, const struct cb_image *image, char *const *modules, size_t n_modules,
                    const char *const *extra_env, struct cb_zygote *z, struct cb_error *err)
{
    int code = launch(sandbox, image, extra_env, z, err);
    if (code < 0)
        return code;
    json_t *wanted = json_array();
    for (size_t i = 0; i < n_modules; i++)
        json_array_append_new(wanted, json_string(modules[i]));
    json_t *init = json_pack("{s:s, s:o, s:s, s:s, s:i}", "op", "init", "modules", wanted, "home", image->home, "user",
                             image->user, "kernel_pid", (int)getpid());
    code = cb_packet_send(z->control, init, NULL, 0);
    json_t *reply = NULL;
    int fd = -1;
    if (code == 0)
        code = cb_packet_receive(z->control, START_SECONDS, &reply, &fd);
    if (fd >= 0)
        close(fd);
    if (code < 0)
        return died(z, code, err);
    const char *op = json_string_value(json_object_get(reply, "op"));
    if (op && strcmp(op, "ready") == 0) {
        z->ready = reply;
        return 0;
    }
    if (op && strcmp(op, "failed") == 0) {
        const char *message = json_string_value(json_object_get(reply, "message"));
        cb_fail(err, -ENOENT, CB_EXIT_HOST, "zygote", "%.400s", message ? message : "the image cannot run cells");
        cb_error_remedy(err, "install IPython in the image (Debian: apt-get install python3-ipython)");
        json_decref(reply);
        return -ENOENT;
    }
    json_decref(reply);
    return died(z, -EPROTO, err);
}

int cb_zygote_start(struct cb_sandbox *sandbox, const struct cb_image *image, char *const *modules, size_t n_modules,
                    const char *const *extra_env, struct cb_zygote *out, struct cb_error *err)
{
    *out = (struct cb_zygote){.control = -1, .pidfd = -1, .log_fd = -1};
    int code = bring_up(sandbox, image, modules, n_modules, extra_env, out, err);
    if (code < 0)
        cb_zygote_close(out);
    return code;
}

void cb_zygote_close(struct cb_zygote *zygote)
{
    if (zygote->control >= 0)
        close(zygote->control);
    if (zygote->pidfd >= 0)
        close(zygote->pidfd);
    if (zygote->log_fd >= 0)
        close(zygote->log_fd);
    json_decref(zygote->ready);
    for (size_t i = 0; i < sizeof zygote->births / sizeof *zygote->births; i++)
        if (zygote->births[i].id > 0 && zygote->births[i].pidfd >= 0)
            close(zygote->births[i].pidfd);
    *zygote = (struct cb_zygote){.control = -1, .pidfd = -1, .log_fd = -1};
}

static int zygote_gone(const struct cb_zygote *z, int code, int cell, struct cb_error *err)
{
    char words[512];
    last_words(z->log_fd, words, sizeof words);
    cb_fail(err, code, CB_EXIT_INTERNAL, "fork", "the process that cells are forked from %s%s%s",
            code == -ETIMEDOUT ? "does not answer" : "has died", words[0] ? ": " : "", words);
    if (err)
        err->cell = cell;
    return code;
}

int cb_zygote_request(struct cb_zygote *zygote, int id, const struct cb_cell *cell, const struct cb_cell_fds *fds,
                      struct cb_error *err)
{
    const int passed[] = {cell->init_pidfd, fds->protocol, fds->out, fds->err, fds->spool};
    int code = cb_packet_send(zygote->control, json_pack("{s:s, s:i}", "op", "fork", "id", id), passed, 5);
    return code < 0 ? zygote_gone(zygote, code, cell->index, err) : 0;
}

/* The entry of cell `id`; a new one takes the place of the oldest, of which nobody asked any more. */
static struct cb_birth *birth_of(struct cb_zygote *z, int id)
{
    size_t n = sizeof z->births / sizeof *z->births, oldest = 0;
    for (size_t i = 0; i < n; i++) {
        if (z->births[i].id == id)
            return &z->births[i];
        if (z->births[i].id < z->births[oldest].id)
            oldest = i;
    }
    struct cb_birth *birth = &z->births[oldest];
    if (birth->id > 0 && birth->pidfd >= 0)
        close(birth->pidfd);
    *birth = (struct cb_birth){.id = id, .pidfd = -1};
    return birth;
}

/* Take one message from the zygote. Ids are ours, from 1 up; what names another one is not believed. */
static int take_message(struct cb_zygote *z, double seconds)
{
    json_t *frame = NULL;
    int fd = -1;
    int code = cb_packet_receive(z->control, seconds, &frame, &fd);
    if (code < 0)
        return code;
    const char *op = json_string_value(json_object_get(frame, "op"));
    json_int_t id = json_integer_value(json_object_get(frame, "id"));
    if (op && id > 0 && id < INT32_MAX) {
        struct cb_birth *birth = birth_of(z, (int)id);
        if (strcmp(op, "forked") == 0 && !birth->forked) {
            birth->forked = true;
            birth->pidfd = cb_steal_fd(&fd);
        } else if (strcmp(op, "exited") == 0) {
            birth->exited = true;
            birth->signal = (int)json_integer_value(json_object_get(frame, "signal"));
            birth->code = (int)json_integer_value(json_object_get(frame, "code"));
        }
    }
    json_decref(frame);
    if (fd >= 0)
        close(fd);
    return 0;
}

int cb_zygote_collect(struct cb_zygote *zygote, int id, int *pidfd, struct cb_error *err)
{
    double deadline = cb_monotonic() + FORK_SECONDS;
    int code = 0;
    while (code == 0 && !birth_of(zygote, id)->forked) {
        double left = deadline - cb_monotonic();
        code = take_message(zygote, left > 0 ? left : 0);
    }
    struct cb_birth *birth = birth_of(zygote, id);
    *pidfd = birth->pidfd;
    birth->pidfd = -1;
    if (code == 0 && *pidfd < 0)
        code = -EPROTO;
    return code < 0 ? zygote_gone(zygote, code, -1, err) : 0;
}

int cb_zygote_wait(struct cb_zygote *zygote, int id, double seconds, int *signal, int *code)
{
    double deadline = cb_monotonic() + seconds;
    while (!birth_of(zygote, id)->exited) {
        double left = deadline - cb_monotonic();
        int result = take_message(zygote, left > 0 ? left : 0);
        if (result < 0)
            return result;
    }
    *signal = birth_of(zygote, id)->signal;
    *code = birth_of(zygote, id)->code;
    return 0;
}
