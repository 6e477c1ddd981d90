/* Decides what a stop signal does. Process-wide by nature: the one place with state that is not handed
 * around. */
#include "campana/signals.h"
#include "campana/exit_code.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define STOP_SIGNALS (sizeof stop_signals / sizeof *stop_signals)

volatile sig_atomic_t signals_stop;

static volatile sig_atomic_t interrupts;

static const char nothing_sent[] = "campana: interrupted; nothing was sent\n";
static const char *volatile last_words = nothing_sent;

static bool changed;
static struct sigaction actions_before[STOP_SIGNALS];
static sigset_t mask_before;

/* The line's end is for a question that waits, or for what is drawn in place. */
static void leave(int number)
{
    const char *words = last_words;
    (void)number;
    ssize_t ignored = write(STDERR_FILENO, "\n", 1);
    ignored = write(STDERR_FILENO, words, strlen(words));
    (void)ignored;
    _exit(EXIT_INTERRUPTED);
}

static void count(int number)
{
    if (number == SIGINT)
        interrupts = interrupts + 1;
    signals_stop = interrupts > 1 ? 2 : 1;
}

static void save(void)
{
    if (changed)
        return;
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        sigaction(stop_signals[i], NULL, &actions_before[i]);
    sigprocmask(SIG_SETMASK, NULL, &mask_before);
    changed = true;
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        if (stop_signals[i] != SIGHUP || actions_before[i].sa_handler != SIG_IGN)
            sigaction(stop_signals[i], &action, NULL);
}

void signals_leave(void)
{
    save();
    handle(leave);
}

void signals_say(const char *lines)
{
    last_words = lines == NULL ? nothing_sent : lines;
}

void signals_count(sigset_t *unblocked)
{
    sigset_t blocked;
    save();
    signals_stop = 0;
    interrupts = 0;
    handle(count);
    if (unblocked == NULL)
        return;
    *unblocked = mask_before;
    blocked = mask_before;
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        sigaddset(&blocked, stop_signals[i]);
        sigdelset(unblocked, stop_signals[i]);
    }
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

void signals_restore(void)
{
    if (!changed)
        return;
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        sigaction(stop_signals[i], &actions_before[i], NULL);
    changed = false;
}
