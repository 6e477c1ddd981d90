/* Colombia's public holidays by Ley 51 de 1983, for any year: six on their own date, seven on the Monday that
 * follows theirs, five counted from Easter Sunday. */
#ifndef CAMPANA_HOLIDAYS_H
#define CAMPANA_HOLIDAYS_H

struct holiday {
    int month, day;
    const char *name; /* Spanish; two that coincide are joined by " y " */
};

#define HOLIDAYS_MOST       18
#define HOLIDAYS_FIRST_YEAR 1984
#define HOLIDAYS_LAST_YEAR  2999

/* The holidays of a year in the order of the calendar; returns how many: 18, or 17 where two coincide. None
 * outside HOLIDAYS_FIRST_YEAR to HOLIDAYS_LAST_YEAR. */
int holidays_of(int year, struct holiday holidays[HOLIDAYS_MOST]);

/* The holiday's name, or NULL. */
const char *holiday_on(int year, int month, int day);

#endif
