/*
 * From effects to dependencies. One pass over the cells in order: each location (a variable, a file, a component of ambient
 * state) remembers its possible last writers, and a read takes those.
 *
 * Edges stay few. A sure write forgets the writers before it. So does a write that reads as well: its cell depends on
 * them itself. Of more than WRITERS_MAX writers a read takes the newest, and the oldest taken counts as having read the location
 * (at worst that cell waits for others that it did not need). Cells that may write anything form a chain, of which a
 * read takes the last; a cell that may read anything takes those that wrote since the one like it before, and that one.
 */
#include "analyzer/graph.h"

#include "analyzer/paths.h"

#include <string.h>

#define WRITERS_MAX 64
#define NO_CELL UINT32_MAX

enum kind { VARIABLE, FILE_AT, FILES_BENEATH, AMBIENT };

struct location {
    const char *through; /* "x", "file:a.csv", "ambient:random" */
    const char *key;     /* without the prefix */
    enum kind kind;
    uint32_t hash;
    uint32_t *writers; /* cells, oldest first; only the first may be sure */
    uint32_t n_writers, capacity;
    bool ended;    /* the first writer is sure, or read as well: nothing before it matters */
    uint32_t seen; /* one more than the last cell that read it, then the last edge that it was listed in */
};

struct edge {
    uint32_t writer, location;
    uint64_t order; /* of discovery, among the edges of a reader */
};

/* Edges of one reader, most of them found when it is reached. */
struct link {
    uint32_t reader;
    struct edge edge;
};

struct graph {
    struct cb_arena *arena;
    struct cb_cell_analysis *cells;
    size_t n;
    struct location *locations; /* [0] is the open world, "*" */
    uint32_t n_locations, capacity;
    uint32_t *table, mask;
    uint32_t *files, *patterns; /* file locations, and those of them with wildcards */
    uint32_t n_files, n_patterns;
    size_t matching; /* steps spent on comparing paths with patterns */
    struct link *links;
    size_t n_links, links_capacity;
    uint32_t last_writer, last_reader; /* that may write, or read, anything; NO_CELL */
    uint32_t *since; /* cells that wrote something since last_reader */
    uint32_t n_since;
};

/* ---- locations ---- */

static uint32_t hash_of(enum kind kind, const char *key)
{
    uint32_t h = 2166136261u + (uint32_t)kind; /* FNV-1a */
    for (const unsigned char *p = (const unsigned char *)key; *p; p++)
        h = (h ^ *p) * 16777619u;
    return h ^ h >> 15;
}

static void grow_table(struct graph *g)
{
    uint32_t size = g->table ? (g->mask + 1) * 2 : 256;
    free(g->table);
    g->table = cb_alloc(size * sizeof *g->table);
    g->mask = size - 1;
    for (uint32_t i = 1; i < g->n_locations; i++) {
        uint32_t at = g->locations[i].hash & g->mask;
        while (g->table[at])
            at = (at + 1) & g->mask;
        g->table[at] = i;
    }
}

static uint32_t add_location(struct graph *g, enum kind kind, const char *key, const char *prefix)
{
    if (g->n_locations == g->capacity) {
        g->capacity = g->capacity ? g->capacity * 2 : 128;
        g->locations = cb_realloc(g->locations, g->capacity * sizeof *g->locations);
    }
    size_t p = strlen(prefix), n = strlen(key);
    char *through = cb_arena_alloc(g->arena, p + n + 1);
    memcpy(through, prefix, p);
    memcpy(through + p, key, n);
    g->locations[g->n_locations] =
        (struct location){.through = through, .key = through + p, .kind = kind, .hash = hash_of(kind, key)};
    return g->n_locations++;
}

static void add_number(uint32_t **list, uint32_t *n, uint32_t number)
{
    if ((*n & (*n - 1)) == 0) /* full at each power of two */
        *list = cb_realloc(*list, (*n ? *n * 2 : 1) * sizeof **list);
    (*list)[(*n)++] = number;
}

