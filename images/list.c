#include "images/list.h"

#include <string.h>

struct cb_image_list *cb_image_list_new(void)
{
    return cb_alloc(sizeof(struct cb_image_list));
}

void cb_image_list_add(struct cb_image_list *list, enum cb_image_kind kind, const char *target,
                       const char *source)
{
    size_t n = list->image.n_entries;
    if (n == list->capacity) {
        list->capacity = n ? 2 * n : 64;
        list->entries = cb_realloc(list->entries, list->capacity * sizeof *list->entries);
        list->image.entries = list->entries;
    }
    list->entries[n] = (struct cb_image_entry){kind, cb_strdup(target), cb_strdup(source)};
    list->image.n_entries = n + 1;
}

void cb_image_list_seal(struct cb_image_list *list, const struct cb_buffer *state)
{
    cleanup_buffer struct cb_buffer text = {0};
    for (size_t i = 0; i < list->image.n_entries; i++) {
        const struct cb_image_entry *e = &list->entries[i];
        cb_buffer_addf(&text, "%d", (int)e->kind);
        /* With their NULs: no two lists give the same bytes. */
        cb_buffer_add(&text, e->target, strlen(e->target) + 1);
        cb_buffer_add(&text, e->source, strlen(e->source) + 1);
    }
    cb_buffer_add(&text, state->text ? state->text : "", state->length);
    cb_sha256(text.text, text.length, list->digest);
    list->image.digest = list->digest;
}

void cb_image_close(struct cb_image *image)
{
    if (!image)
        return;
    struct cb_image_list *list = (struct cb_image_list *)image;
    for (size_t i = 0; i < image->n_entries; i++) {
        free((char *)list->entries[i].target);
        free((char *)list->entries[i].source);
    }
    free(list->entries);
    free(list);
}
