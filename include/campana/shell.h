/* Words of commands that a person copies into a shell. */
#ifndef CAMPANA_SHELL_H
#define CAMPANA_SHELL_H

#include "campana/buffer.h"

/* Appends one word so that a shell reads it as it is, in quotes where it needs them, and a terminal obeys
 * nothing in it: what utf8_put_visible() would not leave alone is escaped within $'…', which bash, zsh, ksh
 * and busybox read, and dash does not. */
void shell_put_quoted(struct buffer *out, const char *word);

#endif
