/* Decides which column of a list holds the numbers and which numbers are on it. A row that cannot be read as
 * a number is counted, so that the verdict can say so: an opt-out that is not understood must not vanish
 * silently. */
#include "campana/suppression.h"
#include "campana/columns.h"
#include "campana/csvfile.h"
#include "campana/error.h"
#include "campana/json.h"
#include "campana/numberset.h"
#include "campana/phone.h"
#include <stdlib.h>

struct list {
    const char *file; /* the caller's */
    char sha256[DIGEST_HEX_BYTES];
    struct numberset *numbers;
};

struct suppression {
    struct list *lists;
    size_t count;
    int64_t unreadable;
};

struct reading {
    struct suppression *suppression;
    struct list *list;
    const char *country;
    size_t column;
    bool started;
};

/* The first row may be a header or a number already. */
static bool first_row_is_header(struct reading *reading, const struct csv_row *row)
{
    char msisdn[PHONE_BYTES];
    for (size_t i = 0; i < row->count; i++) {
        if (columns_usual(row->cells[i], COLUMN_PHONE)) {
            reading->column = i;
            return true;
        }
    }
    for (size_t i = 0; i < row->count; i++) {
        if (phone_normalise(row->cells[i], reading->country, msisdn) == REASON_NONE) {
            reading->column = i;
            return false;
        }
    }
    return true;
}

static int on_row(void *context, const struct csv_row *row, struct error *error)
{
    struct reading *reading = context;
    char msisdn[PHONE_BYTES];
    if (!reading->started) {
        reading->started = true;
        if (first_row_is_header(reading, row))
            return 0;
    }
    if (reading->column >= row->count ||
        phone_normalise(row->cells[reading->column], reading->country, msisdn) != REASON_NONE) {
        reading->suppression->unreadable++;
        return 0;
    }
    return numberset_add(reading->list->numbers, msisdn) < 0 ? error_no_memory(error) : 0;
}

static int read_list(struct suppression *suppression, struct list *list, const char *country,
                     struct error *error)
{
    struct reading reading = {.suppression = suppression, .list = list, .country = country};
    struct csvfile *file = NULL;
    int64_t blank_lines;
    int result = -1;

    list->numbers = numberset_new();
    if (list->numbers == NULL)
        return error_no_memory(error);
    if (csvfile_open(list->file, &(struct csv_options){0}, &file, error) != 0 ||
        csvfile_read(file, on_row, &reading, &blank_lines, error) != 0)
        goto out;
    if (numberset_count(list->numbers) == 0) {
        error_set(
            error, ERROR_INPUT,
            "%s: there is no telephone number in this list; expected one number a row, in a column such as "
            "\"celular\" or in the first one",
            list->file);
        goto out;
    }
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
        made->lists[made->count].file = files[made->count];
        if (read_list(made, &made->lists[made->count], country, error) != 0) {
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
            return suppression->lists[i].file;
    return NULL;
}

int64_t suppression_numbers(const struct suppression *suppression)
{
    int64_t numbers = 0;
    for (size_t i = 0; suppression != NULL && i < suppression->count; i++)
        numbers += (int64_t)numberset_count(suppression->lists[i].numbers);
    return numbers;
}

int64_t suppression_unreadable(const struct suppression *suppression)
{
    return suppression == NULL ? 0 : suppression->unreadable;
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
