/* Decides which days are public holidays in Colombia. The law's list is the table below; a change of the law
 * is a change of a line there. Knows nothing of contact hours. */
#include "campana/holidays.h"
#include "campana/calendar.h"
#include <stddef.h>

enum rule_kind {
    ON_ITS_DATE,
    ON_MONDAY,    /* on its date where that is a Monday, else on the next one */
    AFTER_EASTER, /* so many days after Easter Sunday */
};

static const struct rule {
    enum rule_kind kind;
    int month; /* 0 with AFTER_EASTER */
    int day;   /* of the month, or after Easter Sunday */
    const char *name;
} rules[HOLIDAYS_MOST] = {
    {ON_ITS_DATE, 1, 1, "Año Nuevo"},
    {ON_MONDAY, 1, 6, "Día de los Reyes Magos"},
    {ON_MONDAY, 3, 19, "Día de San José"},
    {AFTER_EASTER, 0, -3, "Jueves Santo"},
    {AFTER_EASTER, 0, -2, "Viernes Santo"},
    {ON_ITS_DATE, 5, 1, "Día del Trabajo"},
    {AFTER_EASTER, 0, 43, "Ascensión del Señor"},
    {AFTER_EASTER, 0, 64, "Corpus Christi"},
    {AFTER_EASTER, 0, 71, "Sagrado Corazón de Jesús"},
    {ON_MONDAY, 6, 29, "San Pedro y San Pablo"},
    {ON_ITS_DATE, 7, 20, "Día de la Independencia"},
    {ON_ITS_DATE, 8, 7, "Batalla de Boyacá"},
    {ON_MONDAY, 8, 15, "Asunción de la Virgen"},
    {ON_MONDAY, 10, 12, "Día de la Raza"},
    {ON_MONDAY, 11, 1, "Día de Todos los Santos"},
    {ON_MONDAY, 11, 11, "Independencia de Cartagena"},
    {ON_ITS_DATE, 12, 8, "Inmaculada Concepción"},
    {ON_ITS_DATE, 12, 25, "Navidad"},
};

/* Easter is between 22 March and 25 April, so the Sacred Heart is between 1 June and 5 July and meets St
 * Peter and St Paul's, between 29 June and 5 July, in some years. No other two of the rules reach a common
 * day. */
static const char *const coinciding = "Sagrado Corazón de Jesús y San Pedro y San Pablo";

/* The Sunday after the paschal full moon (Gregorian computus). The moon's age repeats every 19 years,
 * corrected for the leap days that three of four centuries lack and for the moon's own drift of 8 days in 25
 * centuries. */
static int easter_day(int year)
{
    int golden = year % 19;
    int century = year / 100;
    int leap_days_lost = century - century / 4;
    int moon_drift = (8 * century + 13) / 25;
    int after_equinox = (19 * golden + 15 + leap_days_lost - moon_drift) % 30;
    /* The church's table has no 30th place, and uses no date twice within 19 years. */
    if (after_equinox == 29 || (after_equinox == 28 && golden > 10))
        after_equinox--;
    int full_moon = calendar_day(year, 3, 21) + after_equinox;
    return full_moon + 7 - (calendar_weekday(full_moon) + 1) % 7;
}

static int day_of_rule(const struct rule *rule, int year)
{
    if (rule->kind == AFTER_EASTER)
        return easter_day(year) + rule->day;
    int day = calendar_day(year, rule->month, rule->day);
    return rule->kind == ON_MONDAY ? day + (7 - calendar_weekday(day)) % 7 : day;
}

static int compare_dates(const struct holiday *holiday, struct date date)
{
    return holiday->month != date.month ? holiday->month - date.month : holiday->day - date.day;
}

/* Puts one more into the sorted list, or joins it to the one on its day. */
static int add_holiday(struct holiday *holidays, int count, struct date date, const char *name)
{
    int place = count;
    while (place > 0 && compare_dates(&holidays[place - 1], date) > 0)
        place--;
    if (place > 0 && compare_dates(&holidays[place - 1], date) == 0) {
        holidays[place - 1].name = coinciding;
        return count;
    }
    for (int i = count; i > place; i--)
        holidays[i] = holidays[i - 1];
    holidays[place] = (struct holiday){date.month, date.day, name};
    return count + 1;
}

int holidays_of(int year, struct holiday holidays[HOLIDAYS_MOST])
{
    int count = 0;
    if (year < HOLIDAYS_FIRST_YEAR || year > HOLIDAYS_LAST_YEAR)
        return 0;
    for (int i = 0; i < HOLIDAYS_MOST; i++)
        count = add_holiday(holidays, count, calendar_date(day_of_rule(&rules[i], year)), rules[i].name);
    return count;
}

const char *holiday_on(int year, int month, int day)
{
    struct holiday holidays[HOLIDAYS_MOST];
    int count = holidays_of(year, holidays);
    for (int i = 0; i < count; i++) {
        if (holidays[i].month == month && holidays[i].day == day)
            return holidays[i].name;
    }
    return NULL;
}
