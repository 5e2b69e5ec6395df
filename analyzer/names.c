/*
 * analyzer: arena and interned names.
 */
#include "analyzer/names.h"

#include <string.h>
#include <utf8proc.h>

/* Blocks grow, so that a small notebook costs little and a large one few allocations. */
enum { BLOCK_MIN = 32 << 10, BLOCK_MAX = 4 << 20, TABLE_MIN = 1024 };

struct cb_arena_block {
    struct cb_arena_block *next;
    size_t size;
    max_align_t bytes[];
};

/* A block's memory comes zeroed from cb_alloc and is handed out once. */
static void *grow(struct cb_arena *arena, size_t n)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_MIN;
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (n > size / 4) { /* alone in a block, behind the current one, whose rest stays in use */
        struct cb_arena_block *own = cb_alloc(sizeof *own + n);
        if (arena->blocks) {
            own->next = arena->blocks->next;
            arena->blocks->next = own;
        } else {
            own->size = BLOCK_MIN / 2;
            arena->blocks = own;
        }
        return own->bytes;
    }
    struct cb_arena_block *block = cb_alloc(sizeof *block + size);
    block->next = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->p = (char *)block->bytes + n;
    arena->end = (char *)block->bytes + size;
    return block->bytes;
}

void *cb_arena_alloc(struct cb_arena *arena, size_t n)
{
    n = (n + 7) & ~(size_t)7;
    arena->used += n;
    if (n > (size_t)(arena->end - arena->p))
        return grow(arena, n);
    void *p = arena->p;
    arena->p += n;
    return p;
}

char *cb_arena_copy(struct cb_arena *arena, const char *text, size_t n)
{
    char *copy = cb_arena_alloc(arena, n + 1);
    if (n)
        memcpy(copy, text, n);
    return copy;
}

void cb_arena_free(struct cb_arena *arena)
{
    for (struct cb_arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *arena = (struct cb_arena){0};
}

void cb_names_init(struct cb_names *names, struct cb_arena *arena)
{
    *names = (struct cb_names){.arena = arena, .n = 1, .capacity = TABLE_MIN / 2, .mask = TABLE_MIN - 1};
    names->text = cb_alloc(names->capacity * sizeof *names->text);
    names->hashes = cb_alloc(names->capacity * sizeof *names->hashes);
    names->table = cb_alloc(TABLE_MIN * sizeof *names->table);
    names->text[0] = "";
}

void cb_names_free(struct cb_names *names)
{
    free(names->text);
    free(names->hashes);
    free(names->table);
    *names = (struct cb_names){0};
}

/* Eight bytes a step, multiplied and folded as in wyhash. A notebook that makes names collide on purpose only
 * slows down its own analysis. */
static uint32_t hash_bytes(const char *text, size_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ n;
    for (; n > 8; text += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        h = (h ^ word) * 0xd6e8feb86659fd93u;
        h ^= h >> 32;
    }
    uint64_t last = 0;
    memcpy(&last, text, n);
    h = (h ^ last) * 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return (uint32_t)(h >> 32);
}

static bool is_ascii(const char *text, size_t n)
{
    uint64_t bits = 0;
    for (; n >= 8; text += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        bits |= word;
    }
    for (; n; text++, n--)
        bits |= (uint8_t)*text;
    return !(bits & 0x8080808080808080u);
}

/* NFKC of an identifier, to be freed; NULL where it is no UTF-8. */
static char *normalized(const char *text, size_t n)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, &out,
                                           UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    if (length < 0) {
        free(out);
        return NULL;
    }
    return (char *)out;
}

/* Its slot: of the name, or the free one where it belongs. */
static uint32_t slot_of(const struct cb_names *names, const char *text, size_t n, uint32_t hash)
{
    for (uint32_t i = hash & names->mask;; i = (i + 1) & names->mask) {
        cb_name name = names->table[i];
        if (!name || (names->hashes[name] == hash && strncmp(names->text[name], text, n) == 0 &&
                      names->text[name][n] == 0))
            return i;
    }
}

static void enlarge(struct cb_names *names)
{
    names->capacity *= 2;
    names->text = cb_realloc(names->text, names->capacity * sizeof *names->text);
    names->hashes = cb_realloc(names->hashes, names->capacity * sizeof *names->hashes);
    names->mask = names->mask * 2 + 1;
    free(names->table);
    names->table = cb_alloc(((size_t)names->mask + 1) * sizeof *names->table);
    for (cb_name name = 1; name < names->n; name++) {
        uint32_t i = names->hashes[name] & names->mask;
        while (names->table[i])
            i = (i + 1) & names->mask;
        names->table[i] = name;
    }
}

static cb_name intern(struct cb_names *names, const char *text, size_t n)
{
    uint32_t hash = hash_bytes(text, n), slot = slot_of(names, text, n, hash);
    if (names->table[slot])
        return names->table[slot];
    if (names->n == names->capacity) {
        enlarge(names);
        slot = slot_of(names, text, n, hash);
    }
    cb_name name = names->n++;
    names->text[name] = cb_arena_copy(names->arena, text, n);
    names->hashes[name] = hash;
    return names->table[slot] = name;
}

cb_name cb_names_intern(struct cb_names *names, const char *text, size_t n)
{
    const char *nul = n ? memchr(text, 0, n) : NULL;
    if (nul) /* texts end with NUL */
        n = (size_t)(nul - text);
    if (is_ascii(text, n))
        return intern(names, text, n);
    cleanup_free char *same = normalized(text, n);
    return same ? intern(names, same, strlen(same)) : intern(names, text, n);
}

cb_name cb_names_find(const struct cb_names *names, const char *text)
{
    size_t n = strlen(text);
    cleanup_free char *same = is_ascii(text, n) ? NULL : normalized(text, n);
    if (same)
        text = same, n = strlen(same);
    return names->table[slot_of(names, text, n, hash_bytes(text, n))];
}
