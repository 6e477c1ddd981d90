/* Decides what a quote means where RFC 4180 gives it no meaning. Works on runs: what needs no mending is
 * handed on in one piece, without being copied. */
#include "campana/quoting.h"
#include <string.h>

struct work {
    struct quoting *quoting;
    const char *data;
    size_t len, at;
    size_t from; /* what stands from here to `at` goes to the sink as it is */
    quoting_sink *sink;
    void *context;
};

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(const struct quoting *quoting, char c)
{
    return (c == ' ' || c == '\t') && c != quoting->delimiter;
}

static bool ends_cell(const struct quoting *quoting, char c)
{
    return c == quoting->delimiter || is_line_end(c);
}

/* Hands on what stands before `end`. */
static int flush(struct work *work, size_t end)
{
    size_t from = work->from;
    work->from = end;
    return end > from ? work->sink(work->context, work->data + from, end - from) : 0;
}

static int put(struct work *work, const char *text, size_t len)
{
    return len > 0 ? work->sink(work->context, text, len) : 0;
}

static int tell_mended(struct work *work)
{
    return work->sink(work->context, "", 0);
}

static int put_blanks(struct work *work)
{
    size_t count = work->quoting->blank_count;
    work->quoting->blank_count = 0;
    return put(work, work->quoting->blanks, count);
}

static void begin_quoted(struct quoting *quoting)
{
    quoting->state = QUOTING_QUOTED;
    quoting->stray = quoting->even = quoting->delimiter_seen = quoting->line_break = false;
}

/* Whether the blanks from `from` to `to`, with those held back already, begin a cell. */
static bool is_cell_start(const struct work *work, size_t from, size_t to)
{
    const struct quoting *quoting = work->quoting;
    if (from > work->at)
        return ends_cell(quoting, work->data[from - 1]);
    return quoting->state == QUOTING_CELL_START && quoting->blank_count + (to - from) <= QUOTING_BLANKS_MOST;
}

/* Blanks at the end of what is there: what follows them will tell. */
static int hold(struct work *work, size_t from)
{
    struct quoting *quoting = work->quoting;
    int result = flush(work, from);
    memcpy(quoting->blanks + quoting->blank_count, work->data + from, work->len - from);
    quoting->blank_count += work->len - from;
    quoting->state = QUOTING_CELL_START;
    work->at = work->from = work->len;
    return result;
}

static int open_quote(struct work *work, size_t blanks_from, size_t quote)
{
    struct quoting *quoting = work->quoting;
    int result = 0;
    if (quote > blanks_from || quoting->blank_count > 0) {
        quoting->blank_count = 0;
        result = flush(work, blanks_from);
        work->from = quote;
        if (result == 0)
            result = tell_mended(work);
    }
    begin_quoted(quoting);
    work->at = quote + 1;
    return result;
}

/* Goes to the next quote at once, and looks back whether it opens a cell. */
static int outside_quotes(struct work *work)
{
    struct quoting *quoting = work->quoting;
    const char *quote = memchr(work->data + work->at, '"', work->len - work->at);
    size_t end = quote == NULL ? work->len : (size_t)(quote - work->data);
    size_t blanks = end;
    while (blanks > work->at && end - blanks < QUOTING_BLANKS_MOST &&
           is_blank(quoting, work->data[blanks - 1]))
        blanks--;
    bool cell_start = is_cell_start(work, blanks, end);
    if (blanks > work->at || !cell_start) {
        int result = put_blanks(work);
        if (result != 0)
            return result;
    }
    if (cell_start)
        return quote == NULL ? hold(work, blanks) : open_quote(work, blanks, end);
    quoting->state = QUOTING_PLAIN;
    work->at = end + (quote != NULL);
    return 0;
}

/* A line's end inside a quoted cell. */
static int break_line(struct work *work)
{
    struct quoting *quoting = work->quoting;
    if (!quoting->stray) {
        quoting->line_break = true;
        work->at++;
        return 0;
    }
    if (!quoting->even || quoting->delimiter_seen)
        return QUOTING_AMBIGUOUS;
    int result = flush(work, work->at);
    if (result == 0)
        result = put(work, "\"", 1);
    work->at++;
    quoting->state = QUOTING_CELL_START;
    return result;
}

