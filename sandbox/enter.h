/*
 * enter: the last steps into a cell, taken by the forked child itself.
 *
 * Linked into the agent, so: libc only, no allocation, async-signal-safe, raw syscalls for capabilities,
 * seccomp and Landlock. The policy arrives precompiled from the supervisor in a memfd.
 */
#ifndef CB_ENTER_H
#define CB_ENTER_H

#include "base/base.h"

/* Where a cell's init keeps the `tasks` files of the cell's cgroups, if any; cb_enter_cell takes them by
 * pidfd_getfd and moves itself in. */
#define CB_TASKS_FD 32
#define CB_MAX_TASKS_FDS 2

#define CB_POLICY_MAGIC 0x31706263u /* "cbp1" */

struct cb_policy {
    uint32_t magic;
    uint32_t n_filter; /* sock_filter instructions of the cell's filter, following this struct */
    uint64_t memory_bytes, file_bytes;
    uint32_t processes, descriptors;
    uint32_t landlock_abi; /* 0: kernel has none */
    uint32_t flags;        /* CB_POLICY_* */
    char home[64];
    /* struct sock_filter filter[n_filter] follows */
};
#define CB_POLICY_NOTIFY                                                                                     \
    1u /* load with NEW_LISTENER|WAIT_KILLABLE_RECV and publish the listener: the tracer's place */

/* Map and validate the policy memfd (bounds, magic, seals). The mapping is shared by all forks of the zygote.
 */
const struct cb_policy *cb_policy_map(int memfd, struct cb_error *err);

/* In the zygote, which has one thread, before fork: make the next child be born in the pid namespace of
 * `init_pidfd`; and back, also after a fork that failed. */
int cb_enter_prepare(int init_pidfd, struct cb_error *err);
int cb_enter_restore(struct cb_error *err);

/* In the child, in this order: join init's user, mount, net, ipc, uts and cgroup namespaces; chdir /work; new
 * session; rlimits; drop every capability and the bounding set; no_new_privs; Landlock;
 * close_range(first_closed, ~0); seccomp. `err` names the phase that failed. Nothing may be opened by path
 * before it returns. Returns 0, or with CB_POLICY_NOTIFY the listener's descriptor, which the supervisor
 * takes with pidfd_getfd and the caller then closes. */
int cb_enter_cell(const struct cb_policy *policy, int init_pidfd, int first_closed, struct cb_error *err);

#endif