/* The location's number; 0 where it is not known and not to be `made`. */
static uint32_t locate(struct graph *g, enum kind kind, const char *key, bool make)
{
    static const char *const prefixes[] = {"", "file:", "file:", "ambient:"};
    uint32_t hash = hash_of(kind, key), at = hash & g->mask;
    for (; g->table[at]; at = (at + 1) & g->mask) {
        const struct location *l = &g->locations[g->table[at]];
        if (l->hash == hash && l->kind == kind && strcmp(l->key, key) == 0)
            return g->table[at];
    }
    if (!make)
        return 0;
    uint32_t made = add_location(g, kind, key, prefixes[kind]);
    g->table[at] = made;
    if (kind == FILE_AT)
        add_number(&g->files, &g->n_files, made);
    if (kind == FILE_AT && cb_path_is_pattern(key))
        add_number(&g->patterns, &g->n_patterns, made);
    if (g->n_locations > g->mask / 2)
        grow_table(g);
    return made;
}

/* ---- edges ---- */

static void add_link(struct graph *g, uint32_t reader, uint32_t writer, uint32_t location)
{
    if (reader == writer)
        return;
    if (g->n_links == g->links_capacity) {
        g->links_capacity = g->links_capacity ? g->links_capacity * 2 : 1024;
        g->links = cb_realloc(g->links, g->links_capacity * sizeof *g->links);
    }
    g->links[g->n_links] = (struct link){reader, {writer, location, g->n_links}};
    g->n_links++;
}

/* More writers than one read may take: cut the list, handing older ones to the oldest that stays, and so on. */
static void shorten(struct graph *g, uint32_t number)
{
    struct location *l = &g->locations[number];
    uint32_t kept = l->n_writers - WRITERS_MAX;
    for (uint32_t reader = kept; reader > 0;) {
        uint32_t oldest = reader > WRITERS_MAX ? reader - WRITERS_MAX : 0;
        for (uint32_t i = oldest; i < reader; i++)
            add_link(g, l->writers[reader], l->writers[i], number);
        bool open = oldest == 0 && !l->ended;
        if (g->last_writer != NO_CELL && g->last_writer < l->writers[reader] && (open || l->writers[oldest] < g->last_writer))
            add_link(g, l->writers[reader], g->last_writer, 0);
        reader = oldest;
    }
    memmove(l->writers, l->writers + kept, WRITERS_MAX * sizeof *l->writers);
    l->n_writers = WRITERS_MAX;
    l->ended = true;
}

static void read_location(struct graph *g, uint32_t cell, uint32_t number)
{
    struct location *l = &g->locations[number];
    if (l->seen == cell + 1)
        return;
    l->seen = cell + 1;
    if (l->n_writers > WRITERS_MAX)
        shorten(g, number);
    for (uint32_t i = 0; i < l->n_writers; i++)
        add_link(g, cell, l->writers[i], number);
    /* Anything might have been written between: not after the write that ended the list. */
    if (g->last_writer != NO_CELL && (!l->ended || l->writers[0] < g->last_writer) && g->locations[0].seen != cell + 1) {
        g->locations[0].seen = cell + 1;
        add_link(g, cell, g->last_writer, 0);
    }
}

static void write_location(struct graph *g, uint32_t cell, uint32_t number, uint32_t flags)
{
    struct location *l = &g->locations[number];
    bool read = l->seen == cell + 1;
    bool ends = (flags & CB_EFFECT_MUTATES) ? read : !(flags & CB_EFFECT_MAY);
    if (ends) {
        l->n_writers = 0;
        l->ended = true;
    }
    if (l->n_writers && l->writers[l->n_writers - 1] == cell)
        return;
    if (l->n_writers == l->capacity) {
        l->capacity = l->capacity ? l->capacity * 2 : 2;
        l->writers = cb_realloc(l->writers, l->capacity * sizeof *l->writers);
    }
    l->writers[l->n_writers++] = cell;
}

/* ---- files ---- */

