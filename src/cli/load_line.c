/* Decides what is told of a load while it goes on, and how often. */
#include "campana/load_line.h"
#include "campana/buffer.h"
#include "campana/clock.h"
#include "campana/naming.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define FIRST_NS (500 * NS_PER_MS)
#define NEXT_NS  (100 * NS_PER_MS)

void load_line_init(struct load_line *line, const struct talk *talk, const struct clock *clock,
                    const char *file)
{
    *line = (struct load_line){.clock = clock, .name = naming_shown_file(file)};
    line->rewrites = !talk->quiet && terminal_can_rewrite(STDERR_FILENO);
    line->due_ns = clock_monotonic_ns(clock) + FIRST_NS;
}

static void put_share(const struct load_progress *now, struct buffer *out)
{
    if (now->bytes_in_all > 0 && now->bytes <= now->bytes_in_all)
        buffer_printf(out, "  %" PRId64 "%%", now->bytes * 100 / now->bytes_in_all);
}

void load_line_put(const struct load_line *line, const struct load_progress *now, size_t width,
                   struct buffer *out)
{
    struct buffer text = {0};
    buffer_puts(&text, line->name);
    if (now->stage == LOAD_EXAMINING)
        buffer_puts(&text, "  looking at the file");
    else
        buffer_printf(&text, "  %" PRId64 " %s checked", now->rows, now->rows == 1 ? "row" : "rows");
    if (now->stage == LOAD_ENDING)
        buffer_puts(&text, ", writing to the disk");
    else
        put_share(now, &text);
    utf8_put_visible(out, text.data, text.len, width);
    out->failed = out->failed || text.failed;
    buffer_free(&text);
}

void load_line_show(void *context, const struct load_progress *now)
{
    struct load_line *line = context;
    struct buffer text = {0};
    if (!line->rewrites)
        return;
    int64_t now_ns = clock_monotonic_ns(line->clock);
    bool new_stage = line->on_line && now->stage != line->stage;
    if (now_ns < line->due_ns && !new_stage)
        return;
    load_line_put(line, now, terminal_line_width(STDERR_FILENO), &text);
    talk_in_place(&text);
    buffer_free(&text);
    line->on_line = true;
    line->stage = now->stage;
    line->due_ns = now_ns + NEXT_NS;
}

void load_line_end(struct load_line *line)
{
    if (line->on_line)
        talk_in_place(&(struct buffer){0});
    line->on_line = false;
}
