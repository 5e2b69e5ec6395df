/* policy: from syscalls.def to sealed memfds. Private to sandbox/. */
#ifndef CB_SANDBOX_POLICY_H
#define CB_SANDBOX_POLICY_H

#include "sandbox/enter.h"
#include "sandbox/sandbox.h"

enum cb_filter { CB_FILTER_CELL, CB_FILTER_ZYGOTE };

/* Compile a filter into a new memfd of struct sock_filter instructions. Returns the descriptor (caller
 * closes). */
int cb_policy_compile(enum cb_filter which, struct cb_error *err);

/* The sealed memfd that cb_policy_map reads. `memory_bytes` 0 where a cgroup does the work. */
int cb_policy_seal(const struct cb_limits *limits, uint64_t memory_bytes, const char *home, uint32_t flags,
                   struct cb_error *err);

/* A sealed memfd holding `n` bytes; executable where asked. */
int cb_memfd_sealed(const char *name, const void *bytes, size_t n, bool executable, struct cb_error *err);

#endif