/* The directories above were made, or filled from an archive, by someone who comes first. */
static void need_directory(struct graph *g, uint32_t cell, const char *path)
{
    char above[CB_PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    for (int i = 0; i < CB_PATH_PARENTS && cb_path_parent(above); i++) {
        uint32_t dir = locate(g, FILE_AT, above, false);
        if (dir && g->locations[dir].n_writers)
            read_location(g, cell, dir);
    }
}

/* A pattern reads the files that match it, a path the patterns that it matches: the newest of them. */
static void read_matching(struct graph *g, uint32_t cell, uint32_t number, const char *path)
{
    bool pattern = cb_path_is_pattern(path);
    const uint32_t *others = pattern ? g->files : g->patterns;
    uint32_t n = pattern ? g->n_files : g->n_patterns;
    unsigned matches = 0;
    for (uint32_t i = n; i-- > 0 && matches < WRITERS_MAX && g->matching < CB_PATH_MATCHING;) {
        const struct location *l = &g->locations[others[i]];
        g->matching++;
        if (l->n_writers == 0 || others[i] == number)
            continue;
        if (cb_path_match(pattern ? path : l->key, pattern ? l->key : path, &g->matching)) {
            read_location(g, cell, others[i]);
            matches++;
        }
    }
}

/* Who wrote to the path, to a directory above it (made, unpacked), below it (it may be listed) or to a pattern that it matches. */
static void read_file(struct graph *g, uint32_t cell, const char *path)
{
    uint32_t number = locate(g, FILE_AT, path, true);
    read_location(g, cell, number);
    uint32_t beneath = locate(g, FILES_BENEATH, path, false);
    if (beneath)
        read_location(g, cell, beneath);
    need_directory(g, cell, path);
    read_matching(g, cell, number, path);
}

static void write_file(struct graph *g, uint32_t cell, const char *path, uint32_t flags)
{
    uint32_t number = locate(g, FILE_AT, path, true);
    write_location(g, cell, number, cb_path_is_pattern(path) ? flags | CB_EFFECT_MAY : flags);
    char above[CB_PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    for (int i = 0; i < CB_PATH_PARENTS && cb_path_parent(above); i++)
        write_location(g, cell, locate(g, FILES_BENEATH, above, true), CB_EFFECT_MAY);
}

/* ---- cells ---- */

static void read_all(struct graph *g, uint32_t cell, const struct cb_effects *e)
{
    char path[CB_PATH_MAX];
    for (size_t i = 0; i < e->reads.n; i++)
        read_location(g, cell, locate(g, VARIABLE, e->reads.items[i].name, true));
    for (size_t i = 0; i < e->writes.n; i++)
        if (e->writes.items[i].flags & CB_EFFECT_MUTATES)
            read_location(g, cell, locate(g, VARIABLE, e->writes.items[i].name, true));
    for (size_t i = 0; i < e->files_read.n; i++)
        if (cb_path_normalise(e->files_read.items[i].name, path))
            read_file(g, cell, path);
    for (size_t i = 0; i < e->files_written.n; i++)
        if (cb_path_normalise(e->files_written.items[i].name, path)) {
            if (e->files_written.items[i].flags & CB_EFFECT_MUTATES)
                read_file(g, cell, path);
            need_directory(g, cell, path);
        }
    for (size_t i = 0; i < e->ambient_reads.n; i++)
        read_location(g, cell, locate(g, AMBIENT, e->ambient_reads.items[i].name, true));
}

static void write_all(struct graph *g, uint32_t cell, const struct cb_effects *e)
{
    char path[CB_PATH_MAX];
    for (size_t i = 0; i < e->writes.n; i++)
        write_location(g, cell, locate(g, VARIABLE, e->writes.items[i].name, true), e->writes.items[i].flags);
    for (size_t i = 0; i < e->files_written.n; i++)
        if (cb_path_normalise(e->files_written.items[i].name, path))
            write_file(g, cell, path, e->files_written.items[i].flags);
    for (size_t i = 0; i < e->ambient_writes.n; i++)
        write_location(g, cell, locate(g, AMBIENT, e->ambient_writes.items[i].name, true), e->ambient_writes.items[i].flags);
}

static void open_reads(struct graph *g, uint32_t cell)
{
    if (g->last_reader != NO_CELL)
        add_link(g, cell, g->last_reader, 0);
    for (uint32_t i = 0; i < g->n_since; i++)
        add_link(g, cell, g->since[i], 0);
    g->n_since = 0;
    g->last_reader = cell;
    g->locations[0].seen = cell + 1;
}

static void add_cell(struct graph *g, uint32_t cell)
{
    const struct cb_effects *e = &g->cells[cell].effects;
    read_all(g, cell, e);
    if (e->open_world & CB_OPEN_READS)
        open_reads(g, cell);
    if (e->open_world & CB_OPEN_WRITES) {
        if (g->last_writer != NO_CELL && g->locations[0].seen != cell + 1)
            add_link(g, cell, g->last_writer, 0);
        g->last_writer = cell;
    }
    write_all(g, cell, e);
    bool wrote = e->writes.n || e->files_written.n || e->ambient_writes.n || (e->open_world & CB_OPEN_WRITES);
    if (wrote && g->last_reader != cell)
        g->since[g->n_since++] = cell;
}

/* ---- the result ---- */

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (a->writer != b->writer)
        return a->writer < b->writer ? -1 : 1;
    bool a_open = a->location == 0, b_open = b->location == 0; /* "*" comes last */
    if (a_open != b_open)
        return a_open ? 1 : -1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Edges to one writer, [0, n): the locations without repetitions. `seen` now numbers the groups. */
static void fill_dependency(struct graph *g, struct cb_dependency *out, const struct edge *edges, size_t n, uint32_t group)
{
    const char **through = cb_arena_alloc(g->arena, (n + 1) * sizeof *through);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct location *l = &g->locations[edges[i].location];
        if (l->seen == group)
            continue;
        l->seen = group;
        if (l->kind != FILES_BENEATH || kept == 0 || strcmp(through[kept - 1], l->through) != 0)
            through[kept++] = l->through;
    }
    *out = (struct cb_dependency){.cell = edges[0].writer, .through = through};
}

static void fill_cell(struct graph *g, struct cb_cell_analysis *cell, struct edge *edges, size_t n, uint32_t *groups)
{
    cell->depth = 1;
    cell->n_dependencies = 0;
    cell->dependencies = NULL;
    if (n == 0)
        return;
    qsort(edges, n, sizeof *edges, compare_edges);
    size_t writers = 1;
    for (size_t i = 1; i < n; i++)
        writers += edges[i].writer != edges[i - 1].writer;
    cell->dependencies = cb_arena_alloc(g->arena, writers * sizeof *cell->dependencies);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && edges[end].writer == edges[i].writer;)
            end++;
        fill_dependency(g, &cell->dependencies[cell->n_dependencies++], edges + i, end - i, ++*groups);
        size_t depth = g->cells[edges[i].writer].depth + 1; /* an earlier cell's: final */
        cell->depth = depth > cell->depth ? depth : cell->depth;
    }
}

