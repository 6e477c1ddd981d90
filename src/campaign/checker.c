/* Decides a row's state at load. NUL bytes become U+FFFD here, so that neither the database's text functions
 * nor any report ever sees one; such a row is invalid by its number's or its text's rules. */
#include "campana/checker.h"
#include "campana/error.h"
#include "campana/json.h"
#include <string.h>

int checker_init(struct checker *checker, const struct checker_rules *rules, struct error *error)
{
    *checker = (struct checker){.rules = *rules};
    checker->numbers = numberset_new();
    return checker->numbers == NULL ? error_no_memory(error) : 0;
}

void checker_free(struct checker *checker)
{
    numberset_free(checker->numbers);
    buffer_free(&checker->phone);
    buffer_free(&checker->rendered);
    buffer_free(&checker->text);
    buffer_free(&checker->stored);
    buffer_free(&checker->cell);
    buffer_free(&checker->fields);
    buffer_free(&checker->detail);
    *checker = (struct checker){0};
}

/* The cell as it is stored. */
static struct slice without_nul(struct slice cell, struct buffer *storage)
{
    if (cell.len == 0 || memchr(cell.data, '\0', cell.len) == NULL)
        return cell;
    buffer_clear(storage);
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.data[i] == '\0')
            buffer_puts(storage, "\xEF\xBF\xBD");
        else
            buffer_put(storage, cell.data[i]);
    }
    return buffer_slice(storage);
}

static struct slice cell_at(const struct csv_row *row, size_t column)
{
    if (column >= row->count || row->cells[column].len == 0)
        return (struct slice){"", 0};
    return row->cells[column];
}

/* The text before the alphabet's changes, from its column or by the template. */
static enum reason take_text(struct checker *checker, const struct csv_row *row, struct slice *text)
{
    const struct checker_rules *rules = &checker->rules;
    size_t column;
    *text = (struct slice){"", 0};
    if (rules->template == NULL) {
        *text = cell_at(row, rules->text_column);
        return rules->text_column < row->count ? REASON_NONE : REASON_ROW_CELLS;
    }
    if (template_render(rules->template, row->cells, row->count, &checker->rendered, &column) != 0) {
        buffer_printf(&checker->detail, "column \"%.*s\"", (int)rules->names[column].len,
                      rules->names[column].data);
        return REASON_TEMPLATE_FIELD;
    }
    *text = buffer_slice(&checker->rendered);
    return REASON_NONE;
}

static void put_fields(struct checker *checker, const struct csv_row *row,
                       const struct store_message *message)
{
    buffer_clear(&checker->fields);
    for (size_t i = 0; i < row->count; i++) {
        buffer_put(&checker->fields, i == 0 ? '[' : ',');
        struct slice cell = row->cells[i];
        if ((i == checker->rules.phone_column && slice_equal(cell, message->msisdn)) ||
            (i == checker->rules.text_column && slice_equal(cell, message->text))) {
            buffer_puts(&checker->fields, "null");
        } else {
            cell = without_nul(cell, &checker->cell);
            json_put_string(&checker->fields, cell.data, cell.len);
        }
    }
    buffer_put(&checker->fields, ']');
}

static enum reason check_text(struct checker *checker, const struct csv_row *row, struct checked *checked)
{
    struct slice raw;
    enum reason problem = take_text(checker, row, &raw);
    if (problem != REASON_NONE) {
        checked->message.text = raw;
        return problem;
    }
    text_prepare(raw, &checker->rules.text, &checker->text, &checked->text);
    text_describe(&checked->text, &checker->rules.text, &checker->detail);
    checked->raw_text = raw;
    checked->message.text = without_nul(buffer_slice(&checker->text), &checker->stored);
    return checked->text.problem;
}

/* A row without fault: may its number be written to? */
static int check_number_sets(struct checker *checker, struct store_message *message, struct error *error)
{
    const char *list = suppression_find(checker->rules.suppression, message->msisdn.data);
    if (list != NULL) {
        message->state = JOB_SUPPRESSED;
        message->reason = REASON_SUPPRESSED;
        buffer_puts(&checker->detail, list);
        return 0;
    }
    int added = numberset_add(checker->numbers, message->msisdn.data);
    if (added < 0)
        return error_no_memory(error);
    message->state = JOB_PENDING;
    if (added == 0 && !checker->rules.duplicates_allowed) {
        message->state = JOB_DUPLICATE;
        message->reason = REASON_DUPLICATE;
    }
    return 0;
}

/* Whether a good number had fewer digits than it has now. */
static bool is_national(struct slice cell)
{
    size_t digits = 0;
    for (size_t i = 0; i < cell.len; i++)
        digits += cell.data[i] >= '0' && cell.data[i] <= '9';
    return digits < PHONE_DIGITS;
}

int checker_check(struct checker *checker, const struct csv_row *row, struct checked *checked,
                  struct error *error)
{
    struct slice cell = cell_at(row, checker->rules.phone_column);
    char msisdn[PHONE_BYTES];
    *checked = (struct checked){.message = {.row = row->row, .state = JOB_INVALID}};
    struct store_message *message = &checked->message;
    buffer_clear(&checker->detail);

    message->reason = checker->rules.phone_column < row->count
                          ? phone_normalise(cell, checker->rules.country, msisdn)
                          : REASON_ROW_CELLS;
    if (message->reason == REASON_NONE) {
        message->reason = check_text(checker, row, checked);
        buffer_clear(&checker->phone);
        buffer_puts(&checker->phone, msisdn);
        /* With a NUL behind it: it is looked up as a string. */
        message->msisdn = (struct slice){buffer_string(&checker->phone), checker->phone.len};
        checked->number_changed = !slice_equal(cell, message->msisdn);
        checked->number_national = checked->number_changed && is_national(cell);
    } else {
        message->msisdn = without_nul(cell, &checker->phone);
        phone_describe(cell, checker->rules.country, message->reason, &checker->detail);
        message->text = without_nul(cell_at(row, checker->rules.text_column), &checker->stored);
    }
    if (buffer_check(&checker->phone, error) != 0 || buffer_check(&checker->rendered, error) != 0 ||
        buffer_check(&checker->text, error) != 0 || buffer_check(&checker->stored, error) != 0)
        return -1;
    if (message->reason == REASON_NONE && check_number_sets(checker, message, error) != 0)
        return -1;

    put_fields(checker, row, message);
    message->fields = buffer_slice(&checker->fields);
    message->detail = buffer_slice(&checker->detail);
    if (buffer_check(&checker->cell, error) != 0 || buffer_check(&checker->fields, error) != 0)
        return -1;
    return buffer_check(&checker->detail, error);
}
