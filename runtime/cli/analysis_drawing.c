/*
 * The graph in a terminal: one line a cell, and to the left of it a lane for each cell that later ones still need. A lane goes down
 * from its cell and turns towards the cells that need it.
 *
 * Only dependencies that no other implies are drawn, else the cell with the imports would lead everywhere.
 */
#include "runtime/cli/analysis.h"
#include "runtime/cli/cli.h"

#include <string.h>

#define REDUCED_MAX 8192 /* cells; of more, all dependencies are drawn: the sets would take n²/8 bytes */
#define LANES_MAX 64
#define NO_LANE SIZE_MAX

struct drawing {
    const struct cb_analyzed *a;
    size_t n;
    size_t *needs, *begin; /* of cell i: needs[begin[i]] up to needs[begin[i + 1]], what is drawn of what it depends on */
    size_t *last;          /* the last cell that needs it; itself where none does */
    size_t *lane_of;       /* while it is needed; NO_LANE where there was none left */
    size_t lanes[LANES_MAX]; /* the cell whose lane it is, or NO_LANE */
    size_t n_lanes, used;
    size_t above; /* lane of the cell in the line before: another one right under it would look joined to it */
};

/* ---- dependencies that no other implies ---- */

/* `above` has for each cell the set of cells that come before it. From the newest dependency to the oldest: one that a newer one comes after is
 * implied. */
static void reduce_cell(struct drawing *d, size_t cell, uint64_t *above, size_t words, size_t *n)
{
    const struct cb_cell_analysis *c = &d->a->analysis->cells[cell];
    uint64_t *mine = above ? above + cell * words : NULL;
    size_t first = *n;
    for (size_t i = c->n_dependencies; i-- > 0;) {
        size_t writer = c->dependencies[i].cell;
        if (mine && (mine[writer / 64] >> writer % 64 & 1))
            continue;
        d->needs[(*n)++] = writer;
        d->last[writer] = cell;
        if (!mine)
            continue;
        const uint64_t *theirs = above + writer * words;
        for (size_t w = 0; w <= writer / 64; w++)
            mine[w] |= theirs[w];
        mine[writer / 64] |= (uint64_t)1 << writer % 64;
    }
    d->begin[cell] = first;
}

static void reduce(struct drawing *d)
{
    size_t edges = 0, n = 0, words = d->n / 64 + 1;
    for (size_t i = 0; i < d->n; i++)
        edges += d->a->analysis->cells[i].n_dependencies;
    d->needs = cb_alloc((edges + 1) * sizeof *d->needs);
    d->begin = cb_alloc((d->n + 1) * sizeof *d->begin);
    d->last = cb_alloc((d->n + 1) * sizeof *d->last);
    d->lane_of = cb_alloc((d->n + 1) * sizeof *d->lane_of);
    cleanup_free uint64_t *above = d->n <= REDUCED_MAX ? cb_alloc(d->n * words * sizeof *above + 1) : NULL;
    for (size_t i = 0; i < d->n; i++) {
        d->last[i] = i;
        d->lane_of[i] = NO_LANE;
        reduce_cell(d, i, above, words, &n);
    }
    d->begin[d->n] = n;
}

/* ---- lanes ---- */

enum arms { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };
static const char *const glyphs[16] = {" ", "╵", "╷", "│", "╴", "┘", "┐", "┤", "╶", "└", "┌", "├", "─", "┴", "┬", "┼"};

struct line {
    bool joined[LANES_MAX]; /* the lane's cell is needed here */
    size_t node;            /* lane of this cell; NO_LANE */
    size_t low, high;       /* between which lanes there is a horizontal line */
    bool hidden;            /* something is needed that has no lane */
};

/* The lane straight down from something that nobody needs after this, else the first free one. */
static size_t choose_lane(const struct drawing *d, size_t cell, const struct line *line)
{
    for (size_t i = 0; i < d->n_lanes; i++)
        if (line->joined[i] && d->last[d->lanes[i]] == cell)
            return i;
    for (size_t i = 0; i < d->n_lanes; i++)
        if (d->lanes[i] == NO_LANE && i != d->above)
            return i;
    return NO_LANE;
}

static void plan_line(struct drawing *d, size_t cell, struct line *line)
{
    *line = (struct line){.low = NO_LANE, .high = 0};
    for (size_t i = d->begin[cell]; i < d->begin[cell + 1]; i++) {
        size_t lane = d->lane_of[d->needs[i]];
        if (lane == NO_LANE)
            line->hidden = true;
        else
            line->joined[lane] = true;
    }
    line->node = choose_lane(d, cell, line);
    for (size_t i = 0; i < d->n_lanes; i++)
        if (line->joined[i] || i == line->node) {
            line->low = line->low == NO_LANE ? i : line->low;
            line->high = i;
        }
}

