/* What stands at the other end of standard input, output and error. */
#ifndef CAMPANA_TERMINAL_H
#define CAMPANA_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct error;

/* The columns of the terminal that `descriptor` is: by the terminal's own word, else by COLUMNS, else 80. 0:
 * it is none. */
size_t terminal_width(int descriptor);

/* The columns that a line which is drawn in place may take: one less, because a terminal breaks a line behind its
 * last one. At least 1. */
size_t terminal_line_width(int descriptor);

/* Its lines, likewise (LINES, else 24). */
size_t terminal_height(int descriptor);

/* Whether it is a terminal that can move its cursor back (TERM is neither unset nor "dumb"). */
bool terminal_can_rewrite(int descriptor);

/* Whether colours are welcome: a terminal that can rewrite, and no NO_COLOR. */
bool terminal_takes_colour(int descriptor);

/* Whether somebody can be asked: standard input and standard error are terminals. */
bool terminal_can_ask(void);

/* Writes the question to standard error and reads one line from standard input into `answer`, without its
 * line end and white space around it. At the end of the input the answer is "". */
int terminal_ask(const char *question, struct buffer *answer, struct error *error);

/* Asks a yes-or-no question, " [y/N] " behind it. Only y, yes, s, sí and si are a yes. 1: yes, 0: no, -1. */
int terminal_confirm(const char *question, struct error *error);

#endif
