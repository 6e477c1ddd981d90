/* Decides how a line of talk looks. A line that cannot be written is lost: there is nobody to tell it to. */
#include "campana/talk.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ERASE_LINE "\r\x1b[K"

static void put(const char *data, size_t len)
{
    while (len > 0) {
        ssize_t done = write(STDERR_FILENO, data, len);
        if (done < 0 && errno != EINTR)
            return;
        if (done > 0) {
            data += done;
            len -= (size_t)done;
        }
    }
}

/* The same without any memory: what a terminal might obey becomes `?`. */
static void put_poorly(const char *text)
{
    char line[ERROR_TEXT_BYTES + 16];
    size_t len = (size_t)snprintf(line, sizeof line, "campana: %s\n", text);
    if (len >= sizeof line)
        len = sizeof line - 1;
    for (size_t i = 0; i + 1 < len; i++)
        if (line[i] < ' ' || line[i] > '~')
            line[i] = '?';
    put(line, len);
}

void talk_put_line(const char *text, struct buffer *out)
{
    struct buffer line = {0};
    buffer_puts(&line, "campana: ");
    utf8_put_visible(&line, text, strlen(text), 0);
    buffer_put(&line, '\n');
    struct slice whole = buffer_slice(&line);
    layout_fit(out, whole.data, whole.len, terminal_width(STDERR_FILENO), sizeof "campana: " - 1);
    out->failed = out->failed || line.failed;
    buffer_free(&line);
}

static void put_line(const char *text)
{
    struct buffer line = {0};
    talk_put_line(text, &line);
    if (line.failed)
        put_poorly(text);
    else
        put(line.data, line.len); /* in one piece: other processes may write there too */
    buffer_free(&line);
}

__attribute__((format(printf, 1, 0))) static void put_format(const char *format, va_list arguments)
{
    char text[ERROR_TEXT_BYTES];
    vsnprintf(text, sizeof text, format, arguments);
    put_line(text);
}

void talk_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_format(format, arguments);
    va_end(arguments);
}

void talk_error(const struct error *error)
{
    put_line(error->text);
}

void talk_raw(const struct buffer *text)
{
    if (!text->failed && text->len > 0)
        put(text->data, text->len);
}

void talk_in_place(const struct buffer *text)
{
    struct buffer line = {.failed = text->failed};
    buffer_puts(&line, ERASE_LINE);
    buffer_append(&line, text->data, text->len);
    talk_raw(&line);
    buffer_free(&line);
}

void talk_text(const struct buffer *text)
{
    struct buffer fitted = {.failed = text->failed};
    struct slice whole = buffer_slice(text);
    layout_fit(&fitted, whole.data, whole.len, terminal_width(STDERR_FILENO), 0);
    talk_raw(&fitted);
    buffer_free(&fitted);
}

void talk_note(const struct talk *talk, const char *format, ...)
{
    va_list arguments;
    if (talk->quiet)
        return;
    va_start(arguments, format);
    put_format(format, arguments);
    va_end(arguments);
}

void talk_detail(const struct talk *talk, const char *format, ...)
{
    va_list arguments;
    if (!talk->verbose)
        return;
    va_start(arguments, format);
    put_format(format, arguments);
    va_end(arguments);
}
