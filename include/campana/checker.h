/* The checks that every row of a spreadsheet goes through on its way to becoming a message: number, text or
 * template, suppression, duplicates. No I/O; rows in, messages out. */
#ifndef CAMPANA_CHECKER_H
#define CAMPANA_CHECKER_H

#include "campana/csvfile.h"
#include "campana/numberset.h"
#include "campana/store.h"
#include "campana/suppression.h"
#include "campana/template.h"
#include "campana/text.h"

#define NO_COLUMN SIZE_MAX

struct checker_rules {
    size_t phone_column;
    size_t text_column;              /* NO_COLUMN with a template */
    const struct template *template; /* NULL: the text stands in its column */
    const struct slice *names;       /* of the columns, to name one in a reason */
    const char *country;
    struct text_rules text;
    bool duplicates_allowed;
    const struct suppression *suppression;
};

struct checker {
    struct checker_rules rules;
    struct numberset *numbers;                                         /* of sendable rows so far */
    struct buffer phone, rendered, text, stored, cell, fields, detail; /* one use each */
};

/* `rules` are copied; what they point to must outlive the checker. */
int checker_init(struct checker *checker, const struct checker_rules *rules, struct error *error);
void checker_free(struct checker *checker);

/* What the checks found besides the message itself. */
struct checked {
    struct store_message message; /* valid until the next call */
    struct text_check text;       /* filled where the number was good */
    struct slice raw_text;        /* before the changes, valid likewise */
    bool number_changed;          /* the number did not stand in the file as it will be sent */
    bool number_national;         /* it got the country code */
};

/* A row whose number cannot be sent to is `invalid` for its number whatever its text is; a row without fault
 * is `suppressed` if its number is on a list, else `duplicate` if a sendable row before it has the number. */
int checker_check(struct checker *checker, const struct csv_row *row, struct checked *checked,
                  struct error *error);

#endif
