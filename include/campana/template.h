/* Message templates: "Hola {nombre|cliente}, su pedido {pedido} llega hoy". A field names a column by its
 * header, case, accents, spaces and underscores aside; `{{` and `}}` are literal braces; what follows `|`
 * stands in where the cell is empty. Parsed once, rendered for every row at load. */
#ifndef CAMPANA_TEMPLATE_H
#define CAMPANA_TEMPLATE_H

#include "campana/buffer.h"

struct error;
struct template;

/* Parses `source` against the column names. Returns 0, or -1 with ERROR_INPUT: an unclosed or stray brace
 * with its position, an empty field name, a column that the file lacks (the error lists those it has), a name
 * that fits two columns. Nothing of the arguments is kept. */
int template_parse(struct slice source, const struct slice *names, size_t name_count,
                   struct template **template, struct error *error);
void template_free(struct template *template);

/* Clears `out` and renders one row into it, cells without the white space at their ends. Cells that the row
 * lacks count as empty, and so do cells of white space (no-break spaces too). Returns -1 where a field
 * without a default is empty: *column is then that field's place in the row, counted from 0. Running out of
 * memory shows in `out`. */
int template_render(const struct template *template, const struct slice *cells, size_t cell_count,
                    struct buffer *out, size_t *column);

#endif
