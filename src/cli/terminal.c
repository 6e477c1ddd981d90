/* Decides what a terminal can do. Nothing is kept: descriptors and sizes change while a program runs. */
#include "campana/terminal.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/layout.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_OTHERWISE 80
#define LINES_OTHERWISE   24
#define SIZE_MOST         10000
#define ANSWER_BYTES_MOST 200

/* What the environment says, else the usual. */
static size_t told(const char *name, size_t otherwise)
{
    const char *text = getenv(name);
    char *end;
    if (text == NULL)
        return otherwise;
    unsigned long size = strtoul(text, &end, 10);
    return *end == '\0' && size > 0 && size <= SIZE_MOST ? size : otherwise;
}

size_t terminal_width(int descriptor)
{
    struct winsize size;
    if (!isatty(descriptor))
        return 0;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return told("COLUMNS", COLUMNS_OTHERWISE);
}

size_t terminal_line_width(int descriptor)
{
    size_t width = terminal_width(descriptor);
    return width > 1 ? width - 1 : 1;
}

size_t terminal_height(int descriptor)
{
    struct winsize size;
    if (!isatty(descriptor))
        return 0;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        return size.ws_row;
    return told("LINES", LINES_OTHERWISE);
}

bool terminal_can_rewrite(int descriptor)
{
    const char *term = getenv("TERM");
    return isatty(descriptor) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

bool terminal_takes_colour(int descriptor)
{
    const char *no_colour = getenv("NO_COLOR");
    return terminal_can_rewrite(descriptor) && (no_colour == NULL || no_colour[0] == '\0');
}

bool terminal_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static int write_all(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t done = write(STDERR_FILENO, text, len);
        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            text += done;
            len -= (size_t)done;
        }
    }
    return 0;
}

static bool is_space(char sign)
{
    return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

int terminal_ask(const char *question, struct buffer *answer, struct error *error)
{
    char line[ANSWER_BYTES_MOST];
    size_t start = 0;
    size_t len = 0;
    char sign = '\0';
    struct buffer fitted = {0};
    layout_fit(&fitted, question, strlen(question), terminal_width(STDERR_FILENO), 0);
    int written = fitted.failed ? write_all(question, strlen(question)) : write_all(fitted.data, fitted.len);
    buffer_free(&fitted);
    if (written != 0)
        return error_set(error, ERROR_MACHINE, "cannot ask on this terminal: %s", strerror(errno));
    while (sign != '\n') {
        ssize_t got = read(STDIN_FILENO, &sign, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if (len < sizeof line)
            line[len++] = sign;
    }
    while (len > 0 && is_space(line[len - 1]))
        len--;
    while (start < len && is_space(line[start]))
        start++;
    buffer_clear(answer);
    buffer_append(answer, line + start, len - start);
    return buffer_check(answer, error);
}

int terminal_confirm(const char *question, struct error *error)
{
    static const char *const yes[] = {"y", "yes", "s", "si", "sí", "SÍ"};
    struct buffer text = {0};
    struct buffer answer = {0};
    int result = -1;
    buffer_printf(&text, "%s [y/N] ", question);
    if (buffer_check(&text, error) != 0 || terminal_ask(buffer_string(&text), &answer, error) != 0)
        goto out;
    result = 0;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(buffer_string(&answer), yes[i]) == 0)
            result = 1;
out:
    buffer_free(&text);
    buffer_free(&answer);
    return result;
}
