#include "runtime/execute/roots.h"

#include <openssl/evp.h>
#include <string.h>

#define PAGE 4096u
#define GROUPS_MAX 1000000u

struct cb_roots {
    json_t *index;    /* name -> position in `all`; jansson keeps insertion order, as a Python dict does */
    struct cb_root **all;
    size_t n;
    struct cb_group **groups; /* every group ever committed, for their owners' sake */
    size_t n_groups;
};

struct cb_roots *cb_roots_new(void)
{
    struct cb_roots *roots = cb_alloc(sizeof *roots);
    roots->index = json_object();
    return roots;
}

static void group_free(struct cb_group *group)
{
    if (!group)
        return;
    for (size_t i = 0; i < group->n_roots; i++)
        free(group->roots[i]);
    free(group->roots);
    free(group->buffers);
    json_decref(group->carried);
    free(group);
}

static void root_free(struct cb_root *root)
{
    free(root->name);
    free(root->type);
    free(root->reason);
    free(root);
}

void cb_roots_free(struct cb_roots *roots)
{
    if (!roots)
        return;
    for (size_t i = 0; i < roots->n; i++)
        root_free(roots->all[i]);
    for (size_t i = 0; i < roots->n_groups; i++)
        group_free(roots->groups[i]);
    free(roots->all);
    free(roots->groups);
    json_decref(roots->index);
    free(roots);
}

const struct cb_root *cb_roots_find(const struct cb_roots *roots, const char *name)
{
    const json_t *at = json_object_get(roots->index, name);
    return at ? roots->all[json_integer_value(at)] : NULL;
}

json_t *cb_roots_visible(const struct cb_roots *roots)
{
    json_t *names = json_array();
    const char *name;
    json_t *at;
    json_object_foreach (roots->index, name, at)
        if (name[0] != '@')
            json_array_append_new(names, json_string(name));
    return names;
}

json_t *cb_roots_ambient(const struct cb_roots *roots)
{
    json_t *names = json_array();
    const char *name;
    json_t *at;
    json_object_foreach (roots->index, name, at)
        if (strncmp(name, "@a:", 3) == 0)
            json_array_append_new(names, json_string(name));
    return names;
}

/* ---- parsing what a cell says it left ---- */

static int refuse(struct cb_error *err, int cell, const char *what)
{
    cb_fail(err, -EPROTO, CB_EXIT_VIOLATION, "commit", "the cell's account of its values is not valid: %s", what);
    if (err)
        err->cell = cell;
    return -EPROTO;
}

static bool name_ok(const json_t *value)
{
    size_t n = json_string_length(value);
    return json_is_string(value) && n > 0 && n <= CB_ROOT_NAME_MAX && strlen(json_string_value(value)) == n;
}

static char **parse_names(const json_t *array, size_t *n, bool *ok)
{
    *n = 0;
    if (!json_is_array(array) || json_array_size(array) > GROUPS_MAX) {
        *ok = false;
        return NULL;
    }
    char **names = cb_alloc(json_array_size(array) * sizeof *names);
    size_t i;
    json_t *value;
    json_array_foreach (array, i, value) {
        if (!name_ok(value)) {
            *ok = false;
            break;
        }
        names[(*n)++] = cb_strdup(json_string_value(value));
    }
    return names;
}

static bool parse_extent(const json_t *pair, uint64_t size, struct cb_extent_range *out)
{
    if (!json_is_array(pair) || json_array_size(pair) != 2)
        return false;
    const json_t *offset = json_array_get(pair, 0), *length = json_array_get(pair, 1);
    if (!json_is_integer(offset) || !json_is_integer(length))
        return false;
    json_int_t o = json_integer_value(offset), l = json_integer_value(length);
    if (o < (json_int_t)PAGE || l < 0 || o % PAGE != 0 || (uint64_t)o > size || (uint64_t)l > size - (uint64_t)o)
        return false;
    *out = (struct cb_extent_range){(uint64_t)o, (uint64_t)l};
    return true;
}

/* Names of the group's own roots, or nothing. */
static bool parse_carried(const json_t *names, struct cb_group *group)
{
    if (!names)
        return true;
    if (!json_is_array(names) || json_array_size(names) > group->n_roots)
        return false;
    json_t *own = json_object();
    for (size_t i = 0; i < group->n_roots; i++)
        json_object_set_new(own, group->roots[i], json_true());
    group->carried = json_object();
    bool ok = true;
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        ok = ok && name_ok(name) && json_object_get(own, json_string_value(name));
        if (ok)
            json_object_set_new(group->carried, json_string_value(name), json_true());
    }
    json_decref(own);
    return ok;
}

