/* A template is a list of parts: literal text, or a column with a default. */
#include "campana/template.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct part {
    bool is_field;
    bool has_default;
    size_t column;
    size_t start, len; /* in the template's text: the literal, or the default */
};

struct template
{
    struct part *parts;
    size_t count;
    struct buffer text;
};

struct parsing {
    struct template *template;
    struct slice source;
    size_t at;
    const struct slice *names;
    size_t name_count;
    struct error *error;
};

static struct part *add_part(struct parsing *parsing)
{
    struct template *template = parsing->template;
    struct part *parts = realloc(template->parts, (template->count + 1) * sizeof *parts);
    if (parts == NULL)
        return NULL;
    template->parts = parts;
    struct part *part = &parts[template->count++];
    *part = (struct part){.start = template->text.len};
    return part;
}

/* Length of the white space at the beginning. */
static size_t blank_run(struct slice text)
{
    size_t run = 0;
    while (run < text.len) {
        uint32_t character;
        size_t len = utf8_next(text.data + run, text.len - run, &character);
        if (!utf8_is_space(character))
            break;
        run += len;
    }
    return run;
}

/* Without the white space at both ends; no-break spaces are white space too. */
static struct slice trim(struct slice text)
{
    size_t run = blank_run(text);
    size_t end = 0;
    text = (struct slice){text.data + run, text.len - run};
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        at += utf8_next(text.data + at, text.len - at, &character);
        if (!utf8_is_space(character))
            end = at;
    }
    return (struct slice){text.data, end};
}

static void put_names(struct buffer *out, const struct parsing *parsing)
{
    for (size_t i = 0; i < parsing->name_count; i++) {
        buffer_puts(out, i == 0 ? "\"" : ", \"");
        utf8_put_visible(out, parsing->names[i].data, parsing->names[i].len, 40);
        buffer_put(out, '"');
    }
}

static int refuse_name(const struct parsing *parsing, struct slice name, const char *what)
{
    struct buffer names = {0};
    struct buffer shown = {0};
    put_names(&names, parsing);
    utf8_put_visible(&shown, name.data, name.len, 60);
    error_set(parsing->error, ERROR_INPUT, "the template's field {%s} %s; the columns are: %s",
              buffer_string(&shown), what, buffer_string(&names));
    buffer_free(&names);
    buffer_free(&shown);
    return -1;
}

/* An exact name wins over one that only folds alike. */
static int find_column(const struct parsing *parsing, struct slice name, size_t *column)
{
    struct buffer wanted = {0};
    struct buffer folded = {0};
    size_t found = 0;
    int result = -1;
    for (size_t i = 0; i < parsing->name_count; i++) {
        if (slice_equal(trim(parsing->names[i]), name)) {
            *column = i;
            return 0;
        }
    }
    utf8_put_folded(&wanted, name.data, name.len);
    for (size_t i = 0; i < parsing->name_count; i++) {
        buffer_clear(&folded);
        utf8_put_folded(&folded, parsing->names[i].data, parsing->names[i].len);
        if (wanted.len > 0 && slice_equal(buffer_slice(&wanted), buffer_slice(&folded))) {
            *column = i;
            found++;
        }
    }
    if (wanted.failed || folded.failed)
        error_no_memory(parsing->error);
    else if (found == 0)
        refuse_name(parsing, name, "names no column of this file");
    else if (found > 1)
        refuse_name(parsing, name,
                    "fits more than one column; write the name exactly as it stands in the file");
    else
        result = 0;
    buffer_free(&wanted);
    buffer_free(&folded);
    return result;
}

static bool looking_at(const struct parsing *parsing, char c)
{
    return parsing->at < parsing->source.len && parsing->source.data[parsing->at] == c;
}

static bool looking_at_two(const struct parsing *parsing, char c)
{
    return looking_at(parsing, c) && parsing->at + 1 < parsing->source.len &&
           parsing->source.data[parsing->at + 1] == c;
}

