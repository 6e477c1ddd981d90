/* What a load found, told to people and to programs. Whatever stands in the file is shown so that a terminal
 * obeys nothing in it. */
#ifndef CAMPANA_VERDICT_H
#define CAMPANA_VERDICT_H

#include "campana/load.h"

struct buffer;

/* Appends the verdict in words. */
void verdict_put_text(const struct verdict *verdict, const struct load_options *options, struct buffer *out);

/* Appends it as one JSON object. */
void verdict_put_json(const struct verdict *verdict, const struct load_options *options, struct buffer *out);

#endif