static struct cb_group *parse_group(const json_t *value, int cell, uint64_t size)
{
    bool ok = true;
    struct cb_group *group = cb_alloc(sizeof *group);
    group->cell = cell;
    group->values_fd = -1;
    group->roots = parse_names(json_object_get(value, "roots"), &group->n_roots, &ok);
    ok = ok && group->n_roots > 0 && parse_extent(json_object_get(value, "stream"), size, &group->stream) &&
         parse_carried(json_object_get(value, "carried"), group);
    const json_t *buffers = json_object_get(value, "buffers");
    ok = ok && json_is_array(buffers) && json_array_size(buffers) <= GROUPS_MAX;
    if (ok) {
        group->buffers = cb_alloc(json_array_size(buffers) * sizeof *group->buffers);
        size_t i;
        json_t *pair;
        json_array_foreach (buffers, i, pair)
            ok = ok && parse_extent(pair, size, &group->buffers[group->n_buffers++]);
    }
    if (ok)
        return group;
    group_free(group);
    return NULL;
}

static char *text_of(const json_t *value)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "?";
    return strlen(text) > 2000 ? cb_format("%.2000s", text) : cb_strdup(text);
}

int cb_commit_parse(const json_t *frame, int cell, uint64_t spool_size, struct cb_commit *out, struct cb_error *err)
{
    *out = (struct cb_commit){0};
    const json_t *groups = json_object_get(frame, "groups"), *stuck = json_object_get(frame, "uncopyable");
    if (!json_is_array(groups) || !json_is_array(stuck) || json_array_size(groups) > GROUPS_MAX ||
        json_array_size(stuck) > GROUPS_MAX)
        return refuse(err, cell, "groups");
    bool ok = true;
    out->deleted = parse_names(json_object_get(frame, "deleted"), &out->n_deleted, &ok);
    out->order = parse_names(json_object_get(frame, "order"), &out->n_order, &ok);
    if (json_object_get(frame, "bound"))
        out->bound = parse_names(json_object_get(frame, "bound"), &out->n_bound, &ok);
    if (!ok)
        return refuse(err, cell, "names");
    out->groups = cb_alloc(json_array_size(groups) * sizeof *out->groups);
    out->uncopyable = cb_alloc(json_array_size(stuck) * sizeof *out->uncopyable);
    size_t i;
    json_t *value;
    json_array_foreach (groups, i, value) {
        struct cb_group *group = parse_group(value, cell, spool_size);
        if (!group)
            return refuse(err, cell, "a group");
        out->groups[out->n_groups++] = group;
    }
    json_array_foreach (stuck, i, value) {
        const json_t *root = json_object_get(value, "root");
        if (!name_ok(root))
            return refuse(err, cell, "an uncopyable value");
        out->uncopyable[out->n_uncopyable++] = (struct cb_uncopyable){
            cb_strdup(json_string_value(root)), text_of(json_object_get(value, "type")),
            text_of(json_object_get(value, "reason"))};
    }
    return 0;
}

void cb_commit_free(struct cb_commit *commit)
{
    for (size_t i = 0; i < commit->n_groups; i++)
        group_free(commit->groups[i]);
    for (size_t i = 0; i < commit->n_uncopyable; i++) {
        free(commit->uncopyable[i].root);
        free(commit->uncopyable[i].type);
        free(commit->uncopyable[i].reason);
    }
    for (size_t i = 0; i < commit->n_deleted; i++)
        free(commit->deleted[i]);
    for (size_t i = 0; i < commit->n_order; i++)
        free(commit->order[i]);
    for (size_t i = 0; i < commit->n_bound; i++)
        free(commit->bound[i]);
    free(commit->groups);
    free(commit->uncopyable);
    free(commit->deleted);
    free(commit->order);
    free(commit->bound);
    *commit = (struct cb_commit){0};
}

/* ---- versions ---- */

