/*
 * sandbox: run a forked child alone.
 *
 * Process tree of one run (P = pid namespace, U = user namespace, N = mount namespace):
 *
 *   supervisor          host namespaces
 *    └─ builder         U1 P1 N1   a small static program embedded in this library; undumpable; init of P1;
 * PDEATHSIG. │                         Its root is a private stage: /image (the assembled image root,
 * read-only), │                         /run (the run's directory), /workspace (read-only, idmapped where
 * needed). ├─ zygote      U1 P1 Nz   exec of the sealed agent inside the image root; holds CAP_SYS_ADMIN of
 * U1 for setns └─ init n      U2 Pn Nn + own net, ipc, uts, cgroup: one for each cell, cloned ahead of it.
 * Mounts the cell's │                     overlays, pivots, drops everything and waits. Only U2 is its own:
 * the other six │                     namespaces belong to U1, so no capability in U2 says anything about
 * them. └─ cell n  U2 Pn Nn   forked by the zygote into init's namespaces (setns by pidfd), then cb_enter
 * (sandbox/enter.h): no capabilities, limits, Landlock, seccomp.
 *
 * The zygote must reap its cells promptly (SIGCHLD ignored, or waitid): a pid namespace is not gone before
 * the last process in it is reaped, and cb_cell_close waits for that. cb_sandbox_open must be called by a
 * thread that lives as long as the sandbox: PDEATHSIG is about threads (prctl(2)). One thread at a time may
 * use a sandbox. Death of the supervisor kills the builder (PDEATHSIG), hence P1, hence every namespace below
 * it. The supervisor never trusts what zygote or cell say: cb_cell_verify checks namespaces, capabilities and
 * filter.
 */
#ifndef CB_SANDBOX_H
#define CB_SANDBOX_H

#include "base/base.h"

struct cb_sandbox;

/* One entry of the image root, made in the order given. Parents are created as needed. */
enum cb_mount_kind {
    CB_MOUNT_BIND, /* read-only, nosuid, nodev bind of host path `source` (file or directory, not recursive)
                    */
    CB_MOUNT_SYMLINK, /* symbolic link to `source` */
    CB_MOUNT_FILE,    /* regular file, mode 0644, whose text is `source` */
    CB_MOUNT_DIR,     /* empty directory, mode 0755 */
    CB_MOUNT_DEVICE,  /* read-write bind of the host's device node `source`; the only mounts without nodev */
};
struct cb_mount {
    enum cb_mount_kind kind;
    const char *target; /* absolute path inside the image root */
    const char *source;
};

struct cb_limits {
    uint64_t memory_bytes; /* 0: no limit of ours. cgroup where one is writable, else RLIMIT_DATA */
    uint64_t file_bytes;   /* RLIMIT_FSIZE: the largest single file */
    uint64_t shm_bytes;    /* size of /dev/shm */
    uint32_t processes;    /* RLIMIT_NPROC inside the cell's user namespace, and pids cgroup where writable */
    uint32_t descriptors;  /* RLIMIT_NOFILE */
};

struct cb_sandbox_config {
    const struct cb_mount *mounts;
    size_t n_mounts;
    int workspace_fd; /* O_PATH directory that becomes the lowest layer of /work; -1: /work starts empty */
    /* As root: its owner is mapped to CB_HOST_ID by an idmapped mount (fallback: plain bind). */
    int mask_fd; /* directory (below run_fd, given as descriptor) whose whiteouts hide names of the workspace
                    (one lower above it); -1: none */
    int run_fd;  /* the run's directory: uppers, work directories and lowers live below it */
    const char *home;     /* absolute path of the home directory in the image, e.g. "/home/cell" */
    const char *hostname; /* what the cell sees */
    int cache_fd; /* directory mounted read-write as the ZYGOTE's home (image caches); -1: empty tmpfs */
    struct cb_limits limits;
};

/* Ids. A user's cells run as that user; root's run as CB_HOST_ID, an id that belongs to no account and no
 * subuid range. Inside the cell they are CB_CELL_ID. Run directories must be writable for
 * cb_sandbox_host_id(). */
