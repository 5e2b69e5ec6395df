/*
 * cli: an analysis of a notebook as people and programs get it. Nothing here reads files; all text from
 * the notebook is neutralised.
 */
#ifndef CB_CLI_ANALYSIS_H
#define CB_CLI_ANALYSIS_H

#include "analyzer/analyzer.h"
#include "runtime/notebook/notebook.h"

/* A notebook and what was found out about it. */
struct cb_analyzed {
    const char *path;
    const struct cb_notebook *notebook;
    const struct cb_analysis *analysis;
};

/* How to print for people. */
struct cb_style {
    size_t columns; /* of the terminal */
    bool colours;
};

/* Code cells that are not blank: those that "cells" of parallelism and the survey mean. */
size_t cb_analyzed_count(const struct cb_notebook *notebook);
/* The analysis of all its code cells. */
struct cb_analysis *cb_analyze_notebook(const struct cb_notebook *notebook);

/* One line: the object of docs/interfaces.md. */
void cb_analysis_json(const struct cb_analyzed *a, struct cb_buffer *out);
/* For Graphviz. */
void cb_analysis_dot(const struct cb_analyzed *a, struct cb_buffer *out);
/* A paragraph a cell; then one line a cell, with lines from those it needs. */
void cb_analysis_table(const struct cb_analyzed *a, const struct cb_style *style, struct cb_buffer *out);
void cb_analysis_drawing(const struct cb_analyzed *a, const struct cb_style *style, struct cb_buffer *out);

/* The first line of a cell's code, at most `columns` wide. */
void cb_analysis_code(const struct cb_analyzed *a, size_t cell, size_t columns, struct cb_buffer *out);

#endif