static const char *glyph_at(const struct drawing *d, size_t cell, const struct line *line, size_t lane)
{
    bool between = line->low != NO_LANE && lane >= line->low && lane <= line->high;
    size_t owner = d->lanes[lane];
    if (lane == line->node)
        return d->a->analysis->cells[cell].effects.open_world ? "◆" : "●";
    if (owner == NO_LANE)
        return glyphs[between ? LEFT | RIGHT : 0];
    if (!line->joined[lane])
        return glyphs[UP | DOWN]; /* passes in front */
    unsigned arms = UP | (d->last[owner] > cell ? DOWN : 0) | (lane > line->low ? LEFT : 0) | (lane < line->high ? RIGHT : 0);
    return glyphs[arms];
}

static void draw_lanes(const struct drawing *d, size_t cell, const struct line *line, struct cb_buffer *out)
{
    for (size_t i = 0; i < d->used; i++) {
        cb_buffer_adds(out, glyph_at(d, cell, line, i));
        bool on = line->low != NO_LANE && i >= line->low && i < line->high;
        cb_buffer_adds(out, on ? "─" : " ");
    }
}

/* Lanes end with the last cell that needs them; this cell's begins. */
static void end_line(struct drawing *d, size_t cell, const struct line *line)
{
    for (size_t i = 0; i < d->n_lanes; i++)
        if (d->lanes[i] != NO_LANE && d->last[d->lanes[i]] <= cell)
            d->lanes[i] = NO_LANE;
    d->above = line->node;
    if (line->node != NO_LANE && d->last[cell] > cell) {
        d->lanes[line->node] = cell;
        d->lane_of[cell] = line->node;
    }
}

/* How many lanes there will be, so that the code begins in one column. */
static void measure(struct drawing *d)
{
    size_t used = 0;
    for (size_t i = 0; i < d->n; i++) {
        struct line line;
        plan_line(d, i, &line);
        if (line.node != NO_LANE && line.node + 1 > used)
            used = line.node + 1;
        end_line(d, i, &line);
    }
    for (size_t i = 0; i < d->n; i++)
        d->lane_of[i] = NO_LANE;
    for (size_t i = 0; i < LANES_MAX; i++)
        d->lanes[i] = NO_LANE;
    d->above = NO_LANE;
    d->used = used;
}

static void draw_cell(struct drawing *d, size_t cell, const struct cb_style *style, struct cb_buffer *out)
{
    const struct cb_cell_analysis *c = &d->a->analysis->cells[cell];
    struct line line;
    plan_line(d, cell, &line);
    draw_lanes(d, cell, &line, out);
    cleanup_buffer struct cb_buffer text = {0};
    for (size_t i = d->begin[cell + 1]; line.hidden && i-- > d->begin[cell];)
        if (d->lane_of[d->needs[i]] == NO_LANE)
            cb_buffer_addf(&text, "%s%zu", text.length ? "," : "← ", d->needs[i] + 1);
    if (text.length)
        cb_buffer_adds(&text, "  ");
    cb_analysis_code(d->a, cell, style->columns, &text); /* appends; what is before is short */
    size_t taken = d->used * 2 + 12;
    cb_terminal_fit(&text, style->columns > taken + 20 ? style->columns - taken - 1 : 20);
    const char *dim = style->colours ? "\x1b[2m" : "", *plain = style->colours ? "\x1b[0m" : "";
    cb_buffer_addf(out, " %4zu %s%4zu%s  %s\n", cell + 1, dim, c->depth, plain, text.text);
    end_line(d, cell, &line);
}

void cb_analysis_drawing(const struct cb_analyzed *a, const struct cb_style *style, struct cb_buffer *out)
{
    struct drawing d = {.a = a, .n = a->analysis->n_cells, .above = NO_LANE};
    for (size_t i = 0; i < LANES_MAX; i++)
        d.lanes[i] = NO_LANE;
    size_t room = style->columns / 4; /* two columns a lane, half of the line for the code */
    d.n_lanes = room < 4 ? 4 : room > LANES_MAX ? LANES_MAX : room;
    reduce(&d);
    measure(&d);
    cb_buffer_addf(out, "%*s cell level\n", (int)(d.used * 2), "");
    for (size_t i = 0; i < d.n; i++)
        draw_cell(&d, i, style, out);
    free(d.needs);
    free(d.begin);
    free(d.last);
    free(d.lane_of);
}
