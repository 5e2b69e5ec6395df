/* What the snapshot tests share: a store of their own in a temporary directory, and small file tools. */
#ifndef CB_TESTS_SNAPSHOT_BED_H
#define CB_TESTS_SNAPSHOT_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snapshot/internal.h"
#include "snapshot/snapshot.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct bed {
    char dir[64], store_path[80];
    struct cb_store *store;
    struct cb_run *run;
    struct cb_error err;
};
int bed_setup(void **state);
int bed_teardown(void **state);
uid_t bed_owner(void);

#define assert_ok(expression, error)                                                                         \
    do {                                                                                                     \
        int code_ = (expression);                                                                            \
        if (code_ < 0)                                                                                       \
            fail_msg("%s: %d %s", #expression, code_, (error).message);                                      \
    } while (0)

void put_file(int dirfd, const char *path, const char *text);
void put_dir(int dirfd, const char *path);
void put_whiteout(int dirfd, const char *path);
void set_opaque(int dirfd, const char *path);
char *get_file(const char *path); /* caller frees; NULL: none */

/* An upper for cell `index`, harvested and committed by commit_files. */
struct cell {
    int index, fds[3];
    const char *upper[3], *workdir[3];
};
void begin_cell(struct bed *bed, int index, struct cell *cell);
void commit_files(struct bed *bed, struct cell *cell);
extern const struct cb_harvest_limits roomy;

/* Every entry of a tree, one line each: "path type mode mtime content-or-target". Freed by the caller. */
char *describe(int dirfd, bool times);
/* Run a program, its standard output into `out`; its exit code. */
int run_program(char *const argv[], struct cb_buffer *out);
char *layer_path(struct bed *bed, int index);

/* The suites. */
int layer_tests(void);
int harvest_tests(void);
int lowers_tests(void);
int store_tests(void);
int mask_tests(void);

#endif
