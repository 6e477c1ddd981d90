/* Texts that were spoiled before campana got them. */
#ifndef CAMPANA_GARBLED_H
#define CAMPANA_GARBLED_H

#include "campana/buffer.h"
#include <stdbool.h>

/* Whether the text (valid UTF-8) has what UTF-8 becomes when it is read as Windows-1252 or ISO-8859-1: niÃ±o,
 * mÃ¡s, Â¿, â€œ. An Ã or Â before a letter, as Portuguese has it, is none. */
bool garbled_is(struct slice text);

#endif
