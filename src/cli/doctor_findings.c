/* Decides how a finding reads: a line for people, with what to do below it, or an element of a JSON array. */
#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/utf8.h"
#include "doctor.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FINDING_BYTES 1024
#define INDENT        24 /* what stands before a finding's words */

static const struct {
    const char *name, *shown, *colour;
} levels[] = {
    [LEVEL_OK] = {"ok", "ok     ", "\x1b[32m"},
    [LEVEL_WARNING] = {"warning", "warning", "\x1b[33m"},
    [LEVEL_FAILURE] = {"failure", "FAILURE", "\x1b[31m"},
};

static void put_visible(struct buffer *out, const char *text, size_t indent)
{
    struct buffer visible = {0};
    utf8_put_visible(&visible, text, strlen(text), 0);
    layout_put_wrapped(out, buffer_string(&visible), indent, indent);
    out->failed = out->failed || visible.failed;
    buffer_free(&visible);
}

static void put_words(const struct doctor *doctor, enum level level, const char *check, const char *text,
                      const char *advice, struct buffer *out)
{
    buffer_printf(out, "%s%s%s  %-14s ", doctor->colours ? levels[level].colour : "", levels[level].shown,
                  doctor->colours ? "\x1b[0m" : "", check);
    put_visible(out, text, INDENT);
    if (advice[0] == '\0')
        return;
    buffer_printf(out, "%*s→ ", INDENT, "");
    put_visible(out, advice, INDENT + 2);
}

static void put_json(const struct doctor *doctor, enum level level, const char *check, const char *text,
                     const char *advice, struct buffer *out)
{
    buffer_printf(out,
                  "%s{\"check\":\"%s\",\"level\":\"%s\",\"found\":", doctor->findings == 0 ? "[\n" : ",\n",
                  check, levels[level].name);
    layout_put_json(out, text);
    buffer_puts(out, ",\"advice\":");
    if (advice[0] == '\0')
        buffer_puts(out, "null");
    else
        layout_put_json(out, advice);
    buffer_put(out, '}');
}

void found(struct doctor *doctor, enum level level, enum exit_code code, const char *check,
           const char *advice, const char *format, ...)
{
    char text[FINDING_BYTES];
    struct buffer out = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (doctor->json)
        put_json(doctor, level, check, text, advice, &out);
    else
        put_words(doctor, level, check, text, advice, &out);
    if (doctor->result == 0)
        doctor->result = output_buffer(&out, doctor->error);
    buffer_free(&out);
    doctor->findings++;
    if (level == LEVEL_FAILURE && doctor->code == EXIT_DONE)
        doctor->code = code;
}

void found_error(struct doctor *doctor, const char *check, const struct error *error)
{
    found(doctor, LEVEL_FAILURE, exit_code_of_error(error->kind), check, "", "%s", error->text);
}

int doctor_end(struct doctor *doctor)
{
    if (doctor->json && doctor->result == 0)
        doctor->result = output_write("\n]\n", 3, doctor->error);
    return doctor->result;
}
