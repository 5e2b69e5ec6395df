#include "analyzer/reading.h"

void cb_reading_begin(struct cb_analysis_private *reading, size_t n)
{
    cb_names_init(&reading->names, &reading->arena);
    reading->parser = cb_parser_new(&reading->names);
    reading->modules = cb_arena_alloc(&reading->arena, (n + 1) * sizeof *reading->modules);
    reading->n = n;
}

void cb_reading_cell(struct cb_analysis_private *reading, size_t index, const char *text, size_t length)
{
    struct cb_ipython *ipython = cb_arena_alloc(&reading->arena, sizeof *ipython);
    cb_ipython_read(&reading->arena, text, length, ipython);
    reading->modules[index].ipython = ipython;
    cb_parse(reading->parser, ipython, &reading->modules[index]);
}

void cb_reading_stop(struct cb_analysis_private *reading)
{
    if (reading->parser)
        cb_parser_free(reading->parser);
    reading->parser = NULL;
}

void cb_reading_end(struct cb_analysis_private *reading)
{
    cb_reading_stop(reading);
    cb_names_free(&reading->names);
    cb_arena_free(&reading->arena);
}