/* A quote, seen together with what follows it where that is there already. */
static int meet_quote(struct work *work)
{
    struct quoting *quoting = work->quoting;
    bool known = work->at + 1 < work->len;
    char next = known ? work->data[work->at + 1] : '\0';
    if (known && (ends_cell(quoting, next) || next == '"')) {
        quoting->state = next == '"' ? QUOTING_QUOTED : QUOTING_CELL_START;
        work->at += 2;
        return 0;
    }
    int result = flush(work, work->at);
    work->from = ++work->at;
    quoting->even = !quoting->even;
    quoting->state = QUOTING_QUOTE_SEEN;
    return result;
}

/* Place of the first line's end before `end`; `end` where there is none. */
static size_t find_line_end(const struct work *work, size_t end)
{
    const char *feed = memchr(work->data + work->at, '\n', end - work->at);
    if (feed != NULL)
        end = (size_t)(feed - work->data);
    const char *carriage = memchr(work->data + work->at, '\r', end - work->at);
    return carriage == NULL ? end : (size_t)(carriage - work->data);
}

/* Goes to the next quote at once, and looks back whether a line ends before it where that tells something. */
static int in_quoted(struct work *work)
{
    struct quoting *quoting = work->quoting;
    const char *quote = memchr(work->data + work->at, '"', work->len - work->at);
    size_t end = quote == NULL ? work->len : (size_t)(quote - work->data);
    if (quoting->stray || !quoting->line_break) {
        size_t line = find_line_end(work, end);
        if (quoting->stray && memchr(work->data + work->at, quoting->delimiter, line - work->at) != NULL)
            quoting->delimiter_seen = true;
        if (line < end) {
            work->at = line;
            return break_line(work);
        }
    }
    work->at = end;
    return quote == NULL ? 0 : meet_quote(work);
}

/* The quote before it, not handed on yet, ends the cell, is doubled, or belongs to the text. */
static int after_quote(struct work *work)
{
    struct quoting *quoting = work->quoting;
    char c = work->data[work->at];
    if (is_blank(quoting, c) && quoting->blank_count < QUOTING_BLANKS_MOST) {
        quoting->blanks[quoting->blank_count++] = c;
        work->from = ++work->at;
        return 0;
    }
    if (ends_cell(quoting, c)) {
        int result = quoting->blank_count > 0 ? tell_mended(work) : 0;
        quoting->blank_count = 0;
        quoting->state = QUOTING_CELL_START;
        work->at++;
        return result == 0 ? put(work, "\"", 1) : result;
    }
    if (c == '"' && quoting->blank_count == 0) {
        quoting->state = QUOTING_QUOTED;
        quoting->even = !quoting->even;
        work->at++;
        return put(work, "\"", 1);
    }
    if (quoting->line_break)
        return QUOTING_AMBIGUOUS;
    quoting->stray = true;
    quoting->state = QUOTING_QUOTED;
    int result = tell_mended(work);
    if (result == 0)
        result = put(work, "\"\"", 2);
    return result == 0 ? put_blanks(work) : result;
}

int quoting_add(struct quoting *quoting, const char *data, size_t len, quoting_sink *sink, void *context)
{
    struct work work = {.quoting = quoting, .data = data, .len = len, .sink = sink, .context = context};
    int result = 0;
    while (result == 0 && work.at < len) {
        switch (quoting->state) {
        case QUOTING_CELL_START:
        case QUOTING_PLAIN: result = outside_quotes(&work); break;
        case QUOTING_QUOTED: result = in_quoted(&work); break;
        case QUOTING_QUOTE_SEEN: result = after_quote(&work); break;
        }
    }
    if (result == 0)
        return flush(&work, len);
    if (result != QUOTING_AMBIGUOUS)
        return result;
    result = flush(&work, work.at);
    return result == 0 ? QUOTING_AMBIGUOUS : result;
}

int quoting_end(struct quoting *quoting, quoting_sink *sink, void *context)
{
    int result = 0;
    if (quoting->state == QUOTING_QUOTE_SEEN ||
        (quoting->state == QUOTING_QUOTED && quoting->stray && quoting->even && !quoting->delimiter_seen))
        result = sink(context, "\"", 1);
    else if (quoting->blank_count > 0)
        result = sink(context, quoting->blanks, quoting->blank_count);
    quoting->blank_count = 0;
    return result;
}
