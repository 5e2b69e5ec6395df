/*
 * The builder: a small static program of its own, embedded in cb_sandbox and exec-ed from a sealed memfd in
 * fresh namespaces. It is a program and not a fork of the supervisor for two reasons: a cell's init must be
 * dumpable, or the zygote could not setns to it (validate_nsset, kernel/nsproxy.c), and so must hold nothing
 * of the supervisor's memory; and its forks are as cheap as its address space is small.
 *
 * Linear code, no allocation. A step that fails fills `report` and returns -errno.
 */
#ifndef CB_BUILDER_H
#define CB_BUILDER_H

#include "sandbox/wire.h"

#include <linux/filter.h>
#include <sched.h>

#define CB_CONTROL_FD 3 /* the supervisor's socket, by inheritance */

struct stage {
    char home[256], hostname[65], mask[256];
    uint64_t shm_bytes;
    bool has_workspace, has_cache;
    struct sock_filter zygote_filter[4096];
    uint16_t n_zygote_filter;
};
extern struct stage stage;

/* Record which phase failed, on what, and with which errno; returns -errno. */
int failed(const char *phase, const char *what);

/* Send a reply: the recorded failure when code < 0, else success with `fd` (-1: none). */
int reply(int sock, int code, int fd);

/* stage.c */
int stage_take_mount(struct cb_packet *p);
int stage_take_place(struct cb_packet *p);
int stage_assemble(struct cb_packet *p);

/* cell.c: the init of a cell. cell_spawn forks one that has its namespaces and waits for a spec. */
struct cell {
    pid_t pid;
    int pidfd, sock;
};
int cell_spawn(struct cell *out);

/* zygote.c */
int zygote_spawn(struct cb_packet *p, int *pidfd);

/* steps.c: what the children share. */
pid_t step_clone(uint64_t flags, int *pidfd);
int step_pivot(const char *new_root);
int step_proc(const char *target, const char *options);
int step_cell_proc(const char *target); /* with all but a few entries covered; needs /masked of the stage */
int step_drop(uint64_t keep); /* every capability and the bounding set, except `keep`; no_new_privs */

#endif
