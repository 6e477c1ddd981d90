/* Decides which column of a list holds the numbers and which numbers are on it. A row that cannot be read as
 * a number is counted, so that the verdict can say so: an opt-out that is not understood must not vanish
 * silently. */
#include "campana/suppression.h"
#include "campana/columns.h"
#include "campana/csvfile.h"
#include "campana/error.h"
#include "campana/json.h"
#include "campana/naming.h"
#include "campana/numberset.h"
#include "campana/phone.h"
#include <stdlib.h>

struct list {
    struct suppression_facts facts;
    char sha256[DIGEST_HEX_BYTES];
    struct numberset *numbers;
};

struct suppression {
    struct list *lists;
    size_t count;
};

struct reading {
    struct list *list;
    const char *country;
    bool started;
    bool known; /* which column the numbers stand in */
};

/* The first row may be a header. Then the name that comes first in the order of columns.c is the one.
 * 1: it is one, 0: not, -1 where memory ran out. */
static int find_by_name(struct reading *reading, const struct csv_row *row, struct error *error)
{
    if (columns_find(row->cells, row->count, COLUMN_PHONE, NULL, &reading->list->facts.column, error) != 0) {
        if (error->kind != ERROR_INPUT)
            return -1;
        error_clear(error);
        return 0;
    }
    reading->list->facts.by_name = reading->known = true;
    return 1;
}

static void find_by_number(struct reading *reading, const struct csv_row *row)
{
    char msisdn[PHONE_BYTES];
    for (size_t i = 0; i < row->count && !reading->known; i++) {
        if (phone_normalise(row->cells[i], reading->country, msisdn) == REASON_NONE) {
            reading->list->facts.column = i;
            reading->known = true;
        }
    }
}

static void note_unreadable(struct reading *reading, int64_t row)
{
    struct suppression_facts *facts = &reading->list->facts;
    if (facts->unreadable++ == 0)
        facts->unreadable_row = row;
}

static int on_row(void *context, const struct csv_row *row, struct error *error)
{
    struct reading *reading = context;
    char msisdn[PHONE_BYTES];
    bool first = !reading->started;
    reading->started = true;
    int header = first ? find_by_name(reading, row, error) : 0;
    if (header != 0)
        return header > 0 ? 0 : -1;
    if (!reading->known)
        find_by_number(reading, row);
    size_t column = reading->list->facts.column;
    struct slice cell = column < row->count ? row->cells[column] : (struct slice){"", 0};
    enum reason reason = phone_normalise(cell, reading->country, msisdn);
    if (reason == REASON_NONE)
        return numberset_add(reading->list->numbers, msisdn) < 0 ? error_no_memory(error) : 0;
    bool may_be_header = first && (reason == REASON_NUMBER_CHARACTERS || reason == REASON_NUMBER_EMPTY);
    if (!may_be_header && reason != REASON_NUMBER_LANDLINE)
        note_unreadable(reading, row->row);
    return 0;
}

static int read_list(struct list *list, const char *country, struct error *error)
{
    struct reading reading = {.list = list, .country = country};
    struct csvfile *file = NULL;
    int64_t blank_lines;
    int result = -1;

    list->numbers = numberset_new();
    if (list->numbers == NULL)
        return error_no_memory(error);
    if (csvfile_open(list->facts.file, &(struct csv_options){0}, &file, error) != 0 ||
        csvfile_read(file, on_row, &reading, &blank_lines, error) != 0)
        goto out;
    if (numberset_count(list->numbers) == 0) {
        error_set(
            error, ERROR_INPUT,
            "%s: there is no telephone number in this list; expected one number a row, in a column such as "
            "\"celular\" or in the first one. Leave it out if nobody is on it yet",
            naming_shown_file(list->facts.file));
        goto out;
    }
    list->facts.numbers = (int64_t)numberset_count(list->numbers);
    for (size_t i = 0; i < DIGEST_HEX_BYTES; i++)
        list->sha256[i] = csvfile_facts(file)->sha256[i];
    result = 0;
out:
    csvfile_free(file);
    return result == 0 ? 0 : error_prefix(error, "suppression list");
}

int suppression_open(const char *const *files, size_t count, const char *country,
                     struct suppression **suppression, struct error *error)
{
    *suppression = NULL;
    if (count == 0)
        return 0;
    struct suppression *made = calloc(1, sizeof *made);
    if (made == NULL || (made->lists = calloc(count, sizeof *made->lists)) == NULL) {
        free(made);
        return error_no_memory(error);
    }
    for (; made->count < count; made->count++) {
        made->lists[made->count].facts.file = files[made->count];
        if (read_list(&made->lists[made->count], country, error) != 0) {
            made->count++;
            suppression_free(made);
            return -1;
        }
    }
    *suppression = made;
    return 0;
}

void suppression_free(struct suppression *suppression)
{
    if (suppression == NULL)
        return;
    for (size_t i = 0; i < suppression->count; i++)
        numberset_free(suppression->lists[i].numbers);
    free(suppression->lists);
    free(suppression);
}

const char *suppression_find(const struct suppression *suppression, const char *msisdn)
{
    for (size_t i = 0; suppression != NULL && i < suppression->count; i++)
        if (numberset_has(suppression->lists[i].numbers, msisdn))
            return naming_shown_file(suppression->lists[i].facts.file);
    return NULL;
}

int suppression_copy_facts(const struct suppression *suppression, struct suppression_facts **facts,
                           size_t *count, struct error *error)
{
    *facts = NULL;
    *count = 0;
    if (suppression == NULL)
        return 0;
    *facts = calloc(suppression->count, sizeof **facts);
    if (*facts == NULL)
        return error_no_memory(error);
    for (; *count < suppression->count; ++*count)
        (*facts)[*count] = suppression->lists[*count].facts;
    return 0;
}

void suppression_put_digests(const struct suppression *suppression, struct buffer *out)
{
    buffer_put(out, '[');
    for (size_t i = 0; suppression != NULL && i < suppression->count; i++) {
        if (i > 0)
            buffer_put(out, ',');
        json_put_string(out, suppression->lists[i].sha256, DIGEST_HEX_BYTES - 1);
    }
    buffer_put(out, ']');
}