static int parse_literal(struct parsing *parsing)
{
    struct part *part = add_part(parsing);
    struct buffer *text = &parsing->template->text;
    if (part == NULL)
        return error_no_memory(parsing->error);
    while (parsing->at < parsing->source.len) {
        bool doubled = looking_at_two(parsing, '{') || looking_at_two(parsing, '}');
        if (!doubled && looking_at(parsing, '{'))
            break;
        if (!doubled && looking_at(parsing, '}'))
            return error_set(
                parsing->error, ERROR_INPUT,
                "the template has a } without its { at character %zu; write }} for a literal brace",
                parsing->at + 1);
        buffer_put(text, parsing->source.data[parsing->at]);
        parsing->at += doubled ? 2 : 1;
    }
    part->len = text->len - part->start;
    return 0;
}

static int parse_field(struct parsing *parsing)
{
    size_t open = parsing->at++;
    const char *start = parsing->source.data + parsing->at;
    while (parsing->at < parsing->source.len && !looking_at(parsing, '}') && !looking_at(parsing, '{'))
        parsing->at++;
    if (!looking_at(parsing, '}'))
        return error_set(parsing->error, ERROR_INPUT,
                         "the template's { at character %zu is never closed; write {{ for a literal brace",
                         open + 1);
    struct slice inside = {start, (size_t)(parsing->source.data + parsing->at - start)};
    parsing->at++;

    const char *bar = inside.len == 0 ? NULL : memchr(inside.data, '|', inside.len);
    struct slice name =
        trim((struct slice){inside.data, bar == NULL ? inside.len : (size_t)(bar - inside.data)});
    if (name.len == 0)
        return error_set(
            parsing->error, ERROR_INPUT,
            "the template's field at character %zu has no name; write a column's name such as {nombre}",
            open + 1);
    struct part *part = add_part(parsing);
    if (part == NULL)
        return error_no_memory(parsing->error);
    part->is_field = true;
    if (bar != NULL) {
        part->has_default = true;
        part->len = inside.len - (size_t)(bar + 1 - inside.data);
        buffer_append(&parsing->template->text, bar + 1, part->len);
    }
    return find_column(parsing, name, &part->column);
}

int template_parse(struct slice source, const struct slice *names, size_t name_count,
                   struct template **template, struct error *error)
{
    struct template *made = calloc(1, sizeof *made);
    struct parsing parsing = {
        .template = made, .source = source, .names = names, .name_count = name_count, .error = error};
    int result = 0;
    *template = NULL;
    if (made == NULL)
        return error_no_memory(error);
    while (result == 0 && parsing.at < source.len)
        result = looking_at(&parsing, '{') && !looking_at_two(&parsing, '{') ? parse_field(&parsing)
                                                                             : parse_literal(&parsing);
    buffer_string(
        &made->text); /* there is something to point to even where the template has no text of its own */
    if (result == 0)
        result = buffer_check(&made->text, error);
    if (result != 0) {
        template_free(made);
        return -1;
    }
    *template = made;
    return 0;
}

void template_free(struct template *template)
{
    if (template == NULL)
        return;
    buffer_free(&template->text);
    free(template->parts);
    free(template);
}

int template_render(const struct template *template, const struct slice *cells, size_t cell_count,
                    struct buffer *out, size_t *column)
{
    const char *source = buffer_slice(&template->text).data;
    buffer_clear(out);
    for (size_t i = 0; i < template->count; i++) {
        const struct part *part = &template->parts[i];
        struct slice text = {source + part->start, part->len};
        if (part->is_field) {
            struct slice cell = part->column < cell_count ? trim(cells[part->column]) : (struct slice){"", 0};
            bool filled = cell.len > 0;
            if (!filled && !part->has_default) {
                *column = part->column;
                return -1;
            }
            if (filled)
                text = cell;
        }
        buffer_append(out, text.data, text.len);
    }
    return 0;
}