static struct cb_root *newest(struct cb_roots *roots, const char *name, int cell)
{
    struct cb_root *root = (struct cb_root *)cb_roots_find(roots, name);
    if (!root) {
        root = cb_alloc(sizeof *root);
        root->name = cb_strdup(name);
        roots->all = cb_realloc(roots->all, (roots->n + 1) * sizeof(struct cb_root *));
        roots->all[roots->n] = root;
        json_object_set_new(roots->index, name, json_integer((json_int_t)roots->n++));
    }
    free(root->type);
    free(root->reason);
    root->type = root->reason = NULL;
    root->group = NULL;
    root->cell = cell;
    return root;
}

void cb_roots_apply(struct cb_roots *roots, struct cb_commit *commit, int cell, int values_fd)
{
    for (size_t i = 0; i < commit->n_deleted; i++)
        json_object_del(roots->index, commit->deleted[i]);
    /* Bind names in the order in which the cell did, whatever group they are in. */
    for (size_t i = 0; i < commit->n_order; i++)
        if (!cb_roots_find(roots, commit->order[i]))
            newest(roots, commit->order[i], cell);
    roots->groups = cb_realloc(roots->groups, (roots->n_groups + commit->n_groups + 1) * sizeof(struct cb_group *));
    for (size_t i = 0; i < commit->n_groups; i++) {
        struct cb_group *group = commit->groups[i];
        group->values_fd = values_fd;
        for (size_t r = 0; r < group->n_roots; r++)
            newest(roots, group->roots[r], cell)->group = group;
        roots->groups[roots->n_groups++] = group;
    }
    commit->n_groups = 0;
    for (size_t i = 0; i < commit->n_uncopyable; i++) {
        struct cb_root *root = newest(roots, commit->uncopyable[i].root, cell);
        root->type = cb_strdup(commit->uncopyable[i].type);
        root->reason = cb_strdup(commit->uncopyable[i].reason);
    }
}

static json_t *extent_json(const struct cb_extent_range *extent)
{
    return json_pack("[I, I]", (json_int_t)extent->offset, (json_int_t)extent->length);
}

json_t *cb_roots_answer(const struct cb_roots *roots, const char *name, int *fd)
{
    *fd = -1;
    const struct cb_root *root = cb_roots_find(roots, name);
    if (!root)
        return json_pack("{s:s}", "op", "absent");
    if (!root->group)
        return json_pack("{s:s, s:i, s:s, s:s}", "op", "uncopyable", "from", root->cell, "type",
                         root->type ? root->type : "?", "reason",
                         root->reason ? root->reason : "the cell gave no value for it");
    const struct cb_group *group = root->group;
    json_t *buffers = json_array(), *members = json_array(), *current = json_array();
    for (size_t i = 0; i < group->n_buffers; i++)
        json_array_append_new(buffers, extent_json(&group->buffers[i]));
    for (size_t i = 0; i < group->n_roots; i++) {
        json_array_append_new(members, json_string(group->roots[i]));
        const struct cb_root *member = cb_roots_find(roots, group->roots[i]);
        if (member && member->group == group)
            json_array_append_new(current, json_string(group->roots[i]));
    }
    *fd = group->values_fd;
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "op", "value", "from", group->cell, "stream",
                     extent_json(&group->stream), "buffers", buffers, "roots", members, "current", current);
}

/* ---- digests ---- */

static int hash_range(EVP_MD_CTX *context, int fd, const struct cb_extent_range *range)
{
    char block[1 << 16];
    for (uint64_t at = 0; at < range->length;) {
        size_t want = range->length - at < sizeof block ? (size_t)(range->length - at) : sizeof block;
        ssize_t got = pread(fd, block, want, (off_t)(range->offset + at));
        if (got <= 0)
            return -EIO;
        EVP_DigestUpdate(context, block, (size_t)got);
        at += (uint64_t)got;
    }
    return 0;
}

const char *cb_group_digest(struct cb_group *group)
{
    if (group->digest[0] || group->values_fd < 0)
        return group->digest;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    int code = hash_range(context, group->values_fd, &group->stream);
    for (size_t i = 0; code == 0 && i < group->n_buffers; i++)
        code = hash_range(context, group->values_fd, &group->buffers[i]);
    unsigned char digest[32];
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    if (code == 0) {
        memcpy(group->digest, "sha256:", 7);
        cb_hex(digest, sizeof digest, group->digest + 7);
    }
    return group->digest;
}

uint64_t cb_group_bytes(const struct cb_group *group)
{
    uint64_t bytes = group->stream.length;
    for (size_t i = 0; i < group->n_buffers; i++)
        bytes += group->buffers[i].length;
    return bytes;
}