#define CB_HOST_ID 1892352000u
#define CB_CELL_ID 1000u
uid_t cb_sandbox_host_id(void);

/* Start the builder and assemble the stage. Errors: CB_EXIT_HOST with a remedy where the host forbids what is
 * needed. The caller owns *out (cb_sandbox_close). Descriptors in `config` are borrowed for the call. */
int cb_sandbox_open(const struct cb_sandbox_config *config, struct cb_sandbox **out, struct cb_error *err);

/* Kill everything below the builder, wait for it, remove cgroups. Safe on NULL. */
void cb_sandbox_close(struct cb_sandbox *sandbox);

/* Start the zygote: `agent_fd` (an ELF executable; copied into a sealed memfd) is exec-ed in the image root
 * with descriptors 0 = /dev/null, 1 and 2 = `log_fd`, 3 = `control_fd` (a SOCK_SEQPACKET), 4 = a memfd with
 * the policy for cb_enter (struct cb_policy, see enter.h). Returns a pidfd (caller closes). Can be called
 * again after it died. */
int cb_sandbox_zygote(struct cb_sandbox *sandbox, int agent_fd, char *const argv[], char *const envp[],
                      int control_fd, int log_fd, struct cb_error *err);

/* The three trees that travel between cells. */
enum cb_tree { CB_TREE_WORK, CB_TREE_TMP, CB_TREE_HOME, CB_TREES };

struct cb_cell_spec {
    int index; /* for messages */
    /* Paths relative to the run directory, without "..". lowers newest first; the workspace (and mask) come
     * below them by themselves. upper and work must exist, be empty and lie on one file system. */
    const char *const *lowers[CB_TREES];
    size_t n_lowers[CB_TREES]; /* at most CB_MAX_LOWERS each */
    const char *upper[CB_TREES];
    const char *workdir[CB_TREES];
};
#define CB_MAX_LOWERS 64

struct cb_cell {
    int init_pidfd; /* of the cell's init: its namespaces are entered through this, its death is theirs */
    pid_t init_pid; /* in the supervisor's pid namespace */
    int index;
    void *cgroup; /* private */
};

/* Build the namespaces and mounts of a cell; returns when they are ready to be entered. The cell has no
 * process but its init until the zygote forks one into it. */
int cb_cell_open(struct cb_sandbox *sandbox, const struct cb_cell_spec *spec, struct cb_cell *out,
                 struct cb_error *err);

/* Check, from /proc and the pidfd, that process `pidfd` (received from the zygote) lives in the seven
 * namespaces of `cell`, has no capability, no_new_privs and a seccomp filter, and the expected uid. Also
 * moves it into the cell's cgroups. CB_EXIT_VIOLATION where it does not. */
int cb_cell_verify(struct cb_sandbox *sandbox, struct cb_cell *cell, int pidfd, struct cb_error *err);

/* Kill the whole pid namespace and wait until it is gone (at most `seconds`). Fills peak memory where known
 * (else 0) and whether the memory limit or the process limit was hit. */
struct cb_cell_usage {
    uint64_t peak_bytes;
    bool memory_limit_hit, process_limit_hit;
};
int cb_cell_close(struct cb_sandbox *sandbox, struct cb_cell *cell, double seconds,
                  struct cb_cell_usage *usage, struct cb_error *err);

/* ---- what this host can do, for `doctor` ---- */
enum cb_probe_state { CB_PROBE_OK, CB_PROBE_OPTIONAL_MISSING, CB_PROBE_MISSING };
struct cb_probe {
    const char *name; /* "user namespaces" */
    enum cb_probe_state state;
    char detail[160]; /* what was found */
    char remedy[200]; /* how to mend it, "" when ok */
};
/* Returns a static array of n probes, each tried for real in a child. */
const struct cb_probe *cb_sandbox_probe(size_t *n);

/* ---- syscall policy table (one commented table, sandbox/syscalls.def): for documentation and tests ---- */
struct cb_syscall_rule {
    const char *name;
    const char *action; /* "allow", "EPERM", "ENOSYS", "conditional" */
    const char *why;
};
const struct cb_syscall_rule *cb_sandbox_syscalls(size_t *n);

#endif
