#include "runtime/cli/analysis.h"
#include "runtime/cli/survey.h"

#include <pthread.h>
#include <string.h>

#define QUEUE 64
#define QUEUE_BYTES (128u << 20) /* of text that waits */
#define STACK (64u << 20) /* the parser bounds the depth of trees, not that of a small stack */
#define MESSAGES_MAX 1000

struct entry {
    struct cb_survey_item item;
    size_t order;
};

struct cb_survey_pool {
    struct cb_survey *survey;
    pthread_mutex_t lock; /* of all below and of the survey */
    pthread_cond_t filled, drained;
    struct entry queue[QUEUE];
    size_t first, waiting, bytes;
    size_t orders;
    bool ended;
    pthread_t *threads;
    unsigned n_threads;
};

/* ---- results ---- */

static void add_message(struct cb_survey *survey, size_t order, const char *text)
{
    if (survey->n_messages >= MESSAGES_MAX)
        return;
    if ((survey->n_messages & (survey->n_messages - 1)) == 0)
        survey->messages = cb_realloc(survey->messages, (survey->n_messages ? survey->n_messages * 2 : 1) * sizeof *survey->messages);
    survey->messages[survey->n_messages++] = (struct cb_survey_message){order, cb_strdup(text)};
}

static void skip(struct cb_survey_pool *pool, size_t order, enum cb_survey_skip reason, const char *message)
{
    pthread_mutex_lock(&pool->lock);
    pool->survey->skipped[reason]++;
    if (message)
        add_message(pool->survey, order, message);
    pthread_mutex_unlock(&pool->lock);
}

static void skip_error(struct cb_survey_pool *pool, size_t order, const struct cb_error *err)
{
    enum cb_survey_skip reason = err->code == -ENOTSUP                            ? CB_SKIP_LANGUAGE
                                 : err->code == -EFBIG || err->code == -E2BIG     ? CB_SKIP_LARGE
                                 : err->code == -EINVAL || err->code == -EILSEQ ? CB_SKIP_INVALID
                                                                                  : CB_SKIP_UNREADABLE;
    skip(pool, order, reason, err->message);
}

static void add_row(struct cb_survey_pool *pool, size_t order, const char *name, size_t cells, const struct cb_analysis *analysis)
{
    struct cb_survey_row row = {.order = order, .name = cb_strdup(name), .cells = cells, .depth = analysis->depth};
    for (size_t i = 0; i < analysis->n_cells; i++) {
        const struct cb_cell_analysis *cell = &analysis->cells[i];
        row.edges += cell->n_dependencies;
        row.open_world += cell->effects.open_world != 0;
        row.syntax_errors += cell->effects.syntax_error_line != 0;
    }
    pthread_mutex_lock(&pool->lock);
    struct cb_survey *survey = pool->survey;
    if (survey->n == survey->capacity) {
        survey->capacity = survey->capacity ? survey->capacity * 2 : 256;
        survey->rows = cb_realloc(survey->rows, survey->capacity * sizeof *survey->rows);
    }
    survey->rows[survey->n++] = row;
    pthread_mutex_unlock(&pool->lock);
}

/* ---- notebooks ---- */

/* The whole of a file, bounded, into the item. */
static int read_file(struct cb_survey_item *item, struct cb_error *err)
{
    struct cb_survey_stream *stream = cb_survey_stream_open(item->fd, item->gzip);
    item->fd = -1;
    struct cb_buffer text = {0};
    cleanup_free char *piece = cb_alloc(1 << 16);
    ssize_t got;
    while ((got = cb_survey_stream_read(stream, piece, 1 << 16)) > 0 && text.length + (size_t)got <= CB_NOTEBOOK_MAX_BYTES)
        cb_buffer_add(&text, piece, (size_t)got);
    cb_survey_stream_close(stream);
    cb_buffer_adds(&text, "");
    item->text = text.text;
    item->length = text.length;
    if (got > 0)
        return cb_fail(err, -EFBIG, CB_EXIT_USAGE, "", "%.300s is larger than %u MiB", item->name, CB_NOTEBOOK_MAX_BYTES >> 20);
    if (got < 0)
        return cb_fail(err, (int)got, CB_EXIT_USAGE, "", "%.300s cannot be read: %s", item->name,
                       got == -EILSEQ ? "it is not valid gzip" : strerror((int)-got));
    return 0;
}

static void analyze_notebook(struct cb_survey_pool *pool, const struct cb_survey_item *item, size_t order)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *notebook = NULL;
    if (cb_notebook_parse(item->text, item->length, item->name, &notebook, &err) < 0) {
        skip_error(pool, order, &err);
        return;
    }
    size_t cells = cb_analyzed_count(notebook);
    if (cells == 0) {
        skip(pool, order, CB_SKIP_EMPTY, NULL);
    } else {
        struct cb_analysis *analysis = cb_analyze_notebook(notebook);
        add_row(pool, order, item->name, cells, analysis);
        cb_analysis_free(analysis);
    }
    cb_notebook_free(notebook);
}

/* The source of a cell in a record: text, or its lines. False for anything else. */
static bool join_source(const json_t *value, struct cb_buffer *out)
{
    cb_buffer_adds(out, "");
    if (json_is_string(value)) {
        cb_buffer_add(out, json_string_value(value), json_string_length(value));
        return true;
    }
    size_t i;
    const json_t *line;
    json_array_foreach ((json_t *)(uintptr_t)value, i, line) {
        if (!json_is_string(line))
            return false;
        cb_buffer_add(out, json_string_value(line), json_string_length(line));
    }
    return json_is_array(value);
}

