#include "analyzer/paths.h"

#include <string.h>

/* Append a component of `path`, or take one off for "..". */
static size_t add_part(char *out, size_t n, size_t base, const char *part, size_t length)
{
    if (length == 0 || (length == 1 && part[0] == '.'))
        return n;
    bool up = length == 2 && memcmp(part, "..", 2) == 0;
    bool can_drop = n > base && !(n - base >= 2 && memcmp(out + n - 2, "..", 2) == 0 && (n - 2 == base || out[n - 3] == '/'));
    if (up && can_drop) {
        while (n > base && out[n - 1] != '/')
            n--;
        return n > base ? n - 1 : n;
    }
    if (up && base == 1) /* "/.." is "/" */
        return n;
    if (n > base)
        out[n++] = '/';
    memcpy(out + n, part, length);
    return n + length;
}

bool cb_path_normalise(const char *path, char out[CB_PATH_MAX])
{
    size_t length = strlen(path);
    if (length == 0 || length >= CB_PATH_MAX)
        return false;
    size_t base = path[0] == '/', n = base;
    out[0] = '/';
    for (const char *p = path + base; *p;) {
        size_t part = strcspn(p, "/");
        n = add_part(out, n, base, p, part);
        p += part + (p[part] == '/');
    }
    out[n] = '\0';
    if (strcmp(out, "/work") == 0)
        n = 0;
    else if (strncmp(out, "/work/", 6) == 0)
        memmove(out, out + 6, (n -= 6) + 1);
    if (n == 0)
        strcpy(out, ".");
    return true;
}

bool cb_path_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (strcmp(path, ".") == 0 || strcmp(path, "/") == 0 || strcmp(path, "..") == 0)
        return false;
    if (!slash)
        strcpy(path, ".");
    else if (slash == path)
        path[1] = '\0';
    else
        *slash = '\0';
    return true;
}

bool cb_path_is_pattern(const char *path)
{
    return strpbrk(path, "*?[") != NULL;
}

#define SET_MAX 64 /* bytes of a set; a longer one is text */

/* One character against `?`, a set, or itself; `*after` is behind what stood for it. */
static bool match_one(const char *pattern, char c, const char **after)
{
    const char *end = pattern[0] == '[' && pattern[1] ? memchr(pattern + 2, ']', strnlen(pattern + 2, SET_MAX)) : NULL;
    *after = end ? end + 1 : pattern + 1;
    if (!end)
        return *pattern == '?' || *pattern == c;
    bool negated = pattern[1] == '!' || pattern[1] == '^', found = false;
    for (const char *p = pattern + 1 + negated; p < end; p++) {
        bool range = p + 2 < end && p[1] == '-';
        found = found || (range ? (unsigned char)p[0] <= (unsigned char)c && (unsigned char)c <= (unsigned char)p[2] : *p == c);
        p += range ? 2 : 0;
    }
    return found != negated;
}

/* Going back to the last star alone is enough: what an earlier one might take, the last can. */
bool cb_path_match(const char *pattern, const char *path, size_t *steps)
{
    const char *star = NULL, *star_path = NULL, *after;
    while (*path) {
        ++*steps;
        if (*pattern == '*') {
            star = ++pattern;
            star_path = path;
        } else if (*pattern && match_one(pattern, *path, &after)) {
            pattern = after;
            path++;
        } else if (star) {
            pattern = star;
            path = ++star_path;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
