/*
 * analyzer: the grammar's parse table, unfolded.
 *
 * The grammar keeps most states as lists of groups of symbols, which are searched for every token and every reduction
 * (a tenth of the time of parsing). With one row for each state, as it has them for its largest states already, that is one
 * look into 1.5 MB. This uses the interface between the generated grammar and the library (tree_sitter/parser.h, ABI 15).
 */
#include "analyzer/parse_walk.h"

#include <pthread.h>
#include <string.h>
#include <tree_sitter/parser.h>

const TSLanguage *tree_sitter_python(void);

static TSLanguage unfolded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Of the process, and never freed: it is of constant data. */
static void unfold(void)
{
    const TSLanguage *folded = tree_sitter_python();
    size_t symbols = folded->symbol_count, large = folded->large_state_count;
    uint16_t *rows = cb_alloc(folded->state_count * symbols * sizeof *rows);
    memcpy(rows, folded->parse_table, large * symbols * sizeof *rows);
    for (size_t state = large; state < folded->state_count; state++) {
        const uint16_t *p = &folded->small_parse_table[folded->small_parse_table_map[state - large]];
        for (uint16_t groups = *p++; groups; groups--) {
            uint16_t value = *p++;
            for (uint16_t n = *p++; n; n--)
                rows[state * symbols + *p++] = value;
        }
    }
    unfolded = *folded;
    unfolded.parse_table = rows;
    unfolded.large_state_count = folded->state_count;
}

const TSLanguage *cb_parse_language(void)
{
    pthread_once(&once, unfold);
    return &unfolded;
}
