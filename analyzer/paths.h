/*
 * analyzer, private part: paths as notebooks write them, compared as text.
 */
#ifndef CB_ANALYZER_PATHS_H
#define CB_ANALYZER_PATHS_H

#include "base/base.h"

#define CB_PATH_MAX 1024 /* longer ones are not followed */
#define CB_PATH_PARENTS 16 /* directories above a path that are looked at */
#define CB_PATH_MATCHING 50000000 /* steps of comparing paths with patterns in one notebook; beyond, nothing matches */

/* Relative to the cells' directory, /work: without "." and double slashes, "a/../b" as "b", "/work/a" as "a", that directory itself as ".".
 * False for what names no file: empty or too long. */
bool cb_path_normalise(const char *path, char out[CB_PATH_MAX]);
/* Replace a normalised path by the directory that holds it: "a/b", "a", "." and no more. False at the top. */
bool cb_path_parent(char *path);
bool cb_path_is_pattern(const char *path); /* has wildcards of a shell */
/* Whether `path` matches: `*` any text (`/` too), `?` a character, [a-z] a set. Adds what it took to `steps`. */
bool cb_path_match(const char *pattern, const char *path, size_t *steps);

#endif