static bool is_blank(const struct cb_buffer *text)
{
    return strspn(text->text, " \t\r\n\f") == text->length;
}

/* {repo, path, cells}. */
static void analyze_record(struct cb_survey_pool *pool, const struct cb_survey_item *item, size_t order, json_t *record)
{
    json_t *list = json_object_get(record, "cells");
    size_t n = json_array_size(list), cells = 0;
    struct cb_buffer *texts = cb_alloc((n + 1) * sizeof *texts);
    cleanup_free struct cb_source *sources = cb_alloc((n + 1) * sizeof *sources);
    bool valid = json_is_array(list);
    for (size_t i = 0; i < n && valid; i++) {
        valid = join_source(json_array_get(list, i), &texts[i]);
        sources[i] = (struct cb_source){texts[i].text, texts[i].length};
        cells += valid && !is_blank(&texts[i]);
    }
    const char *repo = json_string_value(json_object_get(record, "repo")), *path = json_string_value(json_object_get(record, "path"));
    cleanup_free char *name = path ? cb_format("%s%s%s", repo ? repo : "", repo ? "/" : "", path) : cb_strdup(item->name);
    cleanup_free char *message = cb_format("%s does not have the form {\"repo\", \"path\", \"cells\": [source]}", item->name);
    if (!valid)
        skip(pool, order, CB_SKIP_INVALID, message);
    else if (cells == 0)
        skip(pool, order, CB_SKIP_EMPTY, NULL);
    else {
        struct cb_analysis *analysis = cb_analyze(sources, n);
        add_row(pool, order, name, cells, analysis);
        cb_analysis_free(analysis);
    }
    for (size_t i = 0; i < n; i++)
        cb_buffer_free(&texts[i]);
    free(texts);
}

static void analyze_item(struct cb_survey_pool *pool, struct cb_survey_item *item, size_t order)
{
    struct cb_error err = CB_ERROR_INIT;
    json_t *record = NULL;
    if (item->fd >= 0 && read_file(item, &err) < 0)
        skip_error(pool, order, &err);
    else if (!item->record)
        analyze_notebook(pool, item, order);
    else if (cb_json_parse(item->text, item->length, item->name, &record, &err) < 0)
        skip_error(pool, order, &err);
    else
        analyze_record(pool, item, order, record);
    json_decref(record);
    free(item->text);
    free(item->name);
}

/* ---- the queue ---- */

static void *work(void *context)
{
    struct cb_survey_pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->waiting == 0 && !pool->ended)
            pthread_cond_wait(&pool->filled, &pool->lock);
        if (pool->waiting == 0)
            break;
        struct entry entry = pool->queue[pool->first];
        pool->first = (pool->first + 1) % QUEUE;
        pool->waiting--;
        pool->bytes -= entry.item.length;
        pthread_cond_signal(&pool->drained);
        pthread_mutex_unlock(&pool->lock);
        analyze_item(pool, &entry.item, entry.order);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct cb_survey_pool *cb_survey_pool_new(unsigned threads, struct cb_survey *survey)
{
    struct cb_survey_pool *pool = cb_alloc(sizeof *pool);
    pool->survey = survey;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->filled, NULL);
    pthread_cond_init(&pool->drained, NULL);
    pool->threads = cb_alloc(threads * sizeof *pool->threads);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    while (pool->n_threads < threads && pthread_create(&pool->threads[pool->n_threads], &attributes, work, pool) == 0)
        pool->n_threads++;
    pthread_attr_destroy(&attributes);
    return pool;
}

void cb_survey_pool_add(struct cb_survey_pool *pool, const struct cb_survey_item *item)
{
    pthread_mutex_lock(&pool->lock);
    struct entry entry = {*item, pool->orders++};
    if (pool->n_threads == 0) { /* no thread could be started */
        pthread_mutex_unlock(&pool->lock);
        analyze_item(pool, &entry.item, entry.order);
        return;
    }
    while (pool->waiting == QUEUE || (pool->waiting && pool->bytes + item->length > QUEUE_BYTES))
        pthread_cond_wait(&pool->drained, &pool->lock);
    pool->queue[(pool->first + pool->waiting++) % QUEUE] = entry;
    pool->bytes += item->length;
    pthread_cond_signal(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
}

void cb_survey_pool_skip(struct cb_survey_pool *pool, enum cb_survey_skip reason, const char *message)
{
    pthread_mutex_lock(&pool->lock);
    size_t order = pool->orders++;
    pthread_mutex_unlock(&pool->lock);
    skip(pool, order, reason, message);
}

static int compare_rows(const void *left, const void *right)
{
    const struct cb_survey_row *a = left, *b = right;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int compare_messages(const void *left, const void *right)
{
    const struct cb_survey_message *a = left, *b = right;
    return a->order < b->order ? -1 : a->order > b->order;
}

void cb_survey_pool_end(struct cb_survey_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->ended = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->n_threads; i++)
        pthread_join(pool->threads[i], NULL);
    struct cb_survey *survey = pool->survey;
    if (survey->n)
        qsort(survey->rows, survey->n, sizeof *survey->rows, compare_rows);
    if (survey->n_messages)
        qsort(survey->messages, survey->n_messages, sizeof *survey->messages, compare_messages);
    pthread_cond_destroy(&pool->filled);
    pthread_cond_destroy(&pool->drained);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

void cb_survey_free(struct cb_survey *survey)
{
    for (size_t i = 0; i < survey->n; i++)
        free(survey->rows[i].name);
    for (size_t i = 0; i < survey->n_messages; i++)
        free(survey->messages[i].text);
    free(survey->rows);
    free(survey->messages);
}
