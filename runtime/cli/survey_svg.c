#include "runtime/cli/survey.h"

#include <math.h>
#include <string.h>

/* The plot's area in the picture, in pixels. Both axes are logarithmic: a few notebooks are a hundred times the usual size. */
#define LEFT 60.0
#define TOP 30.0
#define WIDTH 560.0
#define HEIGHT 400.0
#define CLASSES 5 /* of darkness */

struct point {
    size_t cells, depth, notebooks;
};

static int compare_points(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    if (a->cells != b->cells)
        return a->cells < b->cells ? -1 : 1;
    return a->depth < b->depth ? -1 : a->depth > b->depth;
}

/* Notebooks with the same numbers are one point. */
static struct point *gather(const struct cb_survey *survey, size_t *n)
{
    struct point *points = cb_alloc((survey->n + 1) * sizeof *points);
    for (size_t i = 0; i < survey->n; i++)
        points[i] = (struct point){survey->rows[i].cells, survey->rows[i].depth, 1};
    qsort(points, survey->n, sizeof *points, compare_points);
    *n = 0;
    for (size_t i = 0; i < survey->n; i++) {
        if (*n && compare_points(&points[*n - 1], &points[i]) == 0)
            points[*n - 1].notebooks++;
        else
            points[(*n)++] = points[i];
    }
    return points;
}

struct scale {
    double most_cells, most_depth;
};

static double x_of(const struct scale *s, double cells)
{
    return LEFT + WIDTH * log(cells) / log(s->most_cells);
}

static double y_of(const struct scale *s, double depth)
{
    return TOP + HEIGHT - HEIGHT * log(depth) / log(s->most_depth);
}

/* 1, 2, 5, 10, 20, 50 … */
static double next_tick(double tick)
{
    double power = pow(10, floor(log10(tick) + 1e-9));
    double digit = tick / power;
    return power * (digit < 1.5 ? 2 : digit < 3 ? 5 : 10);
}

static double round_up(double value)
{
    double tick = 10;
    while (tick < value)
        tick = next_tick(tick);
    return tick;
}

static void draw_axes(const struct scale *s, struct cb_buffer *out)
{
    cb_buffer_addf(out, "<g stroke=\"#ddd\"><path d=\"");
    for (double t = 1; t <= s->most_cells; t = next_tick(t))
        cb_buffer_addf(out, "M%.1f %.0fv%.0f", x_of(s, t), TOP, HEIGHT);
    for (double t = 1; t <= s->most_depth; t = next_tick(t))
        cb_buffer_addf(out, "M%.0f %.1fh%.0f", LEFT, y_of(s, t), WIDTH);
    cb_buffer_adds(out, "\"/></g>\n<g text-anchor=\"middle\">");
    for (double t = 1; t <= s->most_cells; t = next_tick(t))
        cb_buffer_addf(out, "<text x=\"%.1f\" y=\"%.0f\">%.0f</text>", x_of(s, t), TOP + HEIGHT + 16, t);
    cb_buffer_addf(out, "<text x=\"%.0f\" y=\"%.0f\">code cells</text></g>\n<g text-anchor=\"end\">", LEFT + WIDTH / 2, TOP + HEIGHT + 36);
    for (double t = 1; t <= s->most_depth; t = next_tick(t))
        cb_buffer_addf(out, "<text x=\"%.0f\" y=\"%.1f\">%.0f</text>", LEFT - 6, y_of(s, t) + 4, t);
    cb_buffer_addf(out, "</g>\n<text transform=\"translate(18 %.0f)rotate(-90)\" text-anchor=\"middle\">depth</text>\n", TOP + HEIGHT / 2);
}

/* Lines of equal parallelism: all cells in a row, four at once. */
static void draw_guides(const struct scale *s, struct cb_buffer *out)
{
    for (int ratio = 1; ratio <= 4; ratio *= 4) {
        double depth = s->most_cells / ratio < s->most_depth ? s->most_cells / ratio : s->most_depth;
        cb_buffer_addf(out, "<path stroke=\"#999\" stroke-dasharray=\"4 3\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x_of(s, ratio), y_of(s, 1),
                       x_of(s, depth * ratio), y_of(s, depth));
        cb_buffer_addf(out, "<text fill=\"#777\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x_of(s, depth * ratio) - 6,
                       y_of(s, depth) - 4, ratio == 1 ? "one after another" : "four at once");
    }
}

/* All points of one darkness are one path of dots: 12 bytes each. */
static void draw_points(const struct scale *s, const struct point *points, size_t n, struct cb_buffer *out)
{
    for (int class = 0; class < CLASSES; class++) {
        size_t low = (size_t)1 << class, high = class == CLASSES - 1 ? SIZE_MAX : low * 2;
        bool begun = false;
        for (size_t i = 0; i < n; i++) {
            if (points[i].notebooks < low || points[i].notebooks >= high)
                continue;
            if (!begun)
                cb_buffer_addf(out, "<path stroke=\"#1f5fa8\" stroke-width=\"7\" stroke-linecap=\"round\" opacity=\"%.2f\" d=\"",
                               0.25 + 0.75 * class / (CLASSES - 1));
            begun = true;
            cb_buffer_addf(out, "M%.1f %.1fh0", x_of(s, (double)points[i].cells), y_of(s, (double)points[i].depth));
        }
        if (begun)
            cb_buffer_adds(out, "\"/>\n");
    }
}

static void draw_mean(const struct cb_survey *survey, const struct scale *s, struct cb_buffer *out)
{
    double cells = 0, depth = 0;
    for (size_t i = 0; i < survey->n; i++) {
        cells += (double)survey->rows[i].cells;
        depth += (double)survey->rows[i].depth;
    }
    if (survey->n == 0)
        return;
    cells /= (double)survey->n;
    depth /= (double)survey->n;
    cb_buffer_addf(out, "<path stroke=\"#c22\" stroke-width=\"2\" d=\"M%.1f %.1fm-7 0h14m-7-7v14\"/>\n", x_of(s, cells), y_of(s, depth));
    cb_buffer_addf(out, "<text x=\"%.0f\" y=\"18\">%zu notebook%s; mean (<tspan fill=\"#c22\">+</tspan>): %.1f cells, depth %.2f</text>\n", LEFT,
                   survey->n, survey->n == 1 ? "" : "s", cells, depth);
}

void cb_survey_svg(const struct cb_survey *survey, struct cb_buffer *out)
{
    size_t n;
    cleanup_free struct point *points = gather(survey, &n);
    struct scale s = {10, 10};
    for (size_t i = 0; i < n; i++) {
        s.most_cells = fmax(s.most_cells, round_up((double)points[i].cells));
        s.most_depth = fmax(s.most_depth, round_up((double)points[i].depth));
    }
    cb_buffer_addf(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"12\" fill=\"none\">\n"
                   "<title>Depth of notebooks against their size</title>\n"
                   "<path fill=\"#fff\" d=\"M0 0h%.0fv%.0fH0z\"/>\n<g fill=\"#333\">\n",
                   LEFT + WIDTH + 30, TOP + HEIGHT + 50, LEFT + WIDTH + 30, TOP + HEIGHT + 50);
    draw_axes(&s, out);
    draw_guides(&s, out);
    cb_buffer_adds(out, "</g>\n");
    draw_points(&s, points, n, out);
    cb_buffer_adds(out, "<g fill=\"#333\">");
    draw_mean(survey, &s, out);
    cb_buffer_adds(out, "</g>\n</svg>\n");
}
