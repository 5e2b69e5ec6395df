/* What the supervisor's side of sandbox/ shares. Private to sandbox/. */
#ifndef CB_SANDBOX_PRIVATE_H
#define CB_SANDBOX_PRIVATE_H

#include "sandbox/cgroup.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"
#include "sandbox/wire.h"

#include <sys/stat.h>

/* The namespaces that make a cell, as /proc/<pid>/ns names them. */
#define CB_NAMESPACES                                                                                        \
    {                                                                                                        \
        "user", "mnt", "pid", "net", "ipc", "uts", "cgroup"                                                  \
    }
#define CB_N_NAMESPACES 7

struct cb_sandbox {
    pid_t builder;
    int builder_pidfd, control;
    bool root; /* mounts are cloned here, as host root; else by the builder */
    int policy_fd;
    struct cb_limits limits;
    struct cb_cgroups *cgroups; /* NULL: rlimits only */
    struct cb_packet packet;
};

/* start.c: the builder in its namespaces. */
int cb_builder_start(struct cb_sandbox *s, struct cb_error *err);
bool cb_sandbox_is_root(void);
/* A user namespace that maps on-disk ids to the host id, for an idmapped mount; -errno where it cannot be
 * had. */
int cb_idmap_open(uid_t uid, gid_t gid);
void cb_host_remedy(struct cb_error *err);

/* Send s->packet and wait for the answer; a descriptor in it goes to *fd where fd is not NULL. */
int cb_builder_ask(struct cb_sandbox *s, int *fd, struct cb_error *err);

/* The pid that a pidfd stands for, in our pid namespace; -ESRCH when it is dead and reaped. */
pid_t cb_pidfd_pid(int pidfd);
bool cb_pidfd_alive(int pidfd);
/* 0 when the process is dead within `seconds`, -ETIMEDOUT. */
int cb_pidfd_wait(int pidfd, double seconds);
int cb_pidfd_kill(int pidfd);

#endif
