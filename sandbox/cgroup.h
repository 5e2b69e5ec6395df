/* cgroup: a directory for the run, one below it for each cell; memory and number of processes. Private to
 * sandbox/. */
#ifndef CB_SANDBOX_CGROUP_H
#define CB_SANDBOX_CGROUP_H

#include "sandbox/sandbox.h"

struct cb_cgroups;
struct cb_cgroup;

/* NULL where no limit asks for one or no hierarchy is writable. Also removes what dead runs left. */
struct cb_cgroups *cb_cgroups_open(const struct cb_limits *limits);
void cb_cgroups_close(struct cb_cgroups *run);
bool cb_cgroups_memory(const struct cb_cgroups *run); /* memory is limited there */
/* Where cells' limits would live, for doctor; NULL: nowhere. Static buffer. */
const char *cb_cgroups_where(void);

struct cb_cgroup *cb_cgroup_open(struct cb_cgroups *run, int index);
/* Descriptors of the v1 `tasks` files, through which a cell joins by itself; returns how many (the caller
 * closes). */
size_t cb_cgroup_tasks(const struct cb_cgroup *cell, int fds[2]);
/* Move a process in, unless it is there. */
int cb_cgroup_join(struct cb_cgroup *cell, pid_t pid);
/* After the last process is gone: read usage, remove, release. */
void cb_cgroup_close(struct cb_cgroup *cell, struct cb_cell_usage *usage);

#endif
