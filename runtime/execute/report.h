/* report: the object that `run --json` prints, gathered cell by cell. */
#ifndef CB_REPORT_H
#define CB_REPORT_H

#include "analyzer/analyzer.h"
#include "runtime/execute/live.h"

struct cb_report;
struct cb_report *cb_report_new(size_t n_cells);
void cb_report_free(struct cb_report *report);

/* What was expected of the cells, for "predicted" of their reads and writes. Borrowed until the report is freed. */
void cb_report_expect(struct cb_report *report, const struct cb_analysis *analysis);

/* Cell `index` has ended (status "committed" or "failed"). Must be called before its live is freed and, for the digests of what it wrote, after
 * its versions were applied. */
void cb_report_cell(struct cb_report *report, const struct cb_run_context *run, const struct cb_live *live,
                    const char *status);

/* The finished object, a new reference; cells that did not run are "skipped". */
json_t *cb_report_json(struct cb_report *report, const struct cb_run_context *run, const char *status, double seconds);

/* reads and writes of a cell, for its metadata.cellblock: {"reads": [names], "writes": [names]}. */
json_t *cb_report_metadata(const struct cb_report *report, size_t index, const char *status);

#endif