static void fill_cells(struct graph *g)
{
    size_t *begin = cb_alloc((g->n + 2) * sizeof *begin);
    for (size_t i = 0; i < g->n_links; i++)
        begin[g->links[i].reader + 2]++;
    for (size_t i = 2; i < g->n + 2; i++)
        begin[i] += begin[i - 1];
    struct edge *edges = cb_alloc((g->n_links + 1) * sizeof *edges);
    for (size_t i = 0; i < g->n_links; i++)
        edges[begin[g->links[i].reader + 1]++] = g->links[i].edge;
    for (uint32_t i = 0; i < g->n_locations; i++)
        g->locations[i].seen = 0;
    uint32_t groups = 0;
    for (size_t i = 0; i < g->n; i++)
        fill_cell(g, &g->cells[i], edges + begin[i], begin[i + 1] - begin[i], &groups);
    free(edges);
    free(begin);
}

void cb_graph_build(struct cb_arena *arena, struct cb_cell_analysis *cells, size_t n, struct cb_analysis *out)
{
    struct graph g = {.arena = arena, .cells = cells, .n = n, .last_writer = NO_CELL, .last_reader = NO_CELL};
    g.since = cb_alloc((n + 1) * sizeof *g.since);
    add_location(&g, VARIABLE, "*", "");
    grow_table(&g);
    for (size_t i = 0; i < n; i++)
        add_cell(&g, (uint32_t)i);
    fill_cells(&g);
    out->cells = cells;
    out->n_cells = n;
    out->depth = 0;
    for (size_t i = 0; i < n; i++)
        out->depth = cells[i].depth > out->depth ? cells[i].depth : out->depth;
    for (uint32_t i = 0; i < g.n_locations; i++)
        free(g.locations[i].writers);
    free(g.locations);
    free(g.table);
    free(g.files);
    free(g.patterns);
    free(g.links);
    free(g.since);
}
