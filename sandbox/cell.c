#include "sandbox/private.h"

#include <string.h>

/* Paths go into overlay options, where a comma, a colon or a backslash would say something else. */
static int add_path(struct cb_packet *p, const char *path, const struct cb_cell_spec *spec,
                    struct cb_error *err)
{
    if (!path || !*path || *path == '/' || strpbrk(path, ",:\\") || strstr(path, "..")) {
        int code = cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "open cell", "\"%s\" is no path for a layer.",
                           path ? path : "");
        if (err)
            err->cell = spec->index;
        return code;
    }
    cb_wire_add(p, path);
    return 0;
}

static int describe(struct cb_packet *p, const struct cb_cell_spec *spec, struct cb_error *err)
{
    cb_wire_start(p, CB_WIRE_CELL, spec->index);
    for (int t = 0; t < CB_TREES; t++) {
        if (spec->n_lowers[t] > CB_MAX_LOWERS)
            return cb_fail(err, -E2BIG, CB_EXIT_INTERNAL, "open cell", "A cell sees at most %d layers.",
                           CB_MAX_LOWERS);
        p->head.counts[t] = (uint32_t)spec->n_lowers[t];
        for (size_t i = 0; i < spec->n_lowers[t]; i++) {
            int code = add_path(p, spec->lowers[t][i], spec, err);
            if (code < 0)
                return code;
        }
        int code = add_path(p, spec->upper[t], spec, err);
        if (code < 0 || (code = add_path(p, spec->workdir[t], spec, err)) < 0)
            return code;
    }
    return 0;
}

int cb_cell_open(struct cb_sandbox *s, const struct cb_cell_spec *spec, struct cb_cell *out,
                 struct cb_error *err)
{
    *out = (struct cb_cell){.init_pidfd = -1, .init_pid = -1, .index = spec->index};
    int code = describe(&s->packet, spec, err), tasks[2];
    size_t n_tasks = 0;
    if (code == 0 && s->cgroups) {
        out->cgroup = cb_cgroup_open(s->cgroups, spec->index);
        n_tasks = cb_cgroup_tasks(out->cgroup, tasks);
        for (size_t i = 0; i < n_tasks; i++)
            cb_wire_add_fd(&s->packet, tasks[i]);
    }
    if (code == 0)
        code = cb_builder_ask(s, &out->init_pidfd, err);
    for (size_t i = 0; i < n_tasks; i++)
        close(tasks[i]);
    if (code == 0 && (out->init_pid = cb_pidfd_pid(out->init_pidfd)) < 0)
        code = cb_fail(err, -ESRCH, CB_EXIT_INTERNAL, "open cell", "The cell's init died at once.");
    if (code < 0) {
        if (err)
            err->cell = spec->index;
        if (out->init_pidfd >= 0)
            close(out->init_pidfd);
        out->init_pidfd = -1;
        if (out->cgroup)
            cb_cgroup_close(out->cgroup, &(struct cb_cell_usage){0});
        out->cgroup = NULL;
    }
    return code;
}

int cb_cell_close(struct cb_sandbox *s, struct cb_cell *cell, double seconds, struct cb_cell_usage *usage,
                  struct cb_error *err)
{
    (void)s;
    struct cb_cell_usage ignored;
    usage = usage ? usage : &ignored;
    *usage = (struct cb_cell_usage){0};
    if (cell->init_pidfd < 0)
        return 0;
    cb_pidfd_kill(cell->init_pidfd);
    int code = cb_pidfd_wait(cell->init_pidfd, seconds);
    if (code < 0) {
        cb_fail(err, code, CB_EXIT_INTERNAL, "close cell",
                "The cell's processes did not end within %.1f seconds.", seconds);
        if (err)
            err->cell = cell->index;
        return code;
    }
    if (cell->cgroup)
        cb_cgroup_close(cell->cgroup, usage);
    close(cell->init_pidfd);
    *cell = (struct cb_cell){.init_pidfd = -1, .init_pid = -1, .index = cell->index};
    return 0;
}
